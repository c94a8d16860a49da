"""Judge a queued message once more, as the gate, the approval and the identity stand now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, select

from prevenance import privacy
from prevenance.actions.enqueue import binding_hash
from prevenance.privacy import ContactRequest, NotNow, Permit
from prevenance.records.answers import Refusal, Undetermined
from prevenance.storage import Ledger, ledger_tables

AddressOf: TypeAlias = Callable[[int, int | None, str], str | None]
_APPROVALS, _DECISIONS = ledger_tables.approvals, ledger_tables.decisions
_WITHDRAWN = ("rejected", "expired", "held_out", "cancelled")


@dataclass(frozen=True)
class Stop:
    """Says why a message cannot go now: for good, or until a better moment."""

    status: Literal["refused", "queued", "expired"]
    reason: str
    until: datetime | None = None


def judge(
    tx: Connection, row: RowMapping, *, at: datetime, address_of: AddressOf | None, needs_decent_hours: bool
) -> Permit | Stop:
    """Return a permit for a message, or why it stops; the wishes of its address cannot change until `tx` ends."""
    Ledger.hold(tx, f"address:{row['address_key']}", f"customer:{row['customer_id']}")
    if row["expires_at"] <= at:
        return Stop("expired", "expired")
    if not _is_as_approved(tx, row):
        return Stop("refused", "approval_void")
    if address_of and address_of(row["customer_id"], row["person_id"], row["medium"]) != row["address"]:
        return Stop("refused", "recipient_changed")
    facts: dict[str, Any] = row["facts"]["request"]
    request = ContactRequest(**(facts | {"when": "now" if needs_decent_hours else "later"}))
    return _weigh(privacy.ask(tx, request, at=at), row)


def _weigh(answer: Permit | Refusal | Undetermined, row: RowMapping) -> Permit | Stop:
    if isinstance(answer, NotNow):
        is_too_late = answer.opens_at >= row["expires_at"]
        return Stop("expired", answer.rule) if is_too_late else Stop("queued", answer.rule, answer.opens_at)
    if not isinstance(answer, Permit):
        return Stop("refused", answer.rule)
    if answer.policy_version != row["policy_version"]:
        return Stop("refused", "policy_changed")
    is_same_place = (answer.address, answer.address_key) == (row["address"], row["address_key"])
    return answer if is_same_place else Stop("refused", "approval_void")


def _is_as_approved(tx: Connection, row: RowMapping) -> bool:
    """Tell whether the message is, to the letter, the one that a person approved and still approves."""
    approval = tx.execute(
        select(_APPROVALS.c.verdict, _APPROVALS.c.binding_hash, _DECISIONS.c.status)
        .join(_DECISIONS, _DECISIONS.c.decision_id == _APPROVALS.c.decision_id)
        .where(_APPROVALS.c.approval_id == row["approval_id"])
    ).one_or_none()
    if approval is None or approval.verdict != "approved" or approval.status in _WITHDRAWN:
        return False
    return bool(approval.binding_hash == row["binding_hash"] == binding_hash(dict(row)))
