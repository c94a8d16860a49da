"""Say what an engine does for the lake: run expressions, and hold rows for a session."""

from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """Runs lake expressions. It owns no data: files belong to the lake, staged tables end with the session."""

    def files(self, paths: list[Path]) -> ir.Table:
        """Return the rows of Parquet files of one shape."""
        ...

    def stage(self, rows: ir.Table | pa.Table | pa.RecordBatchReader) -> ir.Table:
        """Hold rows in a temporary table."""
        ...

    def drop(self, staged: ir.Table) -> None:
        """Let go of a staged table."""
        ...

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        ...

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch, in its order."""
        ...

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        ...

    def splink_api(self) -> Any:
        """Return this engine as Splink knows it (which ships no types): it compares records the same way on each."""
        ...
