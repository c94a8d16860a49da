"""Open a DuckDB session beside the lake, for tables that live for one computation."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def scratch_session(*, threads: int | None = None) -> "duckdb.DuckDBPyConnection":
    """Return an empty session in memory.

    It draws no progress bar: DuckDB draws one when a query takes two seconds, in the middle of what programs read.

    Args:
        threads: how many it may use; one adds up in one order, so that the same rows give the same sums.

    Example:
        >>> with scratch_session() as session:
        ...     session.execute("select 6 * 7").fetchone()
        (42,)
    """
    import duckdb

    session = duckdb.connect()
    session.execute("set enable_progress_bar = false")
    if threads is not None:
        session.execute(f"set threads = {threads}")
    return session
