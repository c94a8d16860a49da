"""Run the ledger on PostgreSQL: for companies in which more than one machine writes."""

from sqlalchemy import Connection, Engine, create_engine, text

from prevenance.kit.problems import ConfigurationError

# A commit is on disk before it is answered, whatever the server's default; nobody waits for a lock for ever.
_SESSION = "-c synchronous_commit=on -c lock_timeout=30s -c timezone=UTC"


def open_engine(url: str) -> Engine:
    """Return an engine on a PostgreSQL server.

    Raises:
        ConfigurationError: the driver is not installed.
    """
    try:
        return create_engine(url, connect_args={"options": _SESSION}, pool_pre_ping=True)
    except ModuleNotFoundError as missing:
        message = "PostgreSQL needs its driver. Install it with: pip install 'prevenance[postgresql]'"
        raise ConfigurationError(message) from missing


def hold(connection: Connection, number: int) -> None:
    """Wait for a numbered lock and keep it until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
