"""Answer a proposal as a person: approve it, reject it, let it sleep, take an answer back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select, update
from sqlalchemy.exc import IntegrityError

from prevenance.decisions.base import Enqueue, Outreach
from prevenance.decisions.keep import OPEN
from prevenance.kit.hashing import stable_id
from prevenance.kit.problems import PolicyError
from prevenance.kit.words import Words
from prevenance.privacy import ContactRequest
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import DecisionId, SendKey
from prevenance.storage import Ledger, ledger_tables

_decisions = ledger_tables.decisions
_approvals = ledger_tables.approvals
_FORBIDDEN = {
    "unknown": Words(fr="La décision {decision_id} n’existe pas.", en="There is no decision {decision_id}."),
    "held_out": Words(
        fr="La décision {decision_id} est dans le groupe témoin : personne n’y donne suite, pour en mesurer l’effet.",
        en="Decision {decision_id} is in the control group: it is left alone, by every path, to measure the effect.",
    ),
    "answered": Words(
        fr="La décision {decision_id} n’attend plus de réponse (état : {status}).",
        en="Decision {decision_id} is {status}: it waits for no answer.",
    ),
    "too_old": Words(
        fr="La décision {decision_id} n’était valable que jusqu’au {until}. Décidez à nouveau avant d’agir.",
        en="Decision {decision_id} was only good until {until}. Decide anew before you act.",
    ),
    "at_once": Words(
        fr="Quelqu’un d’autre a répondu à la décision {decision_id} au même moment.",
        en="Decision {decision_id} was answered by somebody else at the same moment.",
    ),
    "no_reason": Words(
        fr="Un refus a besoin de sa raison : elle instruit les signaux et les modèles.",
        en="A rejection needs its reason: it teaches the signals and models.",
    ),
    "not_later": Words(
        fr="Une proposition ne peut dormir que jusqu’à un jour à venir : choisissez-en un.",
        en="A proposal can only sleep until a later day. Choose one.",
    ),
    "not_undone": Words(
        fr="La décision {decision_id} est dans l’état {status} : seul un refus ou une pause se reprend ici.",
        en="Decision {decision_id} is {status}: only a rejection or a snooze can be taken back here.",
    ),
}

_SEEN_OTHERWISE = Refusal(
    "changed_since_seen",
    Words(
        fr="La proposition a changé depuis que vous l’avez lue : relisez-la avant d’approuver.",
        en="The proposal has changed since you read it: read it again before you approve.",
    ),
)


class _RefusedError(Exception):
    """Undoes the transaction of an approval that the gate refused."""

    def __init__(self, answer: Refusal | Undetermined) -> None:
        super().__init__(answer.rule)
        self.answer = answer


def approve(
    ledger: Ledger,
    decision_id: DecisionId,
    *,
    actor: str,
    at: datetime,
    enqueue: Enqueue,
    content_hash: str | None = None,
) -> SendKey | Refusal | Undetermined:
    """Approve a proposal: the exact message that was shown goes into the outbox, in the same transaction.

    Refused by the gate, the approval leaves no trace but an entry in the audit trail, and the proposal stays open.

    Args:
        ledger: holds the proposal.
        decision_id: which one.
        actor: who approves.
        at: when.
        enqueue: puts the message into the outbox (`actions.enqueue`; this room stands before that one).
        content_hash: what the approver saw; another content is refused.

    Raises:
        PolicyError: the decision is held out, unknown, too old, or was answered before.
    """
    try:
        with ledger.begin() as tx:
            row = _open_row(tx, decision_id, at)
            problem = _problem(row["content"], content_hash)
            if problem is not None:
                return problem
            approval_id = _answer(tx, row, "approved", actor, None, at)
            send_key = _queued(enqueue(tx, _outreach(row, at), approval_id=approval_id, at=at))
            ledger.record(tx, actor, "decision_approved", f"decision:{decision_id}", {"approval": approval_id})
            return send_key
    except _RefusedError as refused:
        with ledger.begin() as tx:
            ledger.record(tx, actor, "approval_refused", f"decision:{decision_id}", {"rule": refused.answer.rule})
        return refused.answer


def _queued(answer: SendKey | Refusal | Undetermined) -> SendKey:
    if isinstance(answer, Refusal | Undetermined):
        raise _RefusedError(answer)
    return answer


def reject(ledger: Ledger, decision_id: DecisionId, *, actor: str, reason: str, at: datetime) -> None:
    """Reject a proposal, with the reason, which flows back into signals and models.

    Raises:
        PolicyError: the decision is held out, unknown, too old, or was answered before; or no reason is given.
    """
    if not reason.strip():
        raise _forbidden("no_reason", decision_id)
    with ledger.begin() as tx:
        row = _open_row(tx, decision_id, at)
        approval_id = _answer(tx, row, "rejected", actor, reason.strip(), at)
        ledger.record(tx, actor, "decision_rejected", f"decision:{decision_id}", {"approval": approval_id})


def snooze(ledger: Ledger, decision_id: DecisionId, *, actor: str, until: datetime, reason: str, at: datetime) -> None:
    """Let a proposal sleep until an instant; it is not proposed a second time meanwhile.

    Raises:
        PolicyError: the decision is held out, unknown, too old, or was answered before; or the instant has passed.
    """
    if until <= at:
        raise _forbidden("not_later", decision_id)
    with ledger.begin() as tx:
        row = _open_row(tx, decision_id, at)
        awake = max(row["expires_at"], until + timedelta(days=1))  # whoever wakes has a day to be answered
        _set(tx, decision_id, status="snoozed", snoozed_until=until, expires_at=awake, updated_at=at)
        detail = {"until": until.isoformat(), "reason": reason.strip()}
        ledger.record(tx, actor, "decision_snoozed", f"decision:{decision_id}", detail)


def undo(ledger: Ledger, decision_id: DecisionId, *, actor: str, at: datetime) -> None:
    """Take back a rejection or a snooze; what was approved is stopped in the outbox, not here.

    Raises:
        PolicyError: there is nothing to take back.
    """
    with ledger.begin() as tx:
        row = _row(tx, decision_id)
        if row["status"] not in {"rejected", "snoozed"}:
            raise _forbidden("not_undone", decision_id, status=row["status"])
        tx.execute(delete(_approvals).where(_approvals.c.decision_id == decision_id))
        _set(tx, decision_id, status="proposed", snoozed_until=None, updated_at=at)
        ledger.record(tx, actor, "answer_taken_back", f"decision:{decision_id}", {"was": row["status"]})


def _row(tx: Connection, decision_id: DecisionId) -> RowMapping:
    row = tx.execute(select(_decisions).where(_decisions.c.decision_id == decision_id)).mappings().first()
    if row is None:
        raise _forbidden("unknown", decision_id)
    return row


def _open_row(tx: Connection, decision_id: DecisionId, at: datetime) -> RowMapping:
    row = _row(tx, decision_id)
    if row["arm"] == "held_out":
        raise _forbidden("held_out", decision_id)
    if row["status"] not in OPEN:
        raise _forbidden("answered", decision_id, status=row["status"])
    if row["expires_at"] <= at:
        raise _forbidden("too_old", decision_id, until=row["expires_at"].date().isoformat())
    return row


def _answer(tx: Connection, row: RowMapping, verdict: str, actor: str, reason: str | None, at: datetime) -> str:
    """Write the one answer that a decision can have."""
    decision_id = row["decision_id"]
    approval_id = stable_id("approval", decision_id)
    changed = tx.execute(
        update(_decisions)
        .where(_decisions.c.decision_id == decision_id, _decisions.c.status.in_(OPEN))
        .values(status=verdict, snoozed_until=None, updated_at=at)
    )
    if changed.rowcount != 1:
        raise _forbidden("at_once", decision_id)
    given = {"actor": actor, "verdict": verdict, "reason": reason, "given_at": at}
    try:
        tx.execute(_approvals.insert().values(approval_id=approval_id, decision_id=decision_id, **given))
    except IntegrityError as doubled:
        raise _forbidden("at_once", decision_id) from doubled
    return approval_id


def _forbidden(why: str, decision_id: DecisionId, **facts: str) -> PolicyError:
    """Return the exception of what is forbidden, with its words in both languages for whoever shows it."""
    said = {"decision_id": decision_id, **facts}
    words = Words(fr=_FORBIDDEN[why].say("fr", **said), en=_FORBIDDEN[why].say("en", **said))
    return PolicyError(words.en, rule=why, words=words, **said)


def _set(tx: Connection, decision_id: DecisionId, **values: object) -> None:
    tx.execute(update(_decisions).where(_decisions.c.decision_id == decision_id).values(**values))


def _problem(content: Mapping[str, Any], content_hash: str | None) -> Refusal | None:
    if content["message"] is None:
        return Refusal("missing_field", Words(**content["problem"]))
    if content_hash is not None and content_hash != content["content_hash"]:
        return _SEEN_OTHERWISE
    return None


def _outreach(row: RowMapping, at: datetime) -> Outreach:
    content = row["content"]
    return Outreach(
        decision_id=DecisionId(row["decision_id"]),
        play=row["play"],
        trigger_occurrence=row["trigger_occurrence"],
        channel=row["channel"],
        request=ContactRequest(**content["request"]),
        language=content["language"],
        subject=content["message"]["subject"],
        body_text=content["message"]["body"],
        body_html=None,
        not_before=at,
        expires_at=at + timedelta(hours=content["max_lateness_hours"]),
    )
