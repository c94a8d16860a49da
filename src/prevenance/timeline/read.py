"""Read the timeline as it was known at an instant."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.kit.clock import aware_utc, naive_utc
from prevenance.records.ids import CustomerId, PersonId
from prevenance.records.tables import CUSTOMERS, EVENTS, PEOPLE
from prevenance.storage import Lake


@dataclass(frozen=True)
class TimelineEvent:
    """Tells one thing that happened to a customer: who, what, when, how, and what was said.

    What is unknown is `None`; `superseded_at` is the instant from which it was no longer believed.
    """

    event_id: str
    kind: str
    customer_id: CustomerId
    person_id: PersonId | None
    occurred_at: datetime
    known_at: datetime
    source: str
    stream: str
    record_id: str
    object_id: str | None
    label: str | None
    amount: Decimal | None
    currency: str | None
    quantity: float | None
    limit_quantity: float | None
    due_at: datetime | None
    text: str | None
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class Timeline:
    """Hands out what was known by `as_of`, and nothing later.

    The tables are Ibis expressions, to be run by the lake that they come from.

    Attributes:
        as_of: the instant.
        revisions: every revision of every event known by then, also those since corrected, so that earlier cutoffs stay
            exact: an event counts at cutoff c when it occurred and was known before c and was not superseded before c.
        events: of these, the ones in force at `as_of`.
        customers: customers known by then.
        people: people known by then.
    """

    lake: Lake
    as_of: datetime
    left_out: frozenset[CustomerId] = frozenset()

    @cached_property
    def revisions(self) -> ir.Table:
        """Return every revision known by then; one that was corrected later still looks in force."""
        at = naive_utc(self.as_of)
        seen = self._kept(self.lake.read(EVENTS)).filter(_.known_at <= at)
        return seen.mutate(superseded_at=ibis.ifelse(_.superseded_at <= at, _.superseded_at, ibis.null("timestamp(6)")))

    @cached_property
    def events(self) -> ir.Table:
        """Return the events in force."""
        return self.revisions.filter(_.superseded_at.isnull())

    @cached_property
    def customers(self) -> ir.Table:
        """Return the customers known by then."""
        return self._kept(self.lake.read(CUSTOMERS)).filter(_.known_at <= naive_utc(self.as_of))

    @cached_property
    def people(self) -> ir.Table:
        """Return the people known by then."""
        return self._kept(self.lake.read(PEOPLE)).filter(_.known_at <= naive_utc(self.as_of))

    def without(self, customers: Collection[CustomerId]) -> "Timeline":
        """Return the same timeline without some customers: those who object to being profiled, say."""
        return replace(self, left_out=self.left_out | frozenset(customers))

    def story(self, customer_id: CustomerId, *, limit: int = 200) -> list[TimelineEvent]:
        """Return the latest events of one customer, latest first."""
        own = self.events.filter((_.customer_id == int(customer_id)) & (_.occurred_at <= naive_utc(self.as_of)))
        ordered = own.order_by([ibis.desc("occurred_at"), ibis.desc("known_at"), "event_id"]).limit(limit)
        return [_event(row) for row in self.lake.collect(ordered).to_pylist()]

    def corrected(self, customer_id: CustomerId) -> list[TimelineEvent]:
        """Return what was believed of one customer and no longer is, latest correction first.

        Each says with `superseded_at` until when it was believed; what replaced it, if anything, bears its `event_id`.
        """
        old = self.revisions.filter((_.customer_id == int(customer_id)) & _.superseded_at.notnull())
        ordered = old.order_by([ibis.desc("superseded_at"), "event_id", "known_at"])
        return [_event(row) for row in self.lake.collect(ordered).to_pylist()]

    def _kept(self, table: ir.Table) -> ir.Table:
        return table.filter(_.customer_id.notin(sorted(self.left_out))) if self.left_out else table


def read(lake: Lake, *, as_of: datetime) -> Timeline:
    """Open the timeline as it was known at an instant.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from pathlib import Path
        >>> from prevenance.storage import open_lake
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     timeline = read(open_lake(Path(folder)), as_of=datetime(2026, 11, 1, tzinfo=UTC))
        ...     timeline.story(CustomerId(1))
        []
    """
    naive_utc(as_of)  # refuse an instant without a zone at once
    return Timeline(lake, as_of)


def _event(row: dict[str, Any]) -> TimelineEvent:
    due_at, superseded_at = row["due_at"], row["superseded_at"]
    return TimelineEvent(
        event_id=row["event_id"],
        kind=row["kind"],
        customer_id=CustomerId(row["customer_id"]),
        person_id=None if row["person_id"] is None else PersonId(row["person_id"]),
        occurred_at=aware_utc(row["occurred_at"]),
        known_at=aware_utc(row["known_at"]),
        source=row["source"],
        stream=row["stream"],
        record_id=row["record_id"],
        object_id=row["object_id"],
        label=row["label"],
        amount=row["amount"],
        currency=row["currency"],
        quantity=row["quantity"],
        limit_quantity=row["limit_quantity"],
        due_at=None if due_at is None else aware_utc(due_at),
        text=row["text"],
        superseded_at=None if superseded_at is None else aware_utc(superseded_at),
    )
