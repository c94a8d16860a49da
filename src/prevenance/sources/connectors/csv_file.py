r"""Read text tables as people export them: any delimiter, encoding and title rows; every value stays text.

Example:
    >>> import tempfile, pathlib
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "clients.csv"
    ...     _ = path.write_bytes("Code client;Société\r\n0042;Café Müller\r\n".encode("cp1252"))
    ...     CSV_FILE.read(Reading(("Code client", "Société"), "clients.csv"), str(path)).read_all().to_pylist()
    [{'Code client': '0042', 'Société': 'Café Müller', '_place': 'clients.csv', '_row': 1, '_broken': None,
      '_cursor': None}]
"""

import codecs
import csv
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from prevenance.kit.problems import SourceError
from prevenance.kit.spreadsheet import FORMULA_SIGNS
from prevenance.kit.words import Words
from prevenance.sources.base import BROKEN, ROW, Connector, Reading, raw_rows, require_columns, unreadable
from prevenance.sources.headers import LOOK_AHEAD_ROWS, find_header

_DELIMITERS = (";", ",", "\t", "|")
_LONGEST_LINE = 1 << 20
_MARKED = f"^'([{re.escape(FORMULA_SIGNS)}])"


@dataclass(frozen=True)
class _Layout:
    """Says how the file is written: found out, or told by the mapping."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    n_lines_above: int


@dataclass(frozen=True)
class CsvFile(Connector):
    """Reads delimited text; a row with too few or too many cells comes back broken, with its text."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the header's names; a repeated name gets a number."""
        return _layout(Path(location), Reading((), Path(location).name, options)).names

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the rows below the header."""
        layout = _layout(Path(location), reading)
        require_columns(reading, layout.names)
        try:
            return raw_rows(_tables(Path(location), layout), reading)
        except (pa.ArrowInvalid, UnicodeError) as problem:
            raise unreadable(reading.place, problem, "Say its `encoding` and `delimiter` in the mapping.") from problem


def _tables(path: Path, layout: _Layout) -> Iterator[pa.Table]:
    broken: list[tuple[int | None, str]] = []

    def keep_broken(row: arrow_csv.InvalidRow) -> str:
        broken.append((row.number, row.text))
        return "skip"

    reader = arrow_csv.open_csv(
        path,
        # One thread: only then does Arrow know the number of a broken row.
        read_options=arrow_csv.ReadOptions(
            use_threads=False, encoding=layout.encoding, column_names=layout.names, skip_rows=layout.n_lines_above + 1
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=keep_broken
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(layout.names, pa.string()), strings_can_be_null=False
        ),
    )
    for batch in reader:
        yield _unmarked(pa.Table.from_batches([batch]))
    if broken:
        yield pa.table(
            {
                **{name: pa.nulls(len(broken), pa.string()) for name in layout.names},
                ROW: pa.array([number for number, _ in broken], pa.int64()),
                BROKEN: pa.array([text for _, text in broken], pa.string()),
            }
        )


def _unmarked(table: pa.Table) -> pa.Table:
    """Return cells without the mark that our own exports put before what might start a formula."""
    for place, name in enumerate(table.column_names):
        if pc.any(pc.starts_with(table[name], "'")).as_py():
            table = table.set_column(place, name, pc.replace_substring_regex(table[name], _MARKED, r"\1"))
    return table


def _layout(path: Path, reading: Reading) -> _Layout:
    try:
        encoding = reading.option("encoding", "") or _encoding_of(path, reading.place)
        with path.open(encoding=encoding, newline="") as text:
            head = [text.readline(_LONGEST_LINE) for _ in range(LOOK_AHEAD_ROWS)]
    except (OSError, UnicodeError, LookupError) as problem:
        raise unreadable(reading.place, problem, "Say its `encoding` in the mapping, such as cp1252.") from problem
    if any(len(line) == _LONGEST_LINE for line in head):
        message = (
            f"{reading.place} has a line of more than {_LONGEST_LINE:,} characters: that is no table for people. "
            "Check that its lines end, and that it is the right file."
        )
        raise SourceError(message, place=reading.place, retry=False)
    delimiter = reading.option("delimiter", "") or _delimiter_of(head)
    rows = [[cell.strip() for cell in row] for row in csv.reader(head, delimiter=delimiter)]
    header = find_header(rows, reading.columns)
    lines = _lines_through(head, delimiter, header.row)
    return _Layout("utf-8" if encoding == "utf-8-sig" else encoding, delimiter, header.names, lines - 1)


def _lines_through(head: Sequence[str], delimiter: str, row: int) -> int:
    """Return after how many lines a row ends; a quoted cell may hold line breaks."""
    reader = csv.reader(head, delimiter=delimiter)
    for _ in itertools.islice(reader, row + 1):
        pass
    return max(reader.line_num, 1)


def _encoding_of(path: Path, place: str) -> str:
    """Return the encoding: by its mark, else UTF-8 when every byte agrees, else the one of French Windows."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        # Western text in UTF-16 has a zero in every second byte; the mark at its beginning may be lost.
        if start[1::2].count(0) > 0.8 * len(start[1::2]) > 0:
            return "utf-16-le"
        if start[0::2].count(0) > 0.8 * len(start[1::2]) > 0:
            return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        is_utf8 = True
        while block := file.read(1 << 20):
            if b"\0" in block:
                message = f"{place} holds NUL bytes: it is no text. Export it again as CSV or save it as .xlsx."
                raise SourceError(message, place=place, retry=False)
            try:
                if is_utf8:
                    decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
    return "utf-8" if is_utf8 else "cp1252"


def _delimiter_of(head: Sequence[str]) -> str:
    """Return the delimiter that cuts the most lines into the same number of cells, more cells before fewer."""

    def fit(delimiter: str) -> int:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        wide = [width for width in widths if width > 1]
        return max((wide.count(width) * (width - 1) for width in set(wide)), default=0)

    return max(_DELIMITERS, key=fit)


CSV_FILE = CsvFile(
    name="csv_file",
    words=Words(fr="fichier CSV", en="CSV file"),
    option_words={
        "encoding": Words(fr="l’encodage, deviné s’il manque", en="the encoding, guessed when absent"),
        "delimiter": Words(fr="le séparateur, deviné s’il manque", en="the delimiter, guessed when absent"),
    },
)
