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

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows, require_columns
from prevenance.sources.sheets import look_at, read_sheet


@dataclass(frozen=True)
class ExcelFile(Connector):
    """Reads one sheet; `_row` is the row number that Excel shows."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the header's names; a repeated name gets a number."""
        asked = Reading((), Path(location).name, options)
        return look_at(Path(location), asked.place, sheet=asked.option("sheet", ""), decimal=_decimal(asked)).names

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the rows below the header; rows without any value are left out."""
        sheet, rows = read_sheet(
            Path(location),
            reading.place,
            sheet=reading.option("sheet", ""),
            decimal=_decimal(reading),
            wanted=reading.columns,
        )
        require_columns(reading, sheet.names)
        return raw_rows([rows], reading)


def _decimal(reading: Reading) -> str:
    return {"comma": ","}.get(reading.option("decimal", "point"), ".")


EXCEL_FILE = ExcelFile(
    name="excel_file",
    words=Words(fr="fichier Excel", en="Excel file"),
    option_words={
        "sheet": Words(
            fr="la feuille, la première qui n’est pas vide si elle manque",
            en="the sheet, the first that is not empty when absent",
        ),
        "decimal": Words(
            fr="comment les textes écrivent les nombres (comma ou point) : les cellules de nombre suivent",
            en="how texts write numbers (comma or point): number cells follow",
        ),
    },
)
