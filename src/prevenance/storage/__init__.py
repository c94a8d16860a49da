"""Storage: where rows live.

Two ports. The `Lake` keeps what can be recomputed - facts, the timeline, features' results, predictions - as analytical
tables that engines scan. The `Ledger` keeps what the law or a customer depends on - consents, decisions, approvals, the
outbox, users, the audit trail - as transactions. Which engines stand behind them is chosen in `app.py` alone.
"""

from collections.abc import Mapping
from pathlib import Path

from prevenance.kit.problems import ConfigurationError
from prevenance.storage.delta import DeltaLake
from prevenance.storage.engines.duckdb import DuckDBEngine
from prevenance.storage.lake import Lake, MergeCounts
from prevenance.storage.ledger import Ledger, open_ledger
from prevenance.storage.ledger_schema import ledger_tables

__all__ = ["Lake", "Ledger", "MergeCounts", "ledger_tables", "open_lake", "open_ledger"]


def open_lake(
    path: Path,
    *,
    engine: str = "duckdb",
    memory_limit: str = "4GB",
    threads: int = 2,
    options: Mapping[str, str] | None = None,
) -> Lake:
    """Open the lake below a folder, which is made when the first table is written.

    Args:
        path: the folder; every worker of a cluster must see it.
        engine: `duckdb` on this machine, or `spark`, with the same results.
        memory_limit: what the engine may use here, such as `4GB`.
        threads: how many it may use here.
        options: Spark's own settings, by Spark's own names.

    Raises:
        ConfigurationError: the engine is not one of ours, is not installed, or did not start.

    Example:
        >>> import tempfile
        >>> from prevenance.records.tables import FACTS
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lake = open_lake(Path(folder))
        ...     lake.version(FACTS), lake.count(lake.read(FACTS))
        (-1, 0)
    """
    if engine == "duckdb":
        return DeltaLake(path, DuckDBEngine(memory_limit=memory_limit, threads=threads))
    if engine != "spark":
        raise ConfigurationError(f"The engine {engine!r} is not one of ours. Choose duckdb or spark.", engine=engine)
    try:
        from prevenance.storage.engines.spark import SparkEngine  # half a gigabyte that most companies never need
    except ImportError as missing:
        message = "The engine `spark` is not installed: pip install 'prevenance[spark]', or set `engine: duckdb`."
        raise ConfigurationError(message, engine=engine) from missing
    return DeltaLake(path, SparkEngine(path, memory_limit=memory_limit, threads=threads, options=options or {}))
