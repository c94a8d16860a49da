"""Say what a KPI is: what is observed of whom in which month, and which statistic sums it up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import ibis
import ibis.expr.types as ir

from prevenance.kit.clock import naive_utc
from prevenance.kit.hashing import fingerprint
from prevenance.kit.words import Words
from prevenance.timeline import Timeline

Unit = Literal["share", "score", "count", "hours", "money"]
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class KpiSettings:
    """Holds what the data cannot know; a KPI that needs an unknown is not measured.

    Attributes:
        cost_per_hour: of an agent, everything included; None is unknown.
        minutes_per_message: that an agent takes to write one, reading included.
    """

    cost_per_hour: Decimal | None = None
    minutes_per_message: float = 12
    currency: str = "EUR"


@dataclass(frozen=True)
class Observed:
    """Hands a KPI what it may count: what occurred before `as_of` and was known by then."""

    timeline: Timeline
    settings: KpiSettings

    @property
    def as_of(self) -> datetime:
        """Return until when, in UTC without a zone as the lake stores it."""
        return naive_utc(self.timeline.as_of)

    @property
    def events(self) -> ir.Table:
        """Return the events, each with the first day of its `month`."""
        events = self.timeline.events.filter(ibis._.occurred_at < self.as_of)
        return events.mutate(month=month_expr(events.occurred_at))

    def of(self, *kinds: str) -> ir.Table:
        """Return the events of some kinds."""
        events = self.events
        return events.filter(events.kind.isin(kinds))


@dataclass(frozen=True)
class Kpi:
    """Holds one KPI: its words, its unit, which way is better, and what is observed.

    Attributes:
        statistic: `proportion` when each observation is 0 or 1 of 1; `ratio` for means and other ratios of sums.
        observe: rows of customer_id, month, numerator, denominator; None where a setting that it needs is unknown.
        bounds: what the value can lie between; an interval is cut there.
    """

    name: str
    words: Words
    unit: Unit
    direction: Direction
    statistic: Literal["proportion", "ratio"]
    observe: Callable[[Observed], ir.Table | None]
    bounds: tuple[float, float] = (0.0, float("inf"))

    def definition(self, settings: KpiSettings) -> str:
        """Return a fingerprint of what is measured; a baseline under another one does not compare."""
        return fingerprint([self.name, self.words.en, self.statistic, str(settings)])


@dataclass(frozen=True)
class KpiValue:
    """Holds one month of a KPI: None where nothing was observed, or where the group is too small to be shown."""

    kpi: str
    words: Words
    month: date
    segment: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: Unit
    direction: Direction
    is_suppressed: bool = False


def month_expr(instant: ir.TimestampValue) -> ir.DateValue:
    """Return the first day of an instant's month."""
    return instant.truncate("M").cast("date")


def observations(rows: ir.Table, *, numerator: ir.Value, denominator: ir.Value | None = None) -> ir.Table:
    """Return rows as observations: whose, in which month, so much of so much (of one each, where nothing is said)."""
    return rows.select(
        "customer_id",
        "month",
        numerator=numerator.cast("float64"),
        # A whole number, cast: DuckDB would take 1.0 for a decimal.
        denominator=(ibis.literal(1) if denominator is None else denominator).cast("float64"),
    )
