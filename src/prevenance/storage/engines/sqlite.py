"""Run the ledger on SQLite: durable at each commit, one writer at a time, nothing left behind when rows are deleted.

SQLite before 3.51.3 can corrupt its write-ahead log when two connections write or checkpoint at the same instant (the
WAL-reset bug). So each write holds a lock file beside the database from before BEGIN until after COMMIT, and with it
the automatic checkpoint that a commit may start: no two connections ever do either at once.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from prevenance.kit.problems import BrokenPromiseError, PrevenanceError
from prevenance.kit.words import Words

WRITES_AT_ONCE_FIXED_IN = (3, 51, 3)
_PATIENCE_SECONDS = 30.0
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={int(_PATIENCE_SECONDS * 1000)}",
)


def open_engine(path: Path) -> Engine:
    """Return an engine whose transactions begin as IMMEDIATE, or as read-only where `is_reading` is set."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # the driver's connection has no common type
    connection.isolation_level = (
        None  # the driver's own BEGIN would be deferred: two writers could then both read first
    )
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    is_reading = bool(connection.get_execution_options().get("is_reading"))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if is_reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


class Turn:
    """Lets one writer in at a time, over all threads and processes of this machine; a killed one leaves at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path.absolute())
        self._mine = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and hold it.

        Raises:
            BrokenPromiseError: this thread holds it already: a transaction was begun inside another.
            PrevenanceError: someone else did not give it back in time.
        """
        if getattr(self._mine, "is_held", False):
            raise BrokenPromiseError("A write transaction was begun inside another one. Pass `tx` on instead.")
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait(handle)
            self._mine.is_held = True
            yield
        finally:
            self._mine.is_held = False
            os.close(handle)

    def _wait(self, handle: int) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.0005
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                if time.monotonic() > deadline:
                    message = (
                        f"The ledger has been busy for {_PATIENCE_SECONDS:.0f} seconds: another process keeps a write "
                        f"transaction open. Look at who holds {self._path.name}, then try again."
                    )
                    raise PrevenanceError(message, retry=True, file=str(self._path)) from busy
                time.sleep(pause)
                pause = min(pause * 1.5, 0.01)
            else:
                return


def notes() -> tuple[Words, ...]:
    """Say what an administrator should know about this SQLite."""
    if sqlite3.sqlite_version_info >= WRITES_AT_ONCE_FIXED_IN:
        return ()
    return (
        Words(
            fr=f"SQLite {sqlite3.sqlite_version} porte le défaut « WAL-reset » (corrigé en 3.51.3). Prévenance n’écrit "
            "donc qu’une transaction à la fois, sous verrou. N’écrivez pas dans ce fichier avec un autre outil.",
            en=f"SQLite {sqlite3.sqlite_version} has the WAL-reset bug (fixed in 3.51.3). Prévenance therefore writes "
            "one transaction at a time, under a lock file. Do not write to this file with another tool.",
        ),
    )
