"""Describe a connector: what turns one place - a file, a table of a database - into raw rows."""

import difflib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from prevenance.kit.problems import SourceError
from prevenance.kit.words import Words

PLACE, ROW, BROKEN, CURSOR = "_place", "_row", "_broken", "_cursor"
"""Columns every connector adds: where a row came from, its number there, its text when unreadable, its cursor."""

_TRACE = {PLACE: pa.string(), ROW: pa.int64(), BROKEN: pa.string(), CURSOR: pa.string()}


@dataclass(frozen=True)
class Reading:
    """Says what is wanted of a place.

    Attributes:
        columns: the columns to read, by the names the source gives them.
        place: how to name the place in reports, without folders of this machine and without secrets.
        options: what the mapping says about the format, such as `encoding` or `sheet`.
        optional: columns that may be missing.
        since: the cursor reached last time; rows before it need not come again.
    """

    columns: tuple[str, ...]
    place: str
    options: Mapping[str, object] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    since: str | None = None

    def option(self, name: str, default: str) -> str:
        """Return an option as text."""
        value = self.options.get(name)
        return default if value is None else str(value)


@dataclass(frozen=True)
class Connector(ABC):
    """Reads one kind of place.

    Attributes:
        name: the word in a mapping's `connector:`.
        words: what a person calls it.
        option_words: the options it understands, and what they mean.
        is_file: whether a location is a file (and a pattern such as `*.csv` means several).
    """

    name: str
    words: Words
    option_words: Mapping[str, Words] = field(default_factory=dict)
    is_file: bool = True

    @abstractmethod
    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the columns that the place offers."""

    @abstractmethod
    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the wanted columns of every row, with the trace columns beside them.

        A row that cannot be taken apart comes with nulls, and its text in `_broken`; it is never dropped.

        Raises:
            SourceError: the place cannot be read at all, or lacks a wanted column.
        """


def raw_rows(
    tables: Iterable[pa.Table | pa.RecordBatch], reading: Reading, cursor: str | None = None
) -> pa.RecordBatchReader:
    """Return batches as raw rows: wanted columns in order, missing optional ones as null, trace columns added.

    A `_broken` or `_cursor` column that is already there is kept.
    """

    def conform(table: pa.Table, first_row: int) -> pa.Table:
        n = table.num_rows
        names = set(table.column_names)
        arrays = {c: table[c] if c in names else pa.nulls(n, pa.string()) for c in reading.columns}
        arrays[PLACE] = pa.repeat(pa.scalar(reading.place), n)
        arrays[ROW] = table[ROW] if ROW in names else pa.array(range(first_row, first_row + n), pa.int64())
        arrays[BROKEN] = table[BROKEN] if BROKEN in names else pa.nulls(n, pa.string())
        at = CURSOR if CURSOR in names else cursor
        arrays[CURSOR] = table[at].cast(pa.string()) if at in names else pa.nulls(n, pa.string())
        return pa.table(arrays)

    def batches() -> Iterable[pa.Table]:
        row = 1
        for piece in tables:
            table = pa.Table.from_batches([piece]) if isinstance(piece, pa.RecordBatch) else piece
            yield conform(table, row)
            row += table.num_rows

    pieces = iter(batches())
    first = next(pieces, None)
    if first is None:
        return pa.RecordBatchReader.from_batches(empty_schema(reading.columns), [])
    schema = first.schema

    def flow() -> Iterable[pa.RecordBatch]:
        yield from first.to_batches()
        for table in pieces:
            yield from table.cast(schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, flow())


def empty_schema(columns: Sequence[str]) -> pa.Schema:
    """Return the shape of raw rows when there is none: all text."""
    return pa.schema([*((c, pa.string()) for c in columns), *_TRACE.items()])


def require_columns(reading: Reading, present: Sequence[str]) -> None:
    """Refuse a place that lacks a wanted column: a renamed column must not become a silent null.

    Raises:
        SourceError: naming each missing column and the nearest present one.
    """
    missing = [c for c in reading.columns if c not in present and c not in reading.optional]
    if not missing:
        return
    said = []
    for column in missing:
        near = difflib.get_close_matches(column, present, n=1, cutoff=0.6)
        said.append(f"{column!r}" + (f" (is it {near[0]!r} now?)" if near else ""))
    message = (
        f"{reading.place} has no column {', '.join(said)}. Correct the mapping, or mark the field `optional: true`. "
        f"Present: {', '.join(present)}."
    )
    raise SourceError(message, place=reading.place, missing=missing, retry=False)


def unreadable(place: str, problem: Exception, remedy: str) -> SourceError:
    """Wrap a foreign failure in words, once, at the border."""
    first_line = str(problem).strip().split("\n", maxsplit=1)[0][:300]
    return SourceError(f"{place} cannot be read: {first_line}. {remedy}", place=place, retry=False)
