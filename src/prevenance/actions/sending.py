"""Hold the switch that stops all sending, and hold back a ledger that woke up in another place."""

import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from prevenance.kit.clock import Clock
from prevenance.kit.hashing import fingerprint
from prevenance.storage import Ledger, ledger_tables

_STATE = ledger_tables.state
_SWITCH, _PLACE = "sending", "installation"
_MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True)
class SendingState:
    """Says whether sending is held, why and since when."""

    is_held: bool
    reason: str = ""
    since_at: datetime | None = None


class Sending:
    """Stops and releases all sending of a ledger; what is queued waits.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> at = datetime(2026, 11, 24, 10, tzinfo=UTC)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sending = Sending(open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock()))
        ...     sending.hold("ada", "wrong template", at=at)
        ...     sending.state().reason
        'wrong template'
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def state(self) -> SendingState:
        """Say whether sending is held."""
        with self._ledger.read() as tx:
            return read_state(tx)

    def hold(self, actor: str, reason: str, *, at: datetime) -> None:
        """Stop every message that has not passed its final dot."""
        with self._ledger.begin() as tx:
            _put(tx, _SWITCH, {"is_held": True, "reason": reason}, at)
            self._ledger.record(tx, actor, "sending_held", "sending", {"reason": reason})

    def release(self, actor: str, reason: str, *, at: datetime) -> None:
        """Let sending go on, and take this place for the ledger's home; every message meets all gates again."""
        with self._ledger.begin() as tx:
            _put(tx, _SWITCH, {"is_held": False, "reason": reason}, at)
            _put(tx, _PLACE, {"fingerprint": _here(self._ledger)}, at)
            self._ledger.record(tx, actor, "sending_released", "sending", {"reason": reason})


def read_state(tx: Connection) -> SendingState:
    """Return the switch as this transaction sees it."""
    row = tx.execute(select(_STATE.c.value, _STATE.c.updated_at).where(_STATE.c.name == _SWITCH)).one_or_none()
    if row is None or not row.value["is_held"]:
        return SendingState(is_held=False)
    return SendingState(is_held=True, reason=row.value["reason"], since_at=row.updated_at)


def hold_back_a_copy(ledger: Ledger, *, clock: Clock) -> None:
    """Hold sending where the ledger was copied or restored elsewhere: its queue may have been sent already."""
    here = _here(ledger)
    with ledger.begin() as tx:
        home = tx.execute(select(_STATE.c.value).where(_STATE.c.name == _PLACE)).scalar_one_or_none()
        if home is None:
            _put(tx, _PLACE, {"fingerprint": here}, clock.now())
        elif home["fingerprint"] != here and not read_state(tx).is_held:
            _put(tx, _SWITCH, {"is_held": True, "reason": "the ledger was copied or moved"}, clock.now())
            ledger.record(tx, "sender", "sending_held", "sending", {"reason": "the ledger was copied or moved"})


def _here(ledger: Ledger) -> str:
    machine = _MACHINE_ID.read_text(encoding="ascii").strip() if _MACHINE_ID.is_file() else ""
    return fingerprint([machine or socket.gethostname(), ledger.place])


def _put(tx: Connection, name: str, value: dict[str, object], at: datetime) -> None:
    Ledger.hold(tx, f"state:{name}")
    tx.execute(delete(_STATE).where(_STATE.c.name == name))
    tx.execute(insert(_STATE).values(name=name, value=value, updated_at=at))
