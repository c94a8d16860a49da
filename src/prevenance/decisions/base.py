"""Name the nouns of deciding: policies, what they may look at, the team's capacity, and what is handed on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import ibis
import ibis.expr.types as ir
from sqlalchemy import Connection

from prevenance.decisions.play import Play
from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Language, Words
from prevenance.privacy import ContactRequest
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import DecisionId, SendKey
from prevenance.storage import Lake
from prevenance.timeline import Timeline

OPTION_KEY = ("play", "customer_id", "channel")


@dataclass(frozen=True)
class TeamCapacity:
    """Says what the team can do in a day, and what its time costs."""

    calls_per_day: int = 20
    mails_per_day: int = 200
    cost_per_hour: Decimal = Decimal(35)
    currency: str = "EUR"
    time_zone: str = "Europe/Paris"
    language: Language = "fr"  # spoken to customers whose own language is unknown

    @property
    def by_channel(self) -> dict[str, int]:
        """Return how many actions of each channel fit into a day."""
        return {"email": self.mails_per_day, "call_task": self.calls_per_day}


@dataclass(frozen=True)
class World:
    """Holds what a policy may look at: nothing known after `as_of`, and the decisions taken before it."""

    lake: Lake
    tx: Connection
    timeline: Timeline
    plays: Mapping[str, Play]
    past: ir.Table  # play, customer_id, status, arm, proposed_at of earlier decisions
    as_of: datetime
    capacity: TeamCapacity

    def recent(self, decided: ir.Table) -> ir.Table:
        """Return which earlier decisions are younger than their play's limit, each customer and play once."""
        now = naive_utc(self.as_of)
        within = [
            (decided.play == name) & (decided.proposed_at > now - timedelta(days=play.limits.once_per_days))
            for name, play in self.plays.items()
        ]
        return decided.filter(ibis.or_(*within)).select("play", "customer_id").distinct()


@dataclass(frozen=True)
class Policy:
    """Holds a rule that may keep us from acting.

    Attributes:
        order: cheaper and more telling rules speak first; the first that says no is the recorded reason.
        reason: what is recorded, unless the rule's rows bring their own `fr` and `en`.
        refused: from the options (one row per play, customer, channel) that still stand, those that it refuses.
    """

    name: str
    order: int
    reason: Words
    refused: Callable[[ir.Table, World], ir.Table]


@dataclass(frozen=True)
class DecisionReport:
    """Counts what was decided.

    Attributes:
        acted: candidates proposed to the team (in pilot a person approves each).
        held_out: candidates that chance keeps in the control group.
        waiting: worth it, but no room today.
        not_acted: refused by a policy, each with its reason.
        new, refreshed, unchanged, expired: what that meant for the rows of the ledger.
    """

    acted: int = 0
    held_out: int = 0
    waiting: int = 0
    not_acted: int = 0
    new: int = 0
    refreshed: int = 0
    unchanged: int = 0
    expired: int = 0


@dataclass(frozen=True)
class Outreach:
    """Holds a message that a person approved, ready for the outbox; field by field what `actions.Draft` takes."""

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


class Enqueue(Protocol):
    """Puts an approved message into the outbox, in the transaction that it is given."""

    def __call__(
        self, tx: Connection, outreach: Outreach, *, approval_id: str, at: datetime
    ) -> SendKey | Refusal | Undetermined:
        """Return the key of the queued message, or why there is none."""
        ...


def lateness(play: Play) -> timedelta:
    """Return how long after its moment a message of this play may still leave."""
    return timedelta(hours=play.max_lateness_hours)
