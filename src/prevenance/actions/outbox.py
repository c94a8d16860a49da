"""Move messages of the outbox from state to state, each step one transaction, each guarded by the fence of its owner.

queued -> attempting -> committing -> sent | unknown
with refused, failed, expired beside; `unknown` is left to a person.
"""

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from prevenance.actions.base import Outcome
from prevenance.kit.problems import BrokenPromiseError
from prevenance.storage import Ledger, ledger_tables

OUTBOX, ATTEMPTS = ledger_tables.outbox, ledger_tables.attempts
ACTOR = "sender"
MOST_ATTEMPTS = 5
LEASE = timedelta(minutes=15)  # longer than any server may take to answer the dot (RFC 5321, 4.5.3.2.6: ten minutes)
_FIRST_PAUSE = timedelta(minutes=1)
_IN_HAND = ("attempting", "committing")


@dataclass(frozen=True)
class Hold:
    """Holds the right to move one message: its fence, which nobody else's steps carry."""

    send_key: str
    fence: int
    owner: str


def own_name() -> str:
    """Return a name for this process by which others can tell whether it still lives."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def queued(now: datetime, channels: Collection[str], *, limit: int = 1) -> Any:
    """Return the statement for the messages that are due, the longest waiting first."""
    return (
        select(OUTBOX)
        .where(OUTBOX.c.status == "queued", OUTBOX.c.not_before <= now, OUTBOX.c.channel.in_(channels))
        .order_by(OUTBOX.c.not_before, OUTBOX.c.send_key)
        .limit(limit)
    )


def claim(tx: Connection, row: RowMapping, owner: str, *, at: datetime) -> Hold:
    """Take a queued message in hand; whoever held it before can no longer move it."""
    hold = Hold(row["send_key"], row["fence"] + 1, owner)
    moved = tx.execute(
        update(OUTBOX)
        .where(OUTBOX.c.send_key == hold.send_key, OUTBOX.c.status == "queued", OUTBOX.c.fence == row["fence"])
        .values(
            status="attempting", fence=hold.fence, lease_owner=owner, lease_until=at + LEASE,
            attempts=row["attempts"] + 1, updated_at=at,
        )
    )  # fmt: skip
    if moved.rowcount != 1:
        raise BrokenPromiseError("A message left the queue while its row was locked.", send_key=hold.send_key)
    Ledger.record(tx, ACTOR, "message_attempting", _subject(hold.send_key), {"fence": hold.fence})
    return hold


def mark(tx: Connection, hold: Hold, *, at: datetime) -> bool:
    """Write the mark that stands before the point of no return; False where the message is no longer ours."""
    is_ours = _move(tx, hold, ("attempting",), {"status": "committing", "lease_until": at + LEASE}, at)
    if is_ours:
        note(tx, hold, "committing", at=at)
        Ledger.record(tx, ACTOR, "message_committing", _subject(hold.send_key), {"fence": hold.fence})
    return is_ours


def settle(tx: Connection, hold: Hold, outcome: Outcome, *, at: datetime) -> str:
    """Write how an attempt ended and return the state that follows.

    Also when the lease ran out meanwhile and the message stands as `unknown`: the answer is evidence.
    """
    row = tx.execute(select(OUTBOX.c.attempts, OUTBOX.c.status).where(OUTBOX.c.send_key == hold.send_key)).one()
    after = _after(outcome, row.attempts, at)
    moved = _move(tx, hold, (*_IN_HAND, "unknown"), after, at)
    note(tx, hold, outcome.ending, outcome, at=at)
    if moved:
        Ledger.record(tx, ACTOR, f"message_{after['status']}", _subject(hold.send_key), {"code": outcome.code})
    return str(after["status"]) if moved else str(row.status)


def put_back(
    tx: Connection, hold: Hold, status: str, reason: str, *, at: datetime, until: datetime | None = None
) -> str:
    """Let go of a message in hand that was certainly not sent: queued again, refused or expired, with the reason."""
    values: dict[str, Any] = {"status": status, "reason": reason}
    if until is not None:
        values["not_before"] = until
    if status == "queued":
        values["attempts"] = OUTBOX.c.attempts - 1  # waiting for a better moment is no failed attempt
    if _move(tx, hold, ("attempting",), values, at):
        Ledger.record(tx, ACTOR, f"message_{status}", _subject(hold.send_key), {"reason": reason})
    return status


def note(tx: Connection, hold: Hold, phase: str, outcome: Outcome | None = None, *, at: datetime) -> None:
    """Write down a phase of an attempt, with what the other side said."""
    reply = {"reply_code": outcome.code, "reply_text": outcome.text} if outcome else {}
    tx.execute(insert(ATTEMPTS).values(send_key=hold.send_key, fence=hold.fence, phase=phase, at=at, **reply))


def expire(tx: Connection, *, at: datetime) -> list[RowMapping]:
    """Give up what is late, and return it."""
    is_late = (OUTBOX.c.status == "queued", OUTBOX.c.expires_at <= at)
    late = tx.execute(select(OUTBOX).where(*is_late).order_by(OUTBOX.c.send_key).with_for_update()).mappings().all()
    for row in late:
        tx.execute(
            update(OUTBOX)
            .where(OUTBOX.c.send_key == row["send_key"])
            .values(status="expired", reason="expired", updated_at=at)
        )
        Ledger.record(tx, ACTOR, "message_expired", _subject(row["send_key"]), {})
    return list(late)


def left_behind(tx: Connection, *, at: datetime) -> list[RowMapping]:
    """Return the messages in hands that are gone: the process died, or its lease ran out."""
    in_hand = tx.execute(select(OUTBOX).where(OUTBOX.c.status.in_(_IN_HAND))).mappings()
    return [row for row in in_hand if row["lease_until"] <= at or is_gone(row["lease_owner"])]


def take_over(tx: Connection, row: RowMapping, *, at: datetime) -> str:
    """Resolve a message left behind: past the mark it is `unknown`, before it was certainly not sent."""
    is_marked = row["status"] == "committing"
    is_worn_out = row["attempts"] >= MOST_ATTEMPTS
    status = "unknown" if is_marked else "failed" if is_worn_out else "queued"
    values: dict[str, Any] = {"status": status, "reason": "the sender stopped in between"}
    if not is_marked:
        values["fence"] = row["fence"] + 1  # the old owner, should it wake up, can no longer reach the mark
    hold = Hold(row["send_key"], row["fence"], row["lease_owner"])
    if not _move(tx, hold, (row["status"],), values, at):
        return "moved"
    note(tx, hold, status, at=at)
    Ledger.record(tx, ACTOR, f"message_{status}", _subject(row["send_key"]), {"reason": values["reason"]})
    return status


def is_gone(owner: str | None) -> bool:
    """Tell whether a process of this machine has ended; of others only their lease can tell.

    Example:
        >>> is_gone(own_name()), is_gone("elsewhere/1/1")
        (False, False)
    """
    host, _, rest = (owner or "").partition("/")
    number, _, started = rest.partition("/")
    return host == socket.gethostname() and number.isdigit() and _started(int(number)) != started


def _started(process: int) -> str:
    """Return the clock tick at which a process of this machine began: a number used again is not the same process."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "gone"
    fields = text.rpartition(")")[2].split()
    return "gone" if fields[0] in "ZX" else fields[19]


def _after(outcome: Outcome, attempts: int, at: datetime) -> dict[str, Any]:
    reason = f"{outcome.code or ''} {outcome.text}".strip()
    if outcome.ending == "sent":
        return {"status": "sent", "reason": None, "sent_at": at}
    if outcome.ending == "unknown":
        return {"status": "unknown", "reason": reason}
    if outcome.ending == "permanent" or attempts >= MOST_ATTEMPTS:
        return {"status": "failed", "reason": reason}
    pause = _FIRST_PAUSE * 4 ** (attempts - 1)  # 1, 4, 16, 64 minutes
    return {"status": "queued", "reason": reason, "not_before": at + pause}


def _move(tx: Connection, hold: Hold, before: tuple[str, ...], values: dict[str, Any], at: datetime) -> bool:
    ours = (OUTBOX.c.send_key == hold.send_key, OUTBOX.c.fence == hold.fence, OUTBOX.c.lease_owner == hold.owner)
    moved = tx.execute(update(OUTBOX).where(*ours, OUTBOX.c.status.in_(before)).values(**values, updated_at=at))
    return moved.rowcount == 1


def _subject(send_key: str) -> str:
    return f"send:{send_key[:16]}"
