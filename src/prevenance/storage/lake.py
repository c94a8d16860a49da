"""Describe the lake: the port through which rooms read and write analytical rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import ibis.expr.types as ir
import pyarrow as pa

from prevenance.records.tables import LakeTable

Rows: TypeAlias = ir.Table | pa.Table | pa.RecordBatchReader


@dataclass(frozen=True)
class MergeCounts:
    """Counts what a write did, row by row."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "MergeCounts") -> "MergeCounts":
        """Add up the counts of two writes."""
        return MergeCounts(
            self.inserted + other.inserted, self.updated + other.updated, self.unchanged + other.unchanged
        )


class Lake(Protocol):
    """Keeps analytical tables: each write is one atomic commit, each read a frozen snapshot."""

    def read(self, table: LakeTable) -> ir.Table:
        """Return the rows of the present version, or an empty table of the right shape."""
        ...

    def replace(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Make these rows the whole table; commit nothing when that is what it already holds."""
        ...

    def append(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Add rows that are known to be new."""
        ...

    def upsert(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Insert rows with new keys and update rows that differ; commit nothing when none does."""
        ...

    def forget(self, table: LakeTable, column: str, values: Sequence[Any]) -> int:
        """Delete the rows in which `column` is one of `values`, from files too; return how many."""
        ...

    def stage(self, rows: Rows) -> ir.Table:
        """Hold rows in the engine for the rest of this session."""
        ...

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        ...

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch."""
        ...

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        ...

    def splink_api(self) -> Any:
        """Return the engine as Splink knows it, so that it compares records where the rest is computed."""
        ...

    def version(self, table: LakeTable) -> int:
        """Return the number of the present version, -1 for a table that was never written."""
        ...
