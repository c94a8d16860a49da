"""Put an approved message into the outbox, bound to exactly what was approved, once for ever."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from prevenance import privacy
from prevenance.kit.problems import PolicyError
from prevenance.kit.words import Language, Words
from prevenance.privacy import ContactRequest, Permit
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import DecisionId, SendKey
from prevenance.storage import Ledger, ledger_tables

_OUTBOX, _APPROVALS = ledger_tables.outbox, ledger_tables.approvals
_TWICE = Words(
    fr="Ce message a déjà été mis en file pour cette occasion.", en="This message was queued before for this occasion."
)
_LATE = Words(fr="La fenêtre d’envoi est close.", en="The time to send it has passed.")
_OTHER = Words(fr="Ce n’est pas ce qui a été approuvé.", en="This is not what was approved.")


@dataclass(frozen=True)
class Draft:
    """Holds a message for one person, with the occasion that gave rise to it and the window in which it makes sense.

    Attributes:
        trigger_occurrence: names the occasion; the same play reaches the same person once for it.
        channel: entry of the catalogue, `email` or `call_task`.
        request: who, at which address, on which legal ground.
        body_html: None where it is made from the text.
        expires_at: late is not sent.
    """

    decision_id: DecisionId
    play: str
    trigger_occurrence: str
    channel: str
    request: ContactRequest
    language: Language
    subject: str
    body_text: str
    body_html: str | None
    not_before: datetime
    expires_at: datetime


def enqueue(tx: Connection, draft: Draft, *, approval_id: str, at: datetime) -> SendKey | Refusal | Undetermined:
    """Queue a draft that was approved in this transaction or before; say why where that cannot be.

    The approval is bound to the person, the address, the words, the class, the window and the contact policy: whatever
    changes one of them afterwards voids it.

    Raises:
        PolicyError: no such approval was given for this decision.
    """
    approved = _approval(tx, draft, approval_id)
    permit = privacy.ask(tx, _later(draft.request), at=at)
    if not isinstance(permit, Permit):
        return permit
    if draft.expires_at <= at:
        return Refusal("expired", _LATE)
    row = _row(tx, draft, permit, at) | {"approval_id": approval_id}
    row["binding_hash"] = binding_hash(row)
    if approved not in {None, row["binding_hash"]}:
        return Refusal("approval_void", _OTHER)
    Ledger.hold(tx, f"send:{row['send_key']}")
    if tx.execute(select(_OUTBOX.c.send_key).where(_OUTBOX.c.send_key == row["send_key"])).first():
        return Refusal("already_queued", _TWICE)
    tx.execute(insert(_OUTBOX).values(row))
    tx.execute(
        update(_APPROVALS).where(_APPROVALS.c.approval_id == approval_id).values(binding_hash=row["binding_hash"])
    )
    Ledger.record(
        tx, "actions", "message_queued", f"send:{row['send_key'][:16]}",
        {"decision_id": draft.decision_id, "approval_id": approval_id, "binding_hash": row["binding_hash"]},
    )  # fmt: skip
    return SendKey(row["send_key"])


def binding_hash(row: Mapping[str, Any]) -> str:
    """Return the hash of all that an approval covers; of an outbox row, however it came about."""
    covered = [
        row["play"], row["channel"], row["medium"], row["purpose"], row["message_class"], row["customer_id"],
        row["person_id"], row["address"], row["address_key"], row["language"], row["time_zone"], row["subject"],
        row["body_text"], row["body_html"], row["policy_version"], row["facts"], row["expires_at"].isoformat(),
    ]  # fmt: skip
    text = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def link_token(tx: Connection, send_key: str) -> str:
    """Return the token of a message's one-click link: 128 bits that only this ledger can make."""
    return Ledger.keyed(tx, "unsubscribe", send_key)[:32]


def _approval(tx: Connection, draft: Draft, approval_id: str) -> str | None:
    found = tx.execute(
        select(_APPROVALS.c.decision_id, _APPROVALS.c.verdict, _APPROVALS.c.binding_hash).where(
            _APPROVALS.c.approval_id == approval_id
        )
    ).one_or_none()
    if found is None or found.verdict != "approved" or found.decision_id != draft.decision_id:
        raise PolicyError("Nothing is queued without an approval of its own decision.", decision_id=draft.decision_id)
    bound: str | None = found.binding_hash
    return bound


def _later(request: ContactRequest) -> ContactRequest:
    return ContactRequest(**(asdict(request) | {"when": "later"}))


def _row(tx: Connection, draft: Draft, permit: Permit, at: datetime) -> dict[str, Any]:
    request = draft.request
    who = str(request.person_id if request.person_id is not None else f"customer:{request.customer_id}")
    send_key = Ledger.keyed(tx, "send", who, draft.channel, draft.play, draft.trigger_occurrence)
    return {
        "send_key": send_key,
        "decision_id": draft.decision_id,
        "play": draft.play,
        "channel": draft.channel,
        "medium": request.channel,
        "purpose": request.purpose,
        "message_class": request.message_class,
        "customer_id": request.customer_id,
        "person_id": request.person_id,
        "address": permit.address,
        "address_key": permit.address_key,
        "language": draft.language,
        "time_zone": request.time_zone,
        "subject": draft.subject,
        "body_text": draft.body_text,
        "body_html": draft.body_html,
        "policy_version": permit.policy_version,
        "facts": {"request": asdict(request), "not_before": draft.not_before.isoformat()},
        "status": "queued",
        "not_before": draft.not_before,
        "expires_at": draft.expires_at,
        "attempts": 0,
        "fence": 0,
        "unsubscribe_hash": hashlib.sha256(link_token(tx, send_key).encode()).hexdigest(),
        "queued_at": at,
        "updated_at": at,
    }
