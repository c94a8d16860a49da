"""Cut time into gaps at the window edges of all cutoffs, so that each event lands in exactly one gap.

Each window of each cutoff is then a sum of gaps: one pass over the events, no event multiplied.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from prevenance.features.base import FIRST_DAY, Measure, Window, bit_or, max_by, number, rounded

NEAR = 112  # days: shorter windows are summed from fine gaps, longer ones from coarse gaps (a quarter of the rows)
LAST_DAY = date(9999, 12, 31)
_WIDEST = 60  # days: the distinct days of a gap are bits of a 64-bit integer
MANY_LABELS = 62  # the same, for distinct labels


def is_near(window: Window) -> bool:
    """Tell whether a window is summed from fine gaps."""
    return window.old is not None and window.old - window.young <= NEAR


def factor_of(window: Window) -> str:
    """Return the column that holds one for the gaps of a window and zero for others."""
    return f"{window.column}_factor"


@dataclass(frozen=True)
class Calendar:
    """Holds the cutoffs, and the days at which time is cut.

    Example:
        >>> calendar = Calendar.of([date(2026, 3, 1), date(2026, 2, 1)], [Window(0, 7), Window(0, None)])
        >>> calendar.cutoffs[0], calendar.fine[-1] - calendar.fine[-2]
        (datetime.date(2026, 2, 1), datetime.timedelta(days=7))
    """

    cutoffs: tuple[date, ...]
    windows: tuple[Window, ...]
    fine: tuple[date, ...]
    coarse: tuple[date, ...]

    @classmethod
    def of(cls, cutoffs: Iterable[date], windows: Iterable[Window]) -> "Calendar":
        """Return the calendar in which each window of each cutoff begins and ends at an edge."""
        ordered = tuple(sorted(set(cutoffs)))
        asked = tuple(sorted(set(windows), key=lambda window: (window.young, window.old or 10**6)))
        far = _narrowed(_edges(ordered, [window for window in asked if not is_near(window)]))
        fine = sorted({*far, *_edges(ordered, [window for window in asked if is_near(window)])})
        return cls(ordered, asked, tuple(fine), tuple(far))

    @cached_property
    def days(self) -> ir.Table:
        """Return the small map of each day to its gaps, and to the first cutoff after it."""
        day = np.arange(np.datetime64(FIRST_DAY), np.datetime64(self.cutoffs[-1]))
        cutoffs, fine, coarse = (np.array(edges, "datetime64[D]") for edges in (self.cutoffs, self.fine, self.coarse))
        slot = np.searchsorted(cutoffs, day, side="right")
        coarse_gap = np.searchsorted(coarse, day, side="right") - 1
        columns = {
            "day": day,
            "day_number": np.arange(len(day), dtype="int32"),
            "gap": (np.searchsorted(fine, day, side="right") - 1).astype("int32"),
            "coarse_gap": coarse_gap.astype("int32"),
            "day_bit": np.int64(1) << (day - coarse[coarse_gap]).astype("int64"),
            "slot": slot.astype("int32"),
            "next_cutoff": cutoffs[slot].astype("datetime64[us]"),
        }
        return ibis.memtable(pa.table(columns))

    @cached_property
    def coarse_of_fine(self) -> ir.Table:
        """Return the small map of each fine gap to the coarse gap around it."""
        rows = [(gap, bisect_right(self.coarse, begins) - 1) for gap, begins in enumerate(self.fine)]
        return _table(("gap", "coarse_gap"), (pa.int32(), pa.int32()), rows)

    def gaps(self, *, near: bool) -> ir.Table:
        """Return the small map of each gap to the cutoffs whose windows hold it.

        Each window has a flag, and it again as a factor, one or zero: engines multiply faster than they filter.
        """
        edges = self.fine if near else self.coarse
        windows = [window for window in self.windows if is_near(window) == near]
        rows = [row for slot in range(len(self.cutoffs)) for row in self._held(slot, edges, windows)]
        names = ("gap", "slot", "cutoff_on", *(w.column for w in windows), *(factor_of(w) for w in windows))
        types = (pa.int32(), pa.int32(), pa.date32(), *[pa.bool_()] * len(windows), *[pa.float64()] * len(windows))
        return _table(names, types, rows)

    def _held(self, slot: int, edges: Sequence[date], windows: Sequence[Window]) -> Iterable[tuple[object, ...]]:
        cutoff = self.cutoffs[slot]
        for gap in range(bisect_left(edges, cutoff)):
            oldest, youngest = (cutoff - edges[gap]).days, (cutoff - edges[gap + 1]).days
            flags = [window.young <= youngest and (window.old is None or oldest <= window.old) for window in windows]
            if any(flags):
                yield (gap, slot, cutoff, *flags, *map(float, flags))

    @cached_property
    def slots(self) -> ir.Table:
        """Return the cutoffs with their numbers."""
        rows = [(slot, on, on, day_number(on)) for slot, on in enumerate(self.cutoffs)]
        types = (pa.int32(), pa.date32(), pa.date32(), pa.int32())
        return _table(("slot", "cutoff_on", "cutoff", "cutoff_day"), types, rows, instants=("cutoff",))

    @cached_property
    def later_slots(self) -> ir.Table:
        """Return, for the first slot at which something may count, every slot at which it may."""
        rows = [(first, slot, on, day_number(on)) for slot, on in enumerate(self.cutoffs) for first in range(slot + 1)]
        types = (pa.int32(), pa.int32(), pa.date32(), pa.int32())
        return _table(("first_slot", "slot", "cutoff_on", "cutoff_day"), types, rows)

    def ages(self, days: int) -> ir.Table:
        """Return, for each day, the cutoffs that come at most so many days after it."""
        rows = [(on - timedelta(age), slot, on) for slot, on in enumerate(self.cutoffs) for age in range(1, days + 1)]
        return _table(("day", "slot", "cutoff_on"), (pa.date32(), pa.int32(), pa.date32()), rows)

    @cached_property
    def returns(self) -> ir.Table:
        """Return, for each cutoff and each day of the year, the days until that day next returns.

        29 February returns on 28 February in the years that have none.
        """
        rows = [row for slot, on in enumerate(self.cutoffs) for row in _returns(slot, on)]
        return _table(("return_key", "days_until"), (pa.int64(), pa.int64()), rows)


def day_number(day: date) -> int:
    """Return the days since the first day of the calendar."""
    return (day - FIRST_DAY).days


def _edges(cutoffs: Sequence[date], windows: Sequence[Window]) -> list[date]:
    ages = {0, *(window.young for window in windows), *(window.old for window in windows if window.old is not None)}
    return sorted({FIRST_DAY, *(cutoff - timedelta(age) for cutoff in cutoffs for age in ages)})


def _narrowed(edges: list[date]) -> list[date]:
    narrowed = []
    for begins, ends in pairwise(edges):
        narrowed += [begins + timedelta(days) for days in range(0, (ends - begins).days, _WIDEST)]
    return [*narrowed, edges[-1]]


def _returns(slot: int, on: date) -> Iterable[tuple[int, int]]:
    met: dict[tuple[int, int], int] = {}
    for days in range(366):
        day = on + timedelta(days)
        met.setdefault((day.month, day.day), days)
    met.setdefault((2, 29), met[2, 28])
    return ((slot * 10_000 + month * 100 + number, days) for (month, number), days in met.items())


def _table(
    names: Sequence[str],
    types: Sequence[pa.DataType],
    rows: Sequence[tuple[object, ...]],
    *,
    instants: tuple[str, ...] = (),
) -> ir.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    arrays = [a.cast(pa.timestamp("us")) if name in instants else a for name, a in zip(names, arrays, strict=True)]
    return ibis.memtable(pa.table(dict(zip(names, arrays, strict=True))))


def sum_by_gap(located: ir.Table, measures: Sequence[Measure]) -> ir.Table:
    """Add up each measure by customer and gap, in one pass.

    Facts that were known late or were superseded are few; they keep the days between which they counted as part of
    the key, so that the sum of each cutoff takes in exactly what was known then.
    """
    only = {measure.kinds for measure in measures}
    found: dict[str, ir.Value] = {}
    for measure in measures:
        # Where all measures look at one kind, every row is of it, and asking each again would cost a filter.
        where = None if len(only) == 1 else _of_kinds(located, measure)
        found[measure.name] = _partial(located, measure, where)
        if measure.how == "latest":
            found[rank_of(measure)] = located.event_rank.max(where=_known(located, measure, where))
    return located.group_by("customer_id", "gap", "known_on", "superseded_on").agg(**found)


def columns_of(sums: ir.Table) -> set[str]:
    """Return the columns of the rows that sums by gap were made of, by what they look at."""
    made = sums.op()
    assert isinstance(made, ops.Aggregate), made
    looked_at = (value for by in (made.groups, made.metrics) for value in by.values())
    found = {
        field.name
        for value in looked_at
        for field in value.find(ops.Field, filter=lambda node: not isinstance(node, ops.Relation))
    }
    return found | ({"label"} if "label_bit" in found else set())


def rank_of(measure: Measure) -> str:
    """Return the column that says which event the value of a `latest` measure came from."""
    return f"{measure.name}_rank"


def _known(rows: ir.Table, measure: Measure, where: ir.BooleanValue | None) -> ir.BooleanValue:
    assert measure.of is not None, measure
    known = measure.of(rows).notnull()
    return known if where is None else where & known


def _of_kinds(rows: ir.Table, measure: Measure) -> ir.BooleanValue:
    return rows.kind.isin(measure.kinds) if len(measure.kinds) > 1 else rows.kind == measure.kinds[0]


_FINE = 1e6  # measured quantities are added up in millionths: fine enough for gigabytes and hours


def units_of(located: ir.Table, measures: Sequence[Measure]) -> dict[str, float]:
    """Return in how many parts of its unit each sum is counted: whole sums do not depend on the order of rows.

    A second run must change nothing. Money is counted in cents, and whole numbers as they are, exact below 2^53 parts.
    """
    values = {
        measure.name: measure.of(located) for measure in measures if measure.how == "sum" and measure.of is not None
    }
    return {name: _unit(value.type()) for name, value in values.items()}


def _unit(kind: dt.DataType) -> float:
    if kind.is_decimal():
        return float(10**kind.scale)
    return 1.0 if kind.is_integer() or kind.is_boolean() else _FINE


def _partial(rows: ir.Table, measure: Measure, where: ir.BooleanValue | None) -> ir.Value:
    if measure.how == "days":
        return bit_or(rows.day_bit, where=where)
    if measure.how == "labels":
        return bit_or(rows.label_bit, where=where)
    if measure.of is None:
        return rows.count(where=where).cast("float64")
    value = measure.of(rows)
    if measure.how == "sum":
        unit = _unit(value.type())
        parts = value.cast("float64")
        return (parts if unit == 1.0 else rounded(parts * number(unit))).sum(where=where)
    if measure.how == "latest":
        return max_by(value.cast("float64"), rows.event_rank, where=_known(rows, measure, where))
    return value.min(where=where) if measure.how == "min" else value.max(where=where)
