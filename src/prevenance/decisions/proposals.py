"""Show decisions as people meet them: this morning's list, and one proposal in whatever state."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, Select, select

from prevenance.kit.words import Words
from prevenance.records.ids import CustomerId, DecisionId
from prevenance.records.screens import Message, Proposal
from prevenance.storage import Ledger, ledger_tables

_decisions = ledger_tables.decisions
_approvals = ledger_tables.approvals
UNKNOWN = Words(fr="Pas encore connu.", en="Not yet known.")


def todays_list(ledger: Ledger, *, at: datetime, limit: int = 200) -> tuple[Proposal, ...]:
    """Return the proposals that wait for a person, best first: help before offers, then by value.

    Held-out customers are never in it, nor what sleeps or is too old to be acted on.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock())
        ...     todays_list(ledger, at=datetime(2026, 11, 1, tzinfo=UTC))
        ()
    """
    d = _decisions.c
    is_awake = (d.status == "proposed") | ((d.status == "snoozed") & (d.snoozed_until <= at))
    waiting = (
        _asked().where(is_awake, d.expires_at > at).order_by(d.priority, d.value.desc(), d.decision_id).limit(limit)
    )
    with ledger.read() as tx:
        return tuple(_shown(row) for row in tx.execute(waiting).mappings())


def proposal(ledger: Ledger, decision_id: DecisionId) -> Proposal | None:
    """Return one decision in whatever state, or None when there is none by that id."""
    with ledger.read() as tx:
        row = tx.execute(_asked().where(_decisions.c.decision_id == decision_id)).mappings().first()
    return None if row is None else _shown(row)


def _asked() -> Select[Any]:
    answered = _approvals.c
    return select(_decisions, answered.actor, answered.given_at).join(_approvals, isouter=True)


def _shown(row: RowMapping) -> Proposal:
    content: Mapping[str, Any] = row["content"]
    refusal = row["refusal"]
    status = row["status"]
    message = content.get("message")
    return Proposal(
        decision_id=DecisionId(row["decision_id"]),
        kind=row["kind"],
        customer_id=CustomerId(row["customer_id"]),
        customer_name=content["customer_name"] or "",
        title=_words(content["title"]),
        suggestion=_words(content["suggestion"]),
        reasons=tuple(_words(reason) for reason in content.get("reasons", ())),
        confidence=_words(content.get("confidence")),
        channel=row["channel"],
        consent=content.get("consent") or (refusal or {}).get("answer") or "undetermined",
        consent_words=_words(content.get("consent_words") or refusal),
        as_of=row["as_of"],
        status=status,
        value=None if row["value"] is None else Decimal(row["value"]),
        currency=row["currency"],
        due_on=None if row["due_on"] is None else row["due_on"].date(),
        contact_name=content.get("contact_name"),
        language=content["language"],
        preview=None if message is None else Message(**message),
        problem=_words(content["problem"]) if content.get("problem") else _why_not(refusal),
        stage=row["stage"],
        legal_basis=content["legal_basis"],
        measured_precision=content.get("measured_precision"),
        is_key_account=content["is_key_account"],
        content_hash=content.get("content_hash", ""),
        decided_by=row["actor"],
        decided_at=row["given_at"],
        snoozed_until=None if row["snoozed_until"] is None else row["snoozed_until"].date(),
        may_undo=status in {"rejected", "snoozed"},
    )


def _words(said: Mapping[str, Any] | None) -> Words:
    return UNKNOWN if not said else Words(fr=said["fr"], en=said["en"])


def _why_not(refusal: Mapping[str, Any] | None) -> Words | None:
    return None if not refusal else _words(refusal)
