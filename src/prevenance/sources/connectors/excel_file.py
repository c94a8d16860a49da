"""Read a sheet of an Excel file: title rows are skipped, ids keep their zeros, serial dates stay numbers until parsed.

Example:
    >>> import tempfile, pathlib, xlsxwriter
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "notes.xlsx"
    ...     book = xlsxwriter.Workbook(str(path)); sheet = book.add_worksheet("Notes")
    ...     _ = sheet.write_row(0, 0, ["Enquête 2026"]), sheet.write_row(2, 0, ["Client", "Note"])
    ...     _ = sheet.write_row(3, 0, ["0042", 4]), book.close()
    ...     EXCEL_FILE.read(Reading(("Client", "Note"), "notes.xlsx"), str(path)).read_all().to_pylist()[0]
    {'Client': '0042', 'Note': '4', '_place': 'notes.xlsx', '_row': 4, '_broken': None, '_cursor': None}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from prevenance.kit.problems import SourceError
from prevenance.kit.words import Words
from prevenance.sources.base import ROW, Connector, Reading, raw_rows, require_columns, unreadable

_LOOK_AHEAD_ROWS = 40

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class ExcelFile(Connector):
    """Reads one sheet; `_row` is the row number that Excel shows."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the header's names; without wanted names to look for, the fullest of the first rows is the header."""
        rows = _sheet(Reading((), location, options), location)
        return tuple(_texts(rows[_header_row(rows, ())])) if rows else ()

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the rows below the header; rows without any value are left out."""
        rows = _sheet(reading, location)
        header = _header_row(rows, reading.columns) if rows else 0
        names = _texts(rows[header]) if rows else []
        require_columns(reading, names)
        filled = [(n, row) for n, row in enumerate(rows[header + 1 :], start=header + 2) if any(c != "" for c in row)]
        columns = {
            name: pa.array([_text(row[names.index(name)]) for _, row in filled], pa.string())
            for name in reading.columns
            if name in names
        }
        return raw_rows([pa.table({**columns, ROW: pa.array([n for n, _ in filled], pa.int64())})], reading)


def _sheet(reading: Reading, location: str) -> list[list[Cell]]:
    try:
        book = CalamineWorkbook.from_path(location)
    except (CalamineError, OSError) as problem:
        raise unreadable(reading.place, problem, "Save it again as .xlsx and check that it opens.") from problem
    name = reading.option("sheet", book.sheet_names[0])
    if name not in book.sheet_names:
        message = f"{reading.place} has no sheet {name!r}; it has {', '.join(book.sheet_names)}. Correct `sheet`."
        raise SourceError(message, place=reading.place, retry=False)
    return list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _header_row(rows: Sequence[Sequence[Cell]], wanted: Sequence[str]) -> int:
    def fit(row: Sequence[Cell]) -> tuple[int, int]:
        texts = _texts(row)
        return len(set(texts) & set(wanted)), sum(bool(text) for text in texts)

    head = [fit(row) for row in rows[:_LOOK_AHEAD_ROWS]]
    return head.index(max(head))


def _texts(row: Sequence[Cell]) -> list[str]:
    return [(_text(cell) or "").strip() for cell in row]


def _text(cell: Cell) -> str | None:
    if cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # Excel knows no integers: 1042 arrives as 1042.0
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


EXCEL_FILE = ExcelFile(
    name="excel_file",
    words=Words(fr="fichier Excel", en="Excel file"),
    option_words={"sheet": Words(fr="la feuille, la première si elle manque", en="the sheet, the first when absent")},
)
