"""Compute features for any set of customers and cutoffs, exactly as each cutoff could have known them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache

import ibis
import ibis.expr.types as ir

from prevenance.features.base import FeatureCard, How, Measure, Moment, Sums, View, Window
from prevenance.features.facts import LocatedFacts
from prevenance.features.segments import Calendar, columns_of, sum_by_gap, units_of
from prevenance.features.windows import labels_of_everybody, sum_by_window
from prevenance.kit import catalogue
from prevenance.kit.clock import naive_utc
from prevenance.kit.problems import ConfigurationError, DataError

_KEY = ["customer_id", "slot"]
_NO_ACTIVITY = ("outreach_sent", "outreach_held_out", "consent_given", "consent_withdrawn")


@cache
def views() -> Mapping[str, View]:
    """Return the catalogue of feature views, by name."""
    return catalogue.load("prevenance.features.views", View)


def feature_cards() -> dict[str, FeatureCard]:
    """Return the card of every feature, by the name of its column.

    Example:
        >>> feature_cards()["n_logins_28"].words.en
        'logins in the last 28 days'
    """
    return {card.name: card for view in views().values() for card in view.features}


def compute(timeline: Moment, grid: ir.Table, *, views: Iterable[str] | None = None) -> ir.Table:
    """Return one row of features for each row of a grid of customers and cutoffs.

    A fact counts for a cutoff when it occurred before, was known before, and was not yet superseded.

    Args:
        timeline: what was known at one instant; its `revisions` hold every version of every fact.
        grid: `customer_id` and `cutoff`; cutoffs are instants at 00:00 UTC.
        views: names of the views wanted; all when not given.

    Returns:
        `customer_id`, `cutoff` and one column for each card of the views.

    Raises:
        ConfigurationError: a view is unknown.
        DataError: a cutoff is not at midnight.
    """
    chosen = _chosen(views)
    days = _cutoff_days(grid)
    if not days:
        return _empty(chosen)
    facts = LocatedFacts(timeline, grid, Calendar.of(days, ()))
    table = facts.grid
    for number, part in enumerate(_parts(facts, chosen)):
        # One unbroken chain of joins compiles to one flat query; the keys of each part are renamed out of the way.
        keys = [key for key in _KEY if key in part.columns]
        table = table.left_join(part, keys, rname=f"{{name}}_of_part_{number}")
    sums = Sums(table)
    features = {name: column for view in chosen for name, column in view.build(sums).items()}
    return table.select("customer_id", "cutoff", **features)


def active_grid(timeline: Moment, cutoffs: Sequence[datetime]) -> ir.Table:
    """Return the customers active at each cutoff: something happened within a year, and they have not left since.

    Who ended a contract has left, until he begins another one or orders. Outreach and consents are no activity.

    Args:
        timeline: what was known at one instant.
        cutoffs: instants at 00:00 UTC, aware or in UTC without a zone.
    """
    year = Window(0, 364)
    calendar = Calendar.of([_day_of(cutoff) for cutoff in cutoffs], [year])
    slots = calendar.slots
    facts = LocatedFacts(timeline, slots, calendar)
    rows = facts.of_all_but(*_NO_ACTIVITY)
    ended = rows.kind == "contract_ended"
    back = rows.kind.isin(("contract_started", "contract_renewed", "order_placed"))
    gaps = rows.group_by("customer_id", "coarse_gap", "known_on", "superseded_on").agg(
        ended_at=rows.occurred_at.max(where=ended), back_at=rows.occurred_at.max(where=back)
    )
    held = facts.held(gaps, year)
    seen = held.group_by("customer_id", "slot").agg(ended_at=held.ended_at.max(), back_at=held.back_at.max())
    active = seen.filter(seen.ended_at.isnull() | (seen.back_at >= seen.ended_at))
    return active.join(slots, "slot").select("customer_id", "cutoff")


def _day_of(cutoff: datetime) -> date:
    naive = cutoff if cutoff.tzinfo is None else naive_utc(cutoff)
    if naive.time() != datetime.min.time():
        raise DataError(f"A cutoff is an instant at 00:00 UTC; {cutoff.isoformat()} is not.", cutoffs=[str(cutoff)])
    return naive.date()


def _chosen(names: Iterable[str] | None) -> list[View]:
    known = views()
    wanted = list(known) if names is None else list(names)
    strange = sorted(set(wanted) - set(known))
    if strange:
        message = f"There is no feature view named {', '.join(strange)}. Known views: {', '.join(known)}."
        raise ConfigurationError(message, views=strange)
    return [known[name] for name in wanted]


def _cutoff_days(grid: ir.Table) -> list[date]:
    found = grid.select("cutoff").distinct().to_pyarrow()["cutoff"].to_pylist()
    odd = sorted(str(instant) for instant in found if instant.time() != datetime.min.time())
    if odd:
        message = f"A cutoff is an instant at 00:00 UTC; these are not: {', '.join(odd[:5])}."
        raise DataError(message, cutoffs=odd)
    return [instant.date() for instant in found]


def _parts(facts: LocatedFacts, chosen: Sequence[View]) -> Iterable[ir.Table]:
    """Return the tables by customer and cutoff from which the views build their features."""
    for kinds, measures in _passes(chosen).items():
        # Each pass cuts time at the edges of its own windows only: the fewer gaps, the fewer sums.
        cut = facts.cut_at([window for measure in measures for window in measure.windows])
        ways = {measure.how for measure in measures}
        rows = _rows(cut, kinds, ways)
        sums, units = sum_by_gap(rows, measures), units_of(rows, measures)
        if "latest" not in ways:  # which looks at every column to tell the order of facts of one instant
            sums = sum_by_gap(_rows(cut.only(columns_of(sums)), kinds, ways), measures)
        for near in (True, False):
            windows = sum_by_window(sums, cut.calendar, measures, units, near=near)
            if windows is not None:
                yield windows
                everybody = labels_of_everybody(windows, [measure for measure in measures if measure.how == "labels"])
                if everybody is not None:
                    yield everybody
    for view in chosen:
        for branch in view.branches:
            yield branch(facts)


def _passes(chosen: Sequence[View]) -> dict[tuple[str, ...], list[Measure]]:
    """Return the measures by the kinds of event their views look at: those of the same kinds share one pass."""
    passes: dict[tuple[str, ...], list[Measure]] = {}
    for view in chosen:
        kinds = tuple(sorted({kind for measure in view.measures for kind in measure.kinds}))
        if kinds:
            passes.setdefault(kinds, []).extend(view.measures)
    return passes


def _rows(facts: LocatedFacts, kinds: Sequence[str], ways: set[How]) -> ir.Table:
    if "labels" in ways:
        return facts.labelled(*kinds)
    return facts.ranked(*kinds) if "latest" in ways else facts.of(*kinds)


def _empty(chosen: Sequence[View]) -> ir.Table:
    """Return the columns without rows, for a grid without rows."""
    columns = {card.name: "float64" for view in chosen for card in view.features}
    schema = ibis.schema({"customer_id": "int64", "cutoff": "timestamp(6)", **columns})
    return ibis.memtable([], schema=schema)
