"""Storage: where rows live.

Two ports. The `Lake` keeps what can be recomputed - facts, the timeline, features' results, predictions - as analytical
tables that engines scan. The `Ledger` keeps what the law or a customer depends on - consents, decisions, approvals, the
outbox, users, the audit trail - as transactions. Which engines stand behind them is chosen in `app.py` alone.
"""

from pathlib import Path

from prevenance.storage.delta import DeltaLake
from prevenance.storage.engines.duckdb import DuckDBEngine
from prevenance.storage.lake import Lake, MergeCounts
from prevenance.storage.ledger import Ledger, open_ledger
from prevenance.storage.ledger_schema import ledger_tables

__all__ = ["Lake", "Ledger", "MergeCounts", "ledger_tables", "open_lake", "open_ledger"]


def open_lake(path: Path, *, memory_limit: str = "4GB", threads: int = 2) -> Lake:
    """Open the lake below a folder, which is made when the first table is written.

    Example:
        >>> import tempfile
        >>> from prevenance.records.tables import FACTS
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lake = open_lake(Path(folder))
        ...     lake.version(FACTS), lake.count(lake.read(FACTS))
        (-1, 0)
    """
    return DeltaLake(path, DuckDBEngine(memory_limit=memory_limit, threads=threads))
