"""Show this morning's list, and pass on what a person decides about it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from prevenance import actions, decisions
from prevenance.desk.members import Members
from prevenance.kit.clock import Clock
from prevenance.kit.problems import PolicyError
from prevenance.kit.words import Words
from prevenance.records import screens
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import CustomerId, DecisionId, SendKey, UserId
from prevenance.settings import Project
from prevenance.storage import Ledger, ledger_tables

_SHOWN = 500
_decisions = ledger_tables.decisions
_REASONS: dict[screens.RejectReason, str] = {
    "wrong": "wrong",
    "already_known": "already known",
    "not_suitable": "not suitable",
    "customer_asked": "the customer asked",
    "other": "other",
}

Answer = screens.Proposal | Refusal | Undetermined


class Proposals:
    """Reads and changes proposals, one short transaction each."""

    def __init__(self, ledger: Ledger, members: Members, project: Project, clock: Clock) -> None:
        self._ledger = ledger
        self._members = members
        self._project = project
        self._clock = clock

    def today(self, kind: screens.Kind | None, as_of: datetime | None) -> screens.Today:
        """Return the list that waits, best first, of one kind or of all."""
        waiting = decisions.todays_list(self._ledger, at=self._clock.now(), limit=_SHOWN)
        counts = Counter(proposal.kind for proposal in waiting)
        return screens.Today(
            as_of=as_of,
            proposals=tuple(proposal for proposal in waiting if kind in {None, proposal.kind}),
            counts={name: counts.get(name, 0) for name in screens.KINDS},
            n_calls_planned=self._calls_planned(),
            n_calls_capacity=self._project.settings.team.calls_per_day,
            has_run=as_of is not None,
        )

    def one(self, decision_id: DecisionId) -> screens.Proposal | None:
        """Return one proposal in whatever state, with the name of who decided it."""
        found = decisions.proposal(self._ledger, decision_id)
        if found is None or found.decided_by is None:
            return found
        return replace(found, decided_by=self._members.name_of(found.decided_by))

    def of_customer(self, customer_id: CustomerId) -> tuple[screens.Proposal, ...]:
        """Return what waits for one customer."""
        waiting = decisions.todays_list(self._ledger, at=self._clock.now(), limit=_SHOWN)
        return tuple(proposal for proposal in waiting if proposal.customer_id == customer_id)

    def approve(self, decision_id: DecisionId, actor: str, *, content_hash: str | None = None) -> Answer:
        """Approve exactly what was seen; it waits in the outbox until it is delivered."""
        try:
            answer = decisions.approve(
                self._ledger,
                decision_id,
                actor=actor,
                at=self._clock.now(),
                enqueue=_enqueue,
                content_hash=content_hash,
            )
        except PolicyError as problem:
            return _refused(problem)
        return answer if isinstance(answer, Refusal | Undetermined) else self._as_it_is(decision_id)

    def reject(self, decision_id: DecisionId, actor: str, rejection: screens.Rejection) -> Answer:
        """Reject with a reason that flows back into signals and models."""
        reason = ": ".join(part for part in (_REASONS[rejection.reason], rejection.note.strip()) if part)
        try:
            decisions.reject(self._ledger, decision_id, actor=actor, reason=reason, at=self._clock.now())
        except PolicyError as problem:
            return _refused(problem)
        return self._as_it_is(decision_id)

    def snooze(self, decision_id: DecisionId, actor: UserId, snooze: screens.Snooze) -> Answer:
        """Let a proposal rest until the morning of a day."""
        zone = ZoneInfo(self._project.settings.time_zone)
        until = datetime.combine(snooze.until, time(6), tzinfo=zone)
        now = self._clock.now()
        try:
            decisions.snooze(self._ledger, decision_id, actor=actor, until=until, reason=snooze.note, at=now)
        except PolicyError as problem:
            return _refused(problem)
        return self._as_it_is(decision_id)

    def undo(self, decision_id: DecisionId, actor: UserId) -> Answer:
        """Put a rejected or snoozed proposal back to waiting."""
        try:
            decisions.undo(self._ledger, decision_id, actor=actor, at=self._clock.now())
        except PolicyError as problem:
            return _refused(problem)
        return self._as_it_is(decision_id)

    def _as_it_is(self, decision_id: DecisionId) -> screens.Proposal:
        found = self.one(decision_id)
        assert found is not None, "a decision that was just answered exists"
        return found

    def _calls_planned(self) -> int:
        approved = (_decisions.c.channel == "call_task") & (_decisions.c.status == "approved")
        with self._ledger.read() as tx:
            found = tx.execute(select(func.count()).select_from(_decisions).where(approved)).scalar()
        return int(found or 0)


def _enqueue(
    tx: Connection, outreach: decisions.Outreach, *, approval_id: str, at: datetime
) -> SendKey | Refusal | Undetermined:
    return actions.enqueue(tx, actions.Draft(**vars(outreach)), approval_id=approval_id, at=at)


def _refused(problem: PolicyError) -> Refusal:
    words = problem.facts.get("words")
    said = words if isinstance(words, Words) else Words(fr=problem.message, en=problem.message)
    return Refusal("state", said)
