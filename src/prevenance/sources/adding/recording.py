"""Stand between a load and the lake: rehearse without writing, or write down first what undoing will need."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import ibis.expr.types as ir
import pyarrow as pa
from pyarrow import parquet

from prevenance.records.tables import LakeTable
from prevenance.storage import Lake, MergeCounts

Rows: TypeAlias = ir.Table | pa.Table | pa.RecordBatchReader


class _Between:
    """Passes everything on to the lake behind it."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def read(self, table: LakeTable) -> ir.Table:
        """Return the rows of the present version."""
        return self._lake.read(table)

    def forget(self, table: LakeTable, column: str, values: Sequence[Any]) -> int:
        """Delete rows; loading never does."""
        return self._lake.forget(table, column, values)

    def stage(self, rows: Rows) -> ir.Table:
        """Hold rows in the engine for the rest of this session."""
        return self._lake.stage(rows)

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        return self._lake.collect(expr)

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch."""
        return self._lake.batches(expr)

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        return self._lake.count(expr)

    def splink_api(self) -> Any:
        """Return the engine as Splink knows it."""
        return self._lake.splink_api()

    def version(self, table: LakeTable) -> int:
        """Return the number of the present version."""
        return self._lake.version(table)


class RehearsalLake(_Between):
    """Reads the true lake and writes nothing."""

    def replace(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Write nothing."""
        return MergeCounts()

    def append(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Write nothing."""
        return MergeCounts()

    def upsert(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Write nothing."""
        return MergeCounts()


class RecordingLake(_Between):
    """Before each write, puts on disk which keys it touches and what stood there: undoing and recovery read it."""

    def __init__(self, lake: Lake, folder: Path) -> None:
        super().__init__(lake)
        self._folder = folder
        folder.mkdir(parents=True)

    def replace(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Refuse: a load adds and corrects, it never replaces a table."""
        raise NotImplementedError

    def append(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Add rows that are known to be new."""
        return self._lake.append(table, self._recorded(table, rows))

    def upsert(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Insert rows with new keys and update rows that differ."""
        return self._lake.upsert(table, self._recorded(table, rows))

    def _recorded(self, table: LakeTable, rows: Rows) -> ir.Table:
        staged = self._lake.stage(rows)
        key = list(table.key)
        keys = self._lake.collect(staged.select(*key))
        if keys.num_rows:
            before = self._lake.collect(self._lake.read(table).semi_join(staged, key))
            number = len(list(self._folder.glob("*.keys.parquet")))
            for what, content in (("before", before), ("keys", keys)):  # the keys last: they say that both are whole
                _write_whole(self._folder / f"{number:04}.{table.name}.{what}.parquet", content)
        return staged


def take_back(lake: Lake, folder: Path, tables: dict[str, LakeTable]) -> None:
    """Make every row that was recorded in a folder what it was before; doing so twice changes nothing."""
    for keys_path, before_path, table in _recorded(folder, tables):
        key = list(table.key)
        keys = lake.stage(parquet.read_table(keys_path))
        before = lake.stage(parquet.read_table(before_path))
        others = lake.read(table).anti_join(keys, key)
        lake.replace(table, others.select(*table.columns).union(before.select(*table.columns)))


def _recorded(folder: Path, tables: dict[str, LakeTable]) -> Iterator[tuple[Path, Path, LakeTable]]:
    for path in sorted(folder.glob("*.keys.parquet"), reverse=True):
        number, name, *_ = path.name.split(".")
        yield path, path.with_name(f"{number}.{name}.before.parquet"), tables[name]


def _write_whole(path: Path, table: pa.Table) -> None:
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        parquet.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
