"""List what the pages ask of the product: one protocol, so that the face stays thin and tests can stand in for it.

What travels is in `records.screens`, which the application below may make and the pages above may read.
"""

from datetime import datetime
from typing import Literal, Protocol

from prevenance.intake import Line
from prevenance.kit.words import Language
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import CustomerId, DecisionId, UserId
from prevenance.records.screens import (
    Check,
    Company,
    CustomerPage,
    CustomersFound,
    Kind,
    Lane,
    LiveLine,
    Matches,
    Member,
    Preferences,
    Proposal,
    Recipient,
    Rejection,
    Run,
    Snooze,
    TimelinePage,
    Today,
)

Answer = Proposal | Refusal | Undetermined


class Services(Protocol):
    """Answers the pages. Called from several threads at once; every verb is one short transaction.

    Who may call what is decided before by the route's declared roles; a verb still refuses what the state forbids,
    with a `Refusal` whose reason is shown to the person as it is.
    """

    def company(self) -> Company:
        """Return whose installation this is."""
        ...

    def readiness(self) -> tuple[Check, ...]:
        """Return what `/readyz` should tell: ledger reachable, migrations at head, lake readable."""
        ...

    def intake_books(self) -> tuple[Line, ...]:
        """Return what the live intake received and what became of it, by source and hour."""
        ...

    def live_hits(self) -> tuple[LiveLine, ...]:
        """Return what began to fire since this morning, latest first."""
        ...

    def matches(self, *, limit: int) -> Matches:
        """Return the records that may be the same and wait for a person's word, likeliest first."""
        ...

    def answer_match(self, left: str, right: str, actor: UserId, *, is_same: bool, reason: str) -> None:
        """Keep a person's word about two records; it takes effect with the next run."""
        ...

    def authenticate(self, email: str, password: str) -> Member | None:
        """Return the active member with these credentials; an unknown address takes as long as a wrong password."""
        ...

    def open_session(self, user_id: UserId, token_hash: str) -> None:
        """Store a new session by the SHA-256 (hex) of its token; the token itself is never stored."""
        ...

    def session(self, token_hash: str) -> Member | None:
        """Return whose live session this is and mark it used.

        `None` when unknown, closed, idle or older than allowed, or when the member was disabled or changed password or
        role since.
        """
        ...

    def close_session(self, token_hash: str) -> None:
        """End a session; an unknown one is no error."""
        ...

    def remember_preferences(self, user_id: UserId, preferences: Preferences) -> None:
        """Keep a member's language and whether single-letter keys are on."""
        ...

    def today(self, kind: Kind | None) -> Today:
        """Return the list that waits, best first, of one kind or of all."""
        ...

    def proposal(self, decision_id: DecisionId) -> Proposal | None:
        """Return one proposal in whatever state, or `None` when there is none by that id."""
        ...

    def approve(self, decision_id: DecisionId, actor: UserId, *, content_hash: str) -> Answer:
        """Approve exactly what was seen; refuse when it changed, was decided already, or may no longer be done."""
        ...

    def reject(self, decision_id: DecisionId, actor: UserId, rejection: Rejection) -> Answer:
        """Reject with a reason that flows back into signals and models."""
        ...

    def snooze(self, decision_id: DecisionId, actor: UserId, snooze: Snooze) -> Answer:
        """Let a proposal rest until a day."""
        ...

    def undo(self, decision_id: DecisionId, actor: UserId) -> Answer:
        """Put a decided proposal back to waiting, while nothing was sent."""
        ...

    def search_customers(self, text: str, *, limit: int) -> CustomersFound:
        """Return customers whose name, e-mail, city or number holds the text, case and accents aside; all for ''."""
        ...

    def customer(self, customer_id: CustomerId) -> CustomerPage | None:
        """Return one customer, or `None`."""
        ...

    def timeline(
        self, customer_id: CustomerId, *, lane: Lane | None, before: datetime | None, limit: int
    ) -> TimelinePage:
        """Return a customer's events, latest first, of one lane or all, that occurred before an instant."""
        ...

    def recipient(self, token: str) -> Recipient | None:
        """Return for whom an opt-out link speaks; `None` when it is none of ours."""
        ...

    def stop_messages(self, token: str, scope: Literal["message", "all"]) -> bool:
        """Keep this kind of message, or all of them, away from the link's address at once; doing it again is fine."""
        ...

    def runs(self, *, limit: int) -> tuple[Run, ...]:
        """Return the latest runs, newest first; the first may still be running."""
        ...

    def audit_report(self, run_id: str, language: Language) -> str | None:
        """Return a run's audit as a self-contained HTML page (one `<style>` block, no script, no style attributes)."""
        ...

    def model_card(self, target: str, language: Language) -> str | None:
        """Return the card of a target's current model as a self-contained HTML page, under the same rule."""
        ...
