"""Measure how often each signal fired on the company's own past, and how often it was right."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from prevenance.features.compute import active_grid, compute
from prevenance.features.signal import Outcome, Signal, SignalRecord
from prevenance.features.thresholds import Thresholds
from prevenance.kit.clock import naive_utc
from prevenance.kit.shares import wilson
from prevenance.storage import Lake
from prevenance.timeline import Timeline

_MONTHS = 24  # cutoffs looked back at: two years hold each season twice
_WARM_UP = timedelta(84)  # of history before the first cutoff, so that windows are full


def back_test(
    lake: Lake, timeline: Timeline, catalogue: Mapping[str, Signal], thresholds: Thresholds
) -> tuple[SignalRecord, ...]:
    """Evaluate the same declarations at the first day of each past month, as each month could have known its facts.

    An outcome is counted from the day of the cutoff; only cutoffs whose horizon is over are judged. A customer for whom
    a signal fires three months in a row counts three times.
    """
    cutoffs = months_of(lake, timeline)
    if not cutoffs:
        return tuple(SignalRecord(name, 0, None, *[None] * 6) for name in sorted(catalogue))
    features = compute(timeline, active_grid(timeline, cutoffs))
    flags = {name: s.fires(features, thresholds[name]).fill_null(False) for name, s in catalogue.items()}
    fired = lake.stage(features.select("customer_id", "cutoff", **flags))
    judged = lake.stage(with_outcomes(fired, timeline, outcomes_of(catalogue)))
    figures = {
        key: value for name, s in catalogue.items() for key, value in _figures(judged, s, timeline.as_of).items()
    }
    row = lake.collect(judged.agg(**figures)).to_pylist()[0]
    return tuple(_record(name, row) for name in sorted(catalogue))


def months_of(lake: Lake, timeline: Timeline) -> list[datetime]:
    """Return the first of each of the past months, oldest first, once there is enough history behind them."""
    events = timeline.events.filter(timeline.events.occurred_at < naive_utc(timeline.as_of))
    first = lake.collect(events.agg(first=events.occurred_at.min()))["first"][0].as_py()
    cutoff = naive_utc(timeline.as_of).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months: list[datetime] = []
    while first is not None and cutoff - _WARM_UP >= first and len(months) < _MONTHS:
        months.append(cutoff)
        cutoff = (cutoff - timedelta(days=1)).replace(day=1)
    return months[::-1]


def outcomes_of(catalogue: Mapping[str, Signal]) -> dict[str, Outcome]:
    """Return what proves these signals right, by `column_of`."""
    return {column_of(s.outcome): s.outcome for s in catalogue.values() if s.outcome is not None}


def column_of(outcome: Outcome) -> str:
    """Return the column that says in how many days an outcome followed."""
    return f"days_to_{'_or_'.join(outcome.kinds)}_in_{outcome.days}"


def with_outcomes(fired: ir.Table, timeline: Timeline, outcomes: Mapping[str, Outcome]) -> ir.Table:
    """Put beside each customer and cutoff the days until each outcome, empty where it did not follow in time."""
    kinds = sorted({kind for outcome in outcomes.values() for kind in outcome.kinds})
    events = timeline.events.filter(timeline.events.kind.isin(kinds)).select("customer_id", "kind", "occurred_at")
    after = fired.select("customer_id", "cutoff").join(events, "customer_id")
    after = after.filter(after.occurred_at >= after.cutoff)
    after = after.mutate(days=after.occurred_at.date().delta(after.cutoff.date(), unit="day"))
    first = {
        name: after.days.min(where=after.kind.isin(outcome.kinds) & (after.days < outcome.days))
        for name, outcome in outcomes.items()
    }
    return fired.left_join(after.group_by("customer_id", "cutoff").agg(**first), ["customer_id", "cutoff"])


def _figures(judged: ir.Table, signal: Signal, as_of: datetime) -> dict[str, ir.Value]:
    fires, name = judged[signal.name], signal.name
    if signal.outcome is None:
        return {f"{name}.fired": fires.sum()}
    over = judged.cutoff <= ibis.literal(naive_utc(as_of) - timedelta(signal.outcome.days), "timestamp(6)")
    days = judged[column_of(signal.outcome)]
    return {
        f"{name}.fired": (fires & over).sum(),
        f"{name}.right": (fires & over & days.notnull()).sum(),
        f"{name}.followed": (over & days.notnull()).sum(),
        f"{name}.judged": over.sum(),
        f"{name}.lead": (fires & over).ifelse(days.cast("float64"), ibis.null("float64")).median(),
    }


def _record(name: str, row: Mapping[str, Any]) -> SignalRecord:
    fired = int(row[f"{name}.fired"] or 0)
    if f"{name}.right" not in row:
        return SignalRecord(name, fired, None, *[None] * 6)
    right, followed, judged = (int(row[f"{name}.{key}"] or 0) for key in ("right", "followed", "judged"))
    low, high = share_interval(right, fired)
    return SignalRecord(
        signal=name,
        n_fired=fired,
        n_right=right,
        precision=right / fired if fired else None,
        precision_low=low,
        precision_high=high,
        recall=right / followed if followed else None,
        base_rate=followed / judged if judged else None,
        lead_days=row[f"{name}.lead"],
    )


def share_interval(right: int, n: int) -> tuple[float | None, float | None]:
    """Return Wilson's 95 % interval of a share, undefined when there is nothing to divide by.

    Example:
        >>> share_interval(0, 0)
        (None, None)
    """
    return wilson(right, n) if n else (None, None)
