"""Read Parquet files; values keep the types they have there.

Example:
    >>> import tempfile, pathlib
    >>> import pyarrow.parquet as pq
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "orders.parquet"
    ...     pq.write_table(pa.table({"id": [7], "amount": [12.5]}), path)
    ...     PARQUET_FILE.read(Reading(("id", "amount"), "orders.parquet"), str(path)).read_all()["amount"].to_pylist()
    [12.5]
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import parquet

from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows, require_columns, unreadable

_BATCH_ROWS = 122_880


@dataclass(frozen=True)
class ParquetFile(Connector):
    """Reads one Parquet file, batch by batch."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(_open(location, location).schema_arrow.names)

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the rows with the wanted columns only; the others are not even read from disk."""
        file = _open(location, reading.place)
        present = file.schema_arrow.names
        require_columns(reading, present)
        wanted = [column for column in reading.columns if column in present]
        return raw_rows(file.iter_batches(batch_size=_BATCH_ROWS, columns=wanted), reading)


def _open(location: str, place: str) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(location)
    except (pa.ArrowInvalid, OSError) as problem:
        raise unreadable(place, problem, "Check that it is a whole Parquet file.") from problem


PARQUET_FILE = ParquetFile(name="parquet_file", words=Words(fr="fichier Parquet", en="Parquet file"))
