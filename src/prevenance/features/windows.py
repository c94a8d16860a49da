"""Add gaps up to windows: each (customer, cutoff) gets each measure over each of its windows."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from prevenance.features.base import EVER, FIRST_DAY, Measure, Window, bit_count, bit_or, max_by, number
from prevenance.features.segments import LAST_DAY, Calendar, factor_of, is_near, rank_of

_KEY = ("known_on", "superseded_on")


def sum_by_window(
    sums: ir.Table, calendar: Calendar, measures: Sequence[Measure], units: Mapping[str, float], *, near: bool
) -> ir.Table | None:
    """Return the measures over their windows by `customer_id` and `slot`; `None` when no window is of this kind.

    `units` says by measure in how many parts of its unit it was counted.
    """
    asked = [(measure, window) for measure in measures for window in measure.windows if is_near(window) == near]
    if not asked:
        return None
    gaps = sums if near else _coarsened(sums, calendar, [measure for measure, _ in asked])
    counted = [measure for measure, _ in asked if measure.how == "days"]
    parts = gaps.mutate(**{measure.name: bit_count(gaps[measure.name]) for measure in counted})
    held = visible(parts.join(calendar.gaps(near=near), "gap"))
    totals = {f"{m.name}_{window.column}": _total(held, m, window, units.get(m.name, 1.0)) for m, window in asked}
    windows = held.group_by("customer_id", "slot").agg(**totals)
    days = [(measure, window) for measure, window in asked if measure.how == "days"]
    return _without_double_days(windows, gaps, calendar, days, near=near) if days else windows


def labels_of_everybody(windows: ir.Table, measures: Sequence[Measure]) -> ir.Table | None:
    """Return, by `slot`, the labels of all customers together; `None` when there are no labels among the windows."""
    labels = [f"{measure.name}_{window.column}" for measure in measures for window in measure.windows]
    found = [name for name in labels if name in windows.columns]
    return windows.group_by("slot").agg(**{f"{name}_all": bit_or(windows[name]) for name in found}) if found else None


def visible(rows: ir.Table) -> ir.Table:
    """Return the rows known before their cutoff and not superseded before it."""
    return rows.filter((rows.known_on < rows.cutoff_on) & (rows.superseded_on >= rows.cutoff_on))


def _coarsened(sums: ir.Table, calendar: Calendar, measures: Sequence[Measure]) -> ir.Table:
    # Where several kinds share a pass, many gaps hold nothing of what is asked here.
    sums = sums.filter(ibis.or_(*(_holds(sums, measure) for measure in measures)))
    sums = sums.join(calendar.coarse_of_fine, "gap")
    totals = {measure.name: _merged(sums, measure) for measure in measures}
    totals |= {rank_of(m): sums[rank_of(m)].max() for m in measures if m.how == "latest"}
    return sums.group_by("customer_id", *_KEY, gap=sums.coarse_gap).agg(**totals)


def _holds(sums: ir.Table, measure: Measure) -> ir.BooleanValue:
    part = sums[measure.name]
    return part != 0 if measure.how == "sum" else part.notnull()


def _merged(rows: ir.Table, measure: Measure, where: ir.BooleanValue | None = None) -> ir.Value:
    part = rows[measure.name]
    match measure.how:
        case "days" | "labels":
            return bit_or(part, where=where)
        case "min":
            return part.min(where=where)
        case "max":
            return part.max(where=where)
        case "latest":
            newest = part.notnull() if where is None else where & part.notnull()
            return max_by(part, rows[rank_of(measure)], where=newest)
        case _:
            return part.sum(where=where)


def _total(held: ir.Table, measure: Measure, window: Window, unit: float) -> ir.Value:
    part = held[measure.name]
    is_ever = window == EVER  # which holds every gap before a cutoff: nothing to choose
    if measure.how in ("sum", "days"):
        parts = part.cast("float64")
        total = (parts if is_ever else parts * held[factor_of(window)]).sum()
        return total if unit == 1.0 else total / number(unit)
    return _merged(held, measure, None if is_ever else held[window.column])


def _without_double_days(
    windows: ir.Table, gaps: ir.Table, calendar: Calendar, days: Sequence[tuple[Measure, Window]], *, near: bool
) -> ir.Table:
    """Take back the days that two parts of one gap both counted, one of them late or superseded."""
    measures = {measure.name: measure for measure, _ in days}
    odd = (
        gaps.filter((gaps.known_on > ibis.date(FIRST_DAY)) | (gaps.superseded_on < ibis.date(LAST_DAY)))
        .select("customer_id", "gap")
        .distinct()
    )
    parts = gaps.select("customer_id", "gap", *_KEY, *measures).semi_join(odd, ["customer_id", "gap"])
    held = visible(parts.join(calendar.gaps(near=near), "gap"))
    flags = sorted({window.column for _, window in days})
    double = {name: bit_count(held[name]).sum() - bit_count(bit_or(held[name])) for name in measures}
    merged = held.group_by("customer_id", "slot", "gap", *flags).agg(**double)
    totals = {f"{m.name}_{w.column}_double": merged[m.name].sum(where=merged[w.column]) for m, w in days}
    back = merged.group_by("customer_id", "slot").agg(**totals)
    joined = windows.left_join(back, ["customer_id", "slot"], rname="{name}_right")
    columns = {f"{m.name}_{w.column}" for m, w in days}
    fixed = {name: joined[name] - joined[f"{name}_double"].fill_null(0) for name in columns}
    return joined.mutate(**fixed).select(*windows.columns)
