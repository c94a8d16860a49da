"""Bring the parts of the desk together behind one face, safe to be asked from several threads."""

from datetime import datetime
from threading import Lock

from prevenance import features, identity, intake, live, models, pipeline
from prevenance.desk.customers import Customers
from prevenance.desk.matches import waiting
from prevenance.desk.members import Members
from prevenance.desk.proposals import Answer, Proposals
from prevenance.desk.recipients import Recipients, Scope
from prevenance.desk.runs import Runs
from prevenance.desk.segments import counted
from prevenance.desk.signals import signal_lines
from prevenance.desk.story import Story, find, tell
from prevenance.kit.clock import Clock
from prevenance.kit.problems import PrevenanceError
from prevenance.kit.words import Language
from prevenance.records import screens
from prevenance.records.ids import CustomerId, DecisionId, UserId
from prevenance.records.tables import CUSTOMERS
from prevenance.settings import Project
from prevenance.storage import Lake, Ledger


class Desk:
    """Answers everything a person asks at a screen, and takes what he decides."""

    def __init__(self, project: Project, lake: Lake, ledger: Ledger, clock: Clock, *, is_practice: bool) -> None:
        self._project = project
        self._lake = lake
        self._ledger = ledger
        self._clock = clock
        self._is_practice = is_practice
        self._runs = Runs(ledger, project)
        self.members = Members(ledger, clock)
        self.proposals = Proposals(ledger, self.members, project, clock)
        self._recipients = Recipients(ledger, clock)
        # The lake's engine is one session, which one thread may use at a time.
        self._one_at_a_time = Lock()

    def company(self) -> screens.Company:
        """Return whose installation this is."""
        settings = self._project.settings
        return screens.Company(settings.company, settings.time_zone, self._is_practice)

    def readiness(self) -> tuple[screens.Check, ...]:
        """Return whether ledger and lake can be read."""
        return (self._check("ledger", self._runs.last_as_of), self._check("lake", self._count_customers))

    def intake_books(self) -> tuple[intake.Line, ...]:
        """Return what the live intake received and what became of it, by source and hour."""
        return intake.balance(self._ledger)

    def live_hits(self) -> tuple[screens.LiveLine, ...]:
        """Return what began to fire since this morning, latest first."""
        found = live.hits(self._ledger, since=pipeline.floor_to_day(self._clock.now()))
        with self._one_at_a_time:
            names = self._customers().names([one.customer_id for one in found])
        return tuple(
            screens.LiveLine(one.customer_id, names.get(one.customer_id, ""), one.title, one.words, one.received_at)
            for one in found
        )

    def authenticate(self, email: str, password: str) -> screens.Member | None:
        """Return the active member with these credentials."""
        return self.members.authenticate(email, password)

    def open_session(self, user_id: UserId, token_hash: str) -> None:
        """Store a new session by the hash of its token."""
        self.members.open_session(user_id, token_hash)

    def session(self, token_hash: str) -> screens.Member | None:
        """Return whose live session this is and mark it used."""
        return self.members.session(token_hash)

    def close_session(self, token_hash: str) -> None:
        """End a session."""
        self.members.close_session(token_hash)

    def remember_preferences(self, user_id: UserId, preferences: screens.Preferences) -> None:
        """Keep a member's language and whether single-letter keys are on."""
        self.members.remember_preferences(user_id, preferences)

    def today(self, kind: screens.Kind | None) -> screens.Today:
        """Return the list that waits, best first."""
        return self.proposals.today(kind, self._runs.last_as_of())

    def proposal(self, decision_id: DecisionId) -> screens.Proposal | None:
        """Return one proposal in whatever state."""
        return self.proposals.one(decision_id)

    def approve(self, decision_id: DecisionId, actor: UserId, *, content_hash: str) -> Answer:
        """Approve exactly what was seen."""
        return self.proposals.approve(decision_id, actor, content_hash=content_hash)

    def reject(self, decision_id: DecisionId, actor: UserId, rejection: screens.Rejection) -> Answer:
        """Reject with a reason."""
        return self.proposals.reject(decision_id, actor, rejection)

    def snooze(self, decision_id: DecisionId, actor: UserId, snooze: screens.Snooze) -> Answer:
        """Let a proposal rest until a day."""
        return self.proposals.snooze(decision_id, actor, snooze)

    def undo(self, decision_id: DecisionId, actor: UserId) -> Answer:
        """Put a rejected or snoozed proposal back to waiting."""
        return self.proposals.undo(decision_id, actor)

    def search_customers(self, text: str, *, limit: int) -> screens.CustomersFound:
        """Return customers that fit a text."""
        with self._one_at_a_time:
            return self._customers().search(text, limit=limit)

    def customer(self, customer_id: CustomerId) -> screens.CustomerPage | None:
        """Return one customer."""
        waiting = self.proposals.of_customer(customer_id)
        with self._one_at_a_time:
            return self._customers().page(customer_id, waiting)

    def timeline(
        self, customer_id: CustomerId, *, lane: screens.Lane | None, before: datetime | None, limit: int
    ) -> screens.TimelinePage:
        """Return a customer's events, latest first."""
        with self._one_at_a_time:
            return self._customers().timeline(customer_id, lane=lane, before=before, limit=limit)

    def story(self, text: str, *, as_of: datetime | None, limit: int) -> Story:
        """Return the story of the customer that a text names, as of an instant or of the last run."""
        with self._one_at_a_time:
            customers = self._customers()
            page = customers.page(find(customers, text), ())
            assert page is not None, "it was found a moment ago"
            return tell(self._lake, page, as_of=as_of or self._runs.last_as_of() or self._clock.now(), limit=limit)

    def matches(self, *, limit: int) -> screens.Matches:
        """Return the records that may be the same and wait for a person's word, likeliest first."""
        with self._one_at_a_time:
            return waiting(self._lake, self._ledger, limit=limit)

    def answer_match(self, left: str, right: str, actor: UserId, *, is_same: bool, reason: str) -> None:
        """Keep a person's word about two records; it takes effect when identities are resolved next."""
        say = identity.merge if is_same else identity.unmerge
        say(self._ledger, left, right, actor=str(actor), reason=reason)

    def segments(self) -> tuple[screens.SegmentLine, ...]:
        """Return the groups of each segmentation, as the last run sorted the customers."""
        as_of = self._runs.last_as_of()
        if as_of is None:
            return ()
        with self._one_at_a_time:
            return counted(self._lake, as_of)

    def signals(self) -> tuple[screens.SignalLine, ...]:
        """Return every signal, with what the last run measured of it."""
        thresholds = features.SignalsFile(self._project.folder / "signals.yaml").thresholds()
        with self._one_at_a_time:
            return signal_lines(self._lake, self._runs.last_as_of(), thresholds)

    def runs(self, *, limit: int) -> tuple[screens.Run, ...]:
        """Return the latest runs, newest first."""
        return self._runs.latest(limit)

    def audit_report(self, run_id: str, language: Language) -> str | None:
        """Return a run's audit as a page."""
        return self._runs.audit_report(run_id, language)

    def model_card(self, target: str, language: Language) -> str | None:
        """Return the card of a target's present model as a page."""
        return models.model_card(
            self._ledger, target, folder=self._project.models_folder, language=language, key=self._project.signing_key
        )

    def recipient(self, token: str) -> screens.Recipient | None:
        """Return for whom an opt-out link speaks; None when it is none of ours."""
        return self._recipients.of_link(token)

    def stop_messages(self, token: str, scope: Scope) -> bool:
        """Do what an opt-out link asks; False when it is none of ours."""
        return self._recipients.stop(token, scope)

    def address_of(self, customer_id: int, person_id: int | None, medium: str) -> str | None:
        """Return the present address of a person, or of the customer himself, for a medium."""
        with self._one_at_a_time:
            return self._customers().address(CustomerId(customer_id), person_id, medium)

    def _customers(self) -> Customers:
        as_of = self._runs.last_as_of() or self._clock.now()
        return Customers(self._lake, self._ledger, self._clock, as_of)

    def _count_customers(self) -> int:
        with self._one_at_a_time:
            return self._lake.count(self._lake.read(CUSTOMERS))

    def _check(self, name: str, ask: object) -> screens.Check:
        assert callable(ask)
        try:
            ask()
        except (PrevenanceError, OSError, RuntimeError) as problem:
            return screens.Check(name, is_ready=False, detail=type(problem).__name__)
        return screens.Check(name, is_ready=True)
