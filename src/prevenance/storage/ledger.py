"""Keep what the law or a customer depends on, as transactions: durable when answered, whole or not at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, make_url, select

from prevenance.kit.clock import Clock
from prevenance.kit.problems import BrokenPromiseError, ConfigurationError
from prevenance.kit.words import Words
from prevenance.storage import audit_trail, keys
from prevenance.storage.audit_trail import AuditVerdict, Entry
from prevenance.storage.engines import postgresql, sqlite
from prevenance.storage.ledger_schema import ledger_tables
from prevenance.storage.migrations import upgrade

_WORK = "prevenance_work"  # where a connection keeps its transaction's `_Work`


@dataclass
class _Work:
    """Holds what belongs to one transaction beside its statements."""

    key: bytes
    is_writing: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class LedgerHealth:
    """Says what the ledger runs on, and what an administrator should know about it."""

    engine: str
    version: str
    notes: tuple[Words, ...]


class Ledger:
    """Keeps transactional rows: consents, decisions, the outbox, users, the audit trail."""

    def __init__(self, engine: Engine, *, clock: Clock, key: bytes, turn: sqlite.Turn | None) -> None:
        self.clock = clock
        self.url = engine.url.render_as_string(hide_password=True)
        self.place = turn.place if turn else self.url  # another place means a copy, which must not act as the original
        self._engine = engine
        self._key = key
        self._turn = turn

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a write transaction: all of it is on disk when the block ends, none of it when the block fails.

        Example:
            >>> import tempfile
            >>> from prevenance.kit.clock import SystemClock
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock())
            ...     with ledger.begin() as tx:
            ...         ledger.record(tx, "ada", "play_paused", "play:tutorial", {"reason": "too many"})
            ...     ledger.verify_audit().n_entries
            1
        """
        with self._my_turn(), self._engine.connect() as connection:
            work = connection.info[_WORK] = _Work(self._key, is_writing=True)
            try:
                with connection.begin():
                    yield connection
                    self._write_trail(connection, work.entries)
            finally:
                connection.info.pop(_WORK, None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only snapshot: everything in the block sees the same moment."""
        options: dict[str, Any] = {"is_reading": True}
        if self._engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._engine.connect().execution_options(**options) as connection:
            connection.info[_WORK] = _Work(self._key, is_writing=False)
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.info.pop(_WORK, None)

    @staticmethod
    def record(tx: Connection, actor: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        """Add an entry to the audit trail, in this transaction: both happen or neither does.

        Names and addresses of customers stay out of it: the trail outlives their erasure.
        """
        work = _work(tx)
        if not work.is_writing:
            raise BrokenPromiseError("A reading transaction cannot record. Use `ledger.begin()`.", action=action)
        work.entries.append(Entry(actor, action, subject, detail))

    @staticmethod
    def hold(tx: Connection, *names: str) -> None:
        """Wait for these named locks and keep them until the transaction ends.

        Who changes or relies on a wish of an address holds `address:<key>`; who counts contacts, `customer:<id>`.
        SQLite lets one writer in at a time, which says the same.
        """
        if tx.dialect.name == "postgresql":
            for number in sorted({_number(_work(tx).key, name) for name in names}):  # sorted: no two can wait in a ring
                postgresql.hold(tx, number)

    @staticmethod
    def keyed(tx: Connection, *parts: str) -> str:
        """Return the keyed hash of these parts, as of an address that must be recognised after its erasure."""
        return keys.keyed_hash(_work(tx).key, *parts)

    def verify_audit(self) -> AuditVerdict:
        """Walk the audit trail and say whether any entry was altered, dropped, moved or cut off."""
        with self.read() as tx:
            return audit_trail.verify(tx, self._key)

    def health(self) -> LedgerHealth:
        """Say what the ledger runs on and what to know about it."""
        with self.read() as tx:
            version = ".".join(str(part) for part in tx.dialect.server_version_info or ())
        notes = sqlite.notes() if self._turn else ()
        return LedgerHealth(self._engine.dialect.name, version, notes)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _my_turn(self) -> AbstractContextManager[None]:
        return self._turn.taken() if self._turn else nullcontext()

    def _write_trail(self, tx: Connection, entries: list[Entry]) -> None:
        if entries:  # last of all, so that nobody holds the chain while waiting for another lock
            self.hold(tx, "audit_trail")
            audit_trail.write(tx, self._key, entries, at=self.clock.now())

    def _adopt_key(self) -> None:
        """Refuse a key other than the one the rows were hashed with: no opt-out would be recognised any more."""
        state = ledger_tables.state
        with self.begin() as tx:
            self.hold(tx, "ledger_key")
            mark = self.keyed(tx, "ledger_key")
            known = tx.execute(select(state.c.value).where(state.c.name == "ledger_key")).scalar_one_or_none()
            if known is None:
                tx.execute(state.insert().values(name="ledger_key", value=mark, updated_at=self.clock.now()))
            elif known != mark:
                message = (
                    "This is not the key that the ledger was written with; opt-outs would not be recognised. "
                    "Bring back the key from its backup (SQLite: the file that ends in .key beside the database)."
                )
                raise ConfigurationError(message, ledger=self.url)


def open_ledger(url: str, *, clock: Clock, key: bytes | None = None) -> Ledger:
    """Open a ledger and bring its tables up to date.

    Args:
        url: `sqlite:///path/to/ledger.db`, or `postgresql+psycopg://user@host/name`.
        clock: tells when entries of the audit trail were made.
        key: the secret behind hashed addresses. On SQLite it is kept beside the database unless given.

    Raises:
        ConfigurationError: the database is of an unknown kind, newer than this version, or written with another key.

    Example:
        >>> import tempfile
        >>> from prevenance.kit.clock import SystemClock
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock()).health().engine
        'sqlite'
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        ledger = _on_sqlite(parsed.database, clock, key)
    elif parsed.get_backend_name() == "postgresql":
        ledger = _on_postgresql(url, clock, key)
    else:
        raise ConfigurationError(f"The ledger runs on SQLite or PostgreSQL, not on {parsed.get_backend_name()}.")
    with ledger.begin() as tx:
        ledger.hold(tx, "schema")
        upgrade(tx)
    ledger._adopt_key()  # noqa: SLF001 - the same module: a ledger is not handed out before its key is known
    return ledger


def _on_sqlite(database: str | None, clock: Clock, key: bytes | None) -> Ledger:
    if not database or database == ":memory:":
        raise ConfigurationError("The ledger must outlive the program. Give it a file: sqlite:///data/ledger.db")
    path = Path(database)
    engine = sqlite.open_engine(path)
    secret = keys.checked(key) if key else keys.from_file(path.with_suffix(path.suffix + ".key"))
    return Ledger(engine, clock=clock, key=secret, turn=sqlite.Turn(path.with_suffix(path.suffix + ".writer")))


def _on_postgresql(url: str, clock: Clock, key: bytes | None) -> Ledger:
    if key is None:
        message = "A ledger on PostgreSQL needs its key from you: at least 32 secret bytes, kept outside the database."
        raise ConfigurationError(message)
    return Ledger(postgresql.open_engine(url), clock=clock, key=keys.checked(key), turn=None)


def _work(tx: Connection) -> _Work:
    work = tx.info.get(_WORK)
    if not isinstance(work, _Work):
        raise BrokenPromiseError("This connection was not opened by `ledger.begin()` or `ledger.read()`.")
    return work


def _number(key: bytes, name: str) -> int:
    return int.from_bytes(bytes.fromhex(keys.keyed_hash(key, name))[:8], "big", signed=True)
