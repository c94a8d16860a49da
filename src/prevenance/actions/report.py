"""Tell what became of messages, or what would."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select

from prevenance.actions.base import Message
from prevenance.actions.enqueue import link_token
from prevenance.storage import ledger_tables

_COUNTED = ("sent", "refused", "unknown", "failed", "expired", "previewed")


@dataclass(frozen=True)
class DeliveryLine:
    """Holds what became of one message, or in a dry run what would."""

    send_key: str
    customer_id: int
    channel: str
    status: str
    reason: str
    preview: str = ""


@dataclass(frozen=True)
class DeliveryReport:
    """Counts what became of the messages of this run; `queued` are all that still wait."""

    sent: int = 0
    refused: int = 0
    unknown: int = 0
    failed: int = 0
    expired: int = 0
    queued: int = 0
    previewed: int = 0
    is_held: bool = False
    lines: tuple[DeliveryLine, ...] = ()


def line(row: RowMapping, status: str, reason: str | None, preview: str = "") -> DeliveryLine:
    """Return the line for a row of the outbox."""
    return DeliveryLine(row["send_key"], row["customer_id"], row["channel"], status, reason or "", preview)


def report(tx: Connection, lines: list[DeliveryLine], *, is_held: bool) -> DeliveryReport:
    """Return the report for a run's lines."""
    counts = Counter(each.status for each in lines)
    outbox = ledger_tables.outbox
    waiting = tx.execute(select(func.count()).select_from(outbox).where(outbox.c.status == "queued")).scalar_one()
    counted = {name: counts[name] for name in _COUNTED}
    return DeliveryReport(**counted, queued=waiting, is_held=is_held, lines=tuple(lines))


def message_of(tx: Connection, row: RowMapping) -> Message:
    """Return what a row of the outbox is to bring to its person."""
    return Message(
        send_key=row["send_key"],
        customer_id=row["customer_id"],
        person_id=row["person_id"],
        medium=row["medium"],
        address=row["address"],
        language=row["language"],
        subject=row["subject"],
        body_text=row["body_text"],
        body_html=row["body_html"],
        message_class=row["message_class"],
        expires_at=row["expires_at"],
        unsubscribe_token=link_token(tx, row["send_key"]),
    )
