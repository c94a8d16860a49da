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
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from prevenance.kit.words import Words
from prevenance.sources.base import BROKEN, ROW, Connector, Reading, raw_rows, require_columns, unreadable

_DELIMITERS = (";", ",", "\t", "|")
_LOOK_AHEAD_LINES = 40


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
        yield pa.Table.from_batches([batch])
    if broken:
        yield pa.table(
            {
                **{name: pa.nulls(len(broken), pa.string()) for name in layout.names},
                ROW: pa.array([number for number, _ in broken], pa.int64()),
                BROKEN: pa.array([text for _, text in broken], pa.string()),
            }
        )


def _layout(path: Path, reading: Reading) -> _Layout:
    try:
        encoding = reading.option("encoding", "") or _encoding_of(path)
        with path.open(encoding=encoding, newline="") as text:
            head = [line for _, line in zip(range(_LOOK_AHEAD_LINES), text, strict=False)]
    except (OSError, UnicodeError, LookupError) as problem:
        raise unreadable(reading.place, problem, "Say its `encoding` in the mapping, such as cp1252.") from problem
    delimiter = reading.option("delimiter", "") or max(_DELIMITERS, key=lambda d: sum(line.count(d) for line in head))
    above, names = _header([_cells(line, delimiter) for line in head], reading.columns)
    return _Layout("utf-8" if encoding == "utf-8-sig" else encoding, delimiter, names, above)


def _encoding_of(path: Path) -> str:
    """Return the encoding: by its mark, else UTF-8 when every byte agrees, else the one of French Windows."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]


def _header(rows: Sequence[list[str]], wanted: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Return how many lines stand above the header, and its names: the first line that knows most wanted names."""
    scores = [len(set(row) & set(wanted)) for row in rows]
    above = scores.index(max(scores)) if any(scores) else 0
    names: list[str] = []
    for place, name in enumerate(rows[above] if rows else [], start=1):
        plain = name or f"column {place}"
        names.append(plain if plain not in names else f"{plain} ({names.count(plain) + 1})")
    return above, tuple(names)


CSV_FILE = CsvFile(
    name="csv_file",
    words=Words(fr="fichier CSV", en="CSV file"),
    option_words={
        "encoding": Words(fr="l’encodage, deviné s’il manque", en="the encoding, guessed when absent"),
        "delimiter": Words(fr="le séparateur, deviné s’il manque", en="the delimiter, guessed when absent"),
    },
)
