"""Say what a feature view is: what it measures event by event, over which windows, and what it makes of the sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words

FIRST_DAY = date(1990, 1, 1)  # day numbers count from here; older facts are not looked at
How = Literal["sum", "max", "min", "days", "labels", "latest"]


class Window(NamedTuple):
    """Holds a span of days before a cutoff: from `old` days ago until `young` days ago; no `old` means since ever."""

    young: int
    old: int | None

    @property
    def column(self) -> str:
        """Return the ending of the columns that hold this window's sums."""
        return "ever" if self.old is None and self.young == 0 else f"{self.young}_{self.old or 'ever'}"


def last(days: int) -> Window:
    """Return the window of the last so many days before the cutoff.

    Example:
        >>> last(28)
        Window(young=0, old=28)
    """
    return Window(0, days)


def between(young: int, old: int | None) -> Window:
    """Return the window from `old` to `young` days before the cutoff.

    Example:
        >>> between(28, 56).column
        '28_56'
    """
    return Window(young, old)


EVER = Window(0, None)


class Moment(Protocol):
    """What features are computed from: a timeline as it was known at one instant."""

    @property
    def revisions(self) -> ir.Table:
        """Return every version of every fact, superseded ones too."""
        ...

    @property
    def customers(self) -> ir.Table:
        """Return the customers."""
        ...

    @property
    def people(self) -> ir.Table:
        """Return the people who belong to the customers."""
        ...


@dataclass(frozen=True)
class Measure:
    """Says what is added up over the events of some kinds, within each window.

    Attributes:
        name: unique in the catalogue; begins with the name of the view.
        kinds: the kinds of event it looks at.
        windows: the spans of days over which it is added up.
        of: what each event contributes, one when not given; an unknown value contributes nothing.
        how: `sum` adds; `max` and `min` compare; `days` counts distinct days; `labels` counts distinct labels;
            `latest` keeps the newest known value (of two at one instant, that of the greater event id).
    """

    name: str
    kinds: tuple[str, ...]
    windows: tuple[Window, ...]
    of: Callable[[ir.Table], ir.Value] | None = None
    how: How = "sum"


@dataclass(frozen=True)
class FeatureCard:
    """Tells a person what one feature says.

    Attributes:
        name: the column.
        words: a phrase that fits in a sentence: "connexions sur 28 jours".
        unit: `count`, `days`, `share`, `ratio`, `money`, `hours`, `score`, `flag`, ...
        missing: what an empty value means; `None` when the feature is never empty, and zero is zero.
    """

    name: str
    words: Words
    unit: str
    missing: Words | None = None


class Sums:
    """Hands a view the sums over its windows, by name."""

    def __init__(self, table: ir.Table) -> None:
        self._table = table

    @property
    def cutoff(self) -> ir.TimestampValue:
        """Return the instant before which everything counted happened."""
        return self._table.cutoff

    @property
    def cutoff_day(self) -> ir.IntegerValue:
        """Return the cutoff as a day number, on the scale of `day_number` in events."""
        return self._table.cutoff_day

    def __call__(self, measure: str, window: Window = EVER) -> ir.Value:
        """Return one measure over one window."""
        return self._table[f"{measure}_{window.column}"]

    def count(self, measure: str, window: Window = EVER) -> ir.IntegerValue:
        """Return a sum as a whole number, zero where nothing happened."""
        return self(measure, window).fill_null(0).cast("int64")

    def total(self, measure: str, window: Window = EVER) -> ir.FloatingValue:
        """Return a sum as a decimal number, zero where nothing happened."""
        return self(measure, window).cast("float64").fill_null(0.0)

    def days_since(self, measure: str, window: Window = EVER) -> ir.IntegerValue:
        """Return the days from a measured day number to the cutoff; empty where it never happened."""
        return (self._table.cutoff_day - self(measure, window)).cast("int64")

    def labels(self, measure: str, window: Window) -> ir.IntegerValue:
        """Return the number of distinct labels, zero where there is none."""
        return bit_count(self(measure, window).fill_null(0)).cast("int64")

    def labels_of_others(self, measure: str, window: Window) -> ir.IntegerValue:
        """Return the number of distinct labels that only other customers had."""
        own, everybody = self(measure, window).fill_null(0), self._table[f"{measure}_{window.column}_all"].fill_null(0)
        return (bit_count(everybody | own) - bit_count(own)).cast("int64")

    def column(self, name: str) -> ir.Value:
        """Return a column that one of the view's branches made."""
        return self._table[name]


@dataclass(frozen=True)
class View:
    """Holds one feature view: its words, what it measures, and how its features come out of the sums.

    Attributes:
        name: the name of the file.
        words: what the view is about.
        measures: what is added up.
        features: the cards of its columns.
        build: the features, from the sums.
        branches: further columns by customer and cutoff that are no sum of events, such as tickets open now.
    """

    name: str
    words: Words
    features: tuple[FeatureCard, ...]
    build: Callable[[Sums], Mapping[str, ir.Value]]
    measures: tuple[Measure, ...] = ()
    branches: "tuple[Callable[[Facts], ir.Table], ...]" = ()


class Facts(Protocol):
    """Hands the branches of a view what it may look at."""

    @property
    def grid(self) -> ir.Table:
        """Return the customers and cutoffs asked for: `customer_id`, `slot`, `cutoff`, `cutoff_on`, `cutoff_day`."""
        ...

    @property
    def customers(self) -> ir.Table:
        """Return the customers."""
        ...

    @property
    def people(self) -> ir.Table:
        """Return the people who belong to the customers."""
        ...

    def of(self, *kinds: str) -> ir.Table:
        """Return every revision of some kinds, with `day`, `seen_on` (first day it may count) and `superseded_on`."""
        ...

    def spread(self, rows: ir.Table, days: int) -> ir.Table:
        """Return customer, day and label of each row, once for every cutoff at most so many days later."""
        ...

    def open_objects(self, rows: ir.Table) -> ir.Table:
        """Return the objects whose newest visible row has `opens`, by cutoff: `customer_id`, `slot`, `object_id`."""
        ...

    def ever(self, rows: ir.Table) -> ir.Table:
        """Return each row once for every cutoff at which it counts, however long ago; with `cutoff_day`."""
        ...

    def running(self, rows: ir.Table, name: str) -> ir.Table:
        """Return the running sum of `value` by customer and cutoff, each row counting once `from_on` is past."""
        ...

    def days_until(self, rows: ir.Table, on: str) -> ir.Table:
        """Return each row once for every cutoff, with the days until the next return of a date as `days_until`."""
        ...


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]  # Ibis ships no types for its decorators
def bit_count(bits: int) -> int:
    """Count the bits that are set; DuckDB and Spark know it by this name."""
    raise NotImplementedError  # the engine's own function runs; this body only carries its types


@ibis.udf.scalar.builtin(name="round")  # type: ignore[untyped-decorator]  # Ibis ships no types for its decorators
def rounded(value: float) -> float:
    """Return the nearest whole number as a double: Ibis's own `round` makes an integer of it, which may not fit."""
    raise NotImplementedError  # the engine's own function runs; this body only carries its types


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]  # Ibis ships no types for its decorators
def bit_or(bits: int) -> int:
    """Return the bits set in any row; Ibis itself does not know it of Spark."""
    raise NotImplementedError  # the engine's own function runs; this body only carries its types


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]  # Ibis ships no types for its decorators
def max_by(value: float, rank: int) -> float:
    """Return the value of the greatest rank; DuckDB and Spark know it by this name, and both on doubles do it fast."""
    raise NotImplementedError  # the engine's own function runs; this body only carries its types


def ratio(above: ir.NumericValue, below: ir.NumericValue) -> ir.FloatingValue:
    """Return a quotient, empty where the divisor is zero or unknown: an empty denominator is undefined."""
    return above.cast("float64") / below.cast("float64").nullif(ibis.literal(0.0, "float64"))


def number(value: float) -> ir.FloatingScalar:
    """Return a constant as a double: bare decimals become DECIMAL on Spark and are rounded to six places."""
    return ibis.literal(value, "float64")


def days_between(earlier: ir.Value, later: ir.Value) -> ir.IntegerValue:
    """Return the calendar days from one instant to another: on dates, since engines disagree on instants."""
    return later.date().delta(earlier.date(), unit="day")


def due_number(event: ir.Table) -> ir.IntegerValue:
    """Return the day a fact is due, on the scale of `day_number`."""
    return event.due_at.date().delta(ibis.date(FIRST_DAY), unit="day")
