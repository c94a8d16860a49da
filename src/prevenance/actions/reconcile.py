"""Resolve what nobody could know: a person looks, decides, and says by what evidence."""

from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update

from prevenance.kit.problems import PolicyError
from prevenance.records.ids import SendKey
from prevenance.storage import Ledger, ledger_tables

_OUTBOX = ledger_tables.outbox
_STATUS = {"sent": "sent", "not_sent": "failed"}


def reconcile(
    ledger: Ledger, send_key: SendKey, outcome: Literal["sent", "not_sent"], *, actor: str, evidence: str, at: datetime
) -> None:
    """Settle a message that stands as `unknown`; it is never sent again by itself.

    The mail server's log holds the truth: the Message-ID of a letter begins with the first 40 signs of its send key.

    Raises:
        PolicyError: the message is not `unknown`, or there is no evidence.
    """
    if not evidence.strip():
        raise PolicyError("Say by what evidence: for instance the line of the mail server’s log.", send_key=send_key)
    with ledger.begin() as tx:
        row = tx.execute(select(_OUTBOX.c.status, _OUTBOX.c.fence).where(_OUTBOX.c.send_key == send_key)).one_or_none()
        moved = tx.execute(
            update(_OUTBOX)
            .where(_OUTBOX.c.send_key == send_key, _OUTBOX.c.status == "unknown")
            .values(
                status=_STATUS[outcome],
                reason=f"reconciled: {evidence}",
                fence=_OUTBOX.c.fence + 1,  # an answer that comes after a person's word changes nothing any more
                sent_at=at if outcome == "sent" else None,
                updated_at=at,
            )
        )
        if row is None or moved.rowcount != 1:
            status = row.status if row else "not there"
            raise PolicyError(
                f"Only a message in `unknown` can be reconciled; this one is {status}.", send_key=send_key
            )
        attempts = {"send_key": send_key, "fence": row.fence, "phase": f"reconciled_{outcome}", "at": at}
        tx.execute(insert(ledger_tables.attempts).values(**attempts, reply_text=evidence))
        ledger.record(tx, actor, "message_reconciled", f"send:{send_key[:16]}", {"outcome": outcome})
