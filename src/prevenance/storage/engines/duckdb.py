"""Run lake expressions on DuckDB, in memory, over the lake's files: the engine for one machine."""

import itertools
import tempfile
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from prevenance.kit.scratch import scratch_session


class DuckDBEngine:
    """Holds one DuckDB session."""

    def __init__(self, *, memory_limit: str, threads: int) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="prevenance-")
        self._backend: Backend = ibis.duckdb.connect(
            memory_limit=memory_limit, threads=threads, temp_directory=self._spill.name
        )
        # Results must be a function of the rows alone, and instants are stored in UTC.
        self._backend.raw_sql(
            "SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET enable_progress_bar = false"
        )
        self._numbers = itertools.count()

    def files(self, paths: list[Path]) -> ir.Table:
        """Return the rows of Parquet files of one shape."""
        return self._backend.read_parquet([str(path) for path in paths], table_name=self._name("files"))

    def stage(self, rows: ir.Table | pa.Table | pa.RecordBatchReader) -> ir.Table:
        """Hold rows in a temporary table."""
        name = self._name("staged")
        if not isinstance(rows, ir.Table):
            view = self._name("incoming")
            self._backend.con.register(view, rows)
            self._backend.raw_sql(f'CREATE TEMPORARY TABLE "{name}" AS SELECT * FROM "{view}"')
            self._backend.con.unregister(view)
            return self._backend.table(name)
        sql = ibis.to_sql(rows, dialect="duckdb")
        self._register_memtables(rows)
        self._backend.raw_sql(f'CREATE TEMPORARY TABLE "{name}" AS {sql}')
        return self._backend.table(name)

    def drop(self, staged: ir.Table) -> None:
        """Let go of a staged table."""
        self._backend.raw_sql(f'DROP TABLE IF EXISTS "{staged.get_name()}"')

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        return self._backend.to_pyarrow(expr)

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch."""
        return self._backend.to_pyarrow_batches(expr, chunk_size=122_880)

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        return int(self._backend.execute(expr.count()))

    def splink_api(self) -> Any:
        """Return a session of its own for Splink, of one thread: it adds up in one order, so pairs score the same."""
        from splink.backends.duckdb import DuckDBAPI

        return DuckDBAPI(connection=scratch_session(threads=1))

    def _register_memtables(self, expr: ir.Table) -> None:
        self._backend._run_pre_execute_hooks(expr)  # noqa: SLF001 - Ibis offers no public way to make its memtables known

    def _name(self, what: str) -> str:
        return f"{what}_{next(self._numbers)}"
