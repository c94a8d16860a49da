"""Run lake expressions on Apache Spark, over the lake's files: the engine for what one machine cannot hold.

The lake's folder must be seen by every worker; staged rows lie below it, and go with the session.
"""

import fcntl
import itertools
import shutil
import uuid
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from pyspark.sql import DataFrame, SparkSession

from prevenance.storage.engines.spark_session import session_for

_BATCH = 122_880
_ALIVE = "alive"


class _Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis ships no types
    """Says of a number with a decimal point that it is a double: Spark would take it for a decimal, and round."""

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802 - Ibis's name
        said = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        return self.cast(said, dtype) if dtype.is_floating() else said


class _ArrowBackend(Backend):  # type: ignore[misc]  # Ibis ships no types
    """Hands memtables to Spark as they are: Ibis goes through pandas, which makes whole numbers with gaps inexact."""

    compiler = _Compiler()

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        rows = op.data.to_pyarrow(op.schema)
        self._session.createDataFrame(rows).createOrReplaceTempView(op.name)

    def get_schema(self, table_name: str, *, catalog: str | None = None, database: str | None = None) -> ibis.Schema:
        """Return the columns of a view, its instants in microseconds: Spark has no others, and does not say so."""
        told = super().get_schema(table_name, catalog=catalog, database=database)
        exact = {name: dt.Timestamp(scale=6) if kind.is_timestamp() else kind for name, kind in told.items()}
        return ibis.schema(exact)


class SparkEngine:
    """Holds one Spark session, and the folder of what it stages."""

    def __init__(self, folder: Path, *, memory_limit: str, threads: int, options: Mapping[str, str]) -> None:
        self._folder: Path | None = None
        self._alive: IO[bytes] | None = None
        self._session: SparkSession = session_for(memory_limit=memory_limit, threads=threads, options=options)
        self._backend = _ArrowBackend()
        self._backend.register_options()
        self._backend.do_connect(self._session)
        self._staging = folder / "staged-by-spark"
        self._numbers = itertools.count()

    def files(self, paths: list[Path]) -> ir.Table:
        """Return the rows of Parquet files of one shape."""
        return self._known_as(self._name("files"), self._session.read.parquet(*map(str, paths)))

    def stage(self, rows: ir.Table | pa.Table | pa.RecordBatchReader) -> ir.Table:
        """Hold rows in files of this session: Spark would compute a cached table again when it loses a worker."""
        name = self._name("staged")
        place = self._own_folder() / name
        if isinstance(rows, ir.Table):
            self._frame(rows).write.parquet(str(place))
        else:
            _write(rows.to_reader(_BATCH) if isinstance(rows, pa.Table) else rows, place)
        return self._known_as(name, self._session.read.parquet(str(place)))

    def drop(self, staged: ir.Table) -> None:
        """Let go of a staged table."""
        self._session.catalog.dropTempView(staged.get_name())
        shutil.rmtree(self._own_folder() / staged.get_name(), ignore_errors=True)

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        return self._frame(expr).toArrow().cast(expr.schema().to_pyarrow())

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch: workers write them, in order, and we read."""
        place = self._own_folder() / self._name("batches")
        self._frame(expr).write.parquet(str(place))
        schema = expr.schema().to_pyarrow()
        return pa.RecordBatchReader.from_batches(schema, _read_and_remove(place, schema))

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        return self._frame(expr).count()

    def splink_api(self) -> Any:
        """Return this session as Splink knows it; what it holds between two steps lies with what is staged."""
        from splink.backends.spark import SparkAPI

        self._session.sparkContext.setCheckpointDir(str(self._own_folder() / "compared"))
        api: Any = SparkAPI  # whose types Splink does not ship
        return api(spark_session=self._session, break_lineage_method="parquet")

    def _frame(self, expr: ir.Table) -> DataFrame:
        self._backend._run_pre_execute_hooks(expr)  # noqa: SLF001 - Ibis offers no public way to make its memtables known
        return self._session.sql(self._backend.compile(expr))

    def _known_as(self, name: str, frame: DataFrame) -> ir.Table:
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)

    def _name(self, what: str) -> str:
        return f"{what}_{next(self._numbers)}_{id(self):x}"  # one Spark session serves every lake of the process

    def _own_folder(self) -> Path:
        """Return the folder of this session, made when first needed; those of killed sessions are removed."""
        if self._folder is None:
            self._staging.mkdir(parents=True, exist_ok=True)
            for other in self._staging.iterdir():
                _remove_if_dead(other)
            self._folder = self._staging / uuid.uuid4().hex
            self._folder.mkdir()
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self._alive = (self._folder / _ALIVE).open("wb")
            fcntl.flock(self._alive, fcntl.LOCK_EX)
        return self._folder


def _remove_if_dead(folder: Path) -> None:
    """Remove what a session left behind, unless it still holds its lock."""
    try:
        with (folder / _ALIVE).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # alive, or just being made
        return


def _write(rows: pa.RecordBatchReader, place: Path) -> None:
    place.mkdir()
    with pq.ParquetWriter(place / "part-0.parquet", rows.schema) as file:
        for batch in rows:
            file.write_batch(batch)


def _read_and_remove(place: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for path in sorted(place.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(_BATCH):
            yield from pa.Table.from_batches([batch]).cast(schema).to_batches()
    shutil.rmtree(place, ignore_errors=True)
