"""Measure the KPIs month by month, and freeze what they were before anything was done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from sqlalchemy import select

from prevenance.kit import catalogue
from prevenance.kit.problems import BrokenPromiseError
from prevenance.outcomes.base import Kpi, KpiSettings, KpiValue, Observed
from prevenance.outcomes.intervals import Estimate, Sums, proportion, ratio
from prevenance.records.tables import KPI_VALUES
from prevenance.storage import Lake, Ledger, ledger_tables
from prevenance.timeline import Timeline

SMALLEST_GROUP = 10  # people; fewer could be recognised
ALL = "all"

Row: TypeAlias = dict[str, Any]


@cache
def kpis() -> dict[str, Kpi]:
    """Return the KPIs of the catalogue by name."""
    return catalogue.load("prevenance.outcomes.kpis", Kpi)


def measure(
    lake: Lake,
    ledger: Ledger,
    timeline: Timeline,
    *,
    as_of: datetime,
    settings: KpiSettings = KpiSettings(),  # noqa: B008 - frozen
) -> tuple[KpiValue, ...]:
    """Measure every KPI for each full month before `as_of`, for all customers and by segment, and keep it in the lake.

    The first time that a KPI is defined, its last twelve months become its baseline, which never changes again.

    Raises:
        BrokenPromiseError: the timeline knows of things after `as_of`.
    """
    if timeline.as_of > as_of:
        message = (
            f"The timeline was read as of {timeline.as_of}, later than the figures of {as_of}. Read it as of then."
        )
        raise BrokenPromiseError(message)
    observed = Observed(timeline, settings)
    values: list[KpiValue] = []
    baselines: list[Row] = []
    for kpi in kpis().values():
        rows = kpi.observe(observed)
        if rows is None:
            continue
        by_customer = lake.stage(_by_customer(rows, observed))
        values += _monthly(lake, kpi, by_customer)
        baselines += _baseline(lake, kpi, by_customer, as_of, settings)
    lake.replace(KPI_VALUES, _as_arrow(values))
    _freeze(ledger, baselines, as_of)
    return tuple(values)


def summarise(kpi: Kpi, sums: Sums) -> Estimate:
    """Return a cell's value with its interval, by the KPI's own statistic."""
    return proportion(sums) if kpi.statistic == "proportion" else ratio(sums, kpi.bounds)


def _by_customer(rows: ir.Table, observed: Observed) -> ir.Table:
    """Sum a KPI's observations by customer and full month: customers are what is independent, not their tickets."""
    this_month = date(observed.as_of.year, observed.as_of.month, 1)
    full = rows.filter((rows.month < this_month) & rows.numerator.notnull() & rows.denominator.notnull())
    summed = full.group_by("customer_id", "month").agg(
        x=_exactly(full.numerator), y=_exactly(full.denominator), n_rows=ibis._.count()
    )
    segments = observed.timeline.customers.select("customer_id", "segment")
    return summed.left_join(segments, "customer_id").drop("customer_id_right")


def _exactly(values: ir.Value) -> ir.Value:
    """Return the sum as decimals: a floating sum depends on the order of rows, and a second run must change nothing."""
    return values.cast("decimal(38, 12)").sum().cast("float64")


def _monthly(lake: Lake, kpi: Kpi, by_customer: ir.Table) -> list[KpiValue]:
    whole = _cells(by_customer.mutate(segment=ibis.literal(ALL)), ["month", "segment"])
    parts = _cells(by_customer, ["month", "segment"])
    cells = lake.collect(whole.union(parts).order_by("month", "segment")).to_pylist()
    by_month: dict[date, list[Row]] = defaultdict(list)
    for cell in cells:
        by_month[cell["month"]].append(cell)
    return [value for month in sorted(by_month) for value in _shown(kpi, by_month[month])]


def _cells(by_customer: ir.Table, keys: list[str]) -> ir.Table:
    rows = by_customer
    return rows.group_by(keys).agg(
        sum_x=_exactly(rows.x), sum_y=_exactly(rows.y), xx=_exactly(rows.x * rows.x), xy=_exactly(rows.x * rows.y),
        yy=_exactly(rows.y * rows.y), n_customers=rows.customer_id.nunique(), n_rows=rows.n_rows.sum(),
    )  # fmt: skip


def _shown(kpi: Kpi, cells: list[Row]) -> list[KpiValue]:
    """Return one month's cells: those of too few people are left empty, and so is what would give them away."""
    hidden = _too_small(cells)
    return [
        _blank(kpi, cell) if cell["segment"] in hidden else _value(kpi, cell)
        for cell in sorted(cells, key=lambda cell: (cell["segment"] != ALL, str(cell["segment"])))
        if cell["segment"] is not None
    ]


def _too_small(cells: Iterable[Row]) -> set[str | None]:
    parts = sorted((c for c in cells if c["segment"] != ALL), key=lambda c: (c["n_customers"], str(c["segment"])))
    hidden: dict[str | None, int] = {None: 0}
    for cell in parts:
        if cell["segment"] is None or cell["n_customers"] < SMALLEST_GROUP:
            hidden[cell["segment"]] = cell["n_customers"]
    # The whole less the parts shown is what is hidden: it must be nobody, or a group of its own.
    for cell in parts:
        if not 0 < sum(hidden.values()) < SMALLEST_GROUP:
            break
        hidden[cell["segment"]] = cell["n_customers"]
    whole = {cell["segment"] for cell in cells if cell["segment"] == ALL and cell["n_customers"] < SMALLEST_GROUP}
    return whole | set(hidden)


def _value(kpi: Kpi, cell: Row) -> KpiValue:
    estimate = summarise(kpi, _sums(cell))
    return replace(
        _blank(kpi, cell),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=int(cell["n_rows"]),
        is_suppressed=False,
    )


def _blank(kpi: Kpi, cell: Row) -> KpiValue:
    return KpiValue(
        kpi.name,
        kpi.words,
        cell["month"],
        cell["segment"],
        None,
        None,
        None,
        None,
        kpi.unit,
        kpi.direction,
        is_suppressed=True,
    )


def _sums(cell: Row) -> Sums:
    return Sums(cell["sum_x"], cell["sum_y"], cell["xx"], cell["xy"], cell["yy"], cell["n_customers"])


def _baseline(lake: Lake, kpi: Kpi, by_customer: ir.Table, as_of: datetime, settings: KpiSettings) -> list[Row]:
    """Return the KPI over the last twelve full months before `as_of`, or nothing where it is undefined."""
    ends = datetime(as_of.year, as_of.month, 1, tzinfo=UTC)
    starts = ends.replace(year=ends.year - 1)
    rows = by_customer.filter(by_customer.month >= starts.date())
    pooled = rows.group_by("customer_id").agg(x=_exactly(rows.x), y=_exactly(rows.y), n_rows=rows.n_rows.sum())
    cells = lake.collect(_cells(pooled.mutate(segment=ibis.literal(ALL)), ["segment"])).to_pylist()
    estimates = [(cell, summarise(kpi, _sums(cell))) for cell in cells]
    return [
        {
            "kpi": kpi.name, "segment": ALL, "value": estimate.value, "low": estimate.low, "high": estimate.high,
            "n": int(cell["n_rows"]), "unit": kpi.unit, "starts_on": starts, "ends_on": ends,
            "definition": kpi.definition(settings), "frozen_at": as_of,
        }
        for cell, estimate in estimates
        if estimate.value is not None and cell["n_customers"] >= SMALLEST_GROUP
    ]  # fmt: skip


def _freeze(ledger: Ledger, baselines: list[Row], as_of: datetime) -> None:
    """Keep the baselines that are not yet kept; the audit trail's chain signs each figure."""
    table = ledger_tables.kpi_baselines
    with ledger.begin() as tx:
        known = set(tx.execute(select(table.c.kpi)).scalars())
        for row in baselines:
            if row["kpi"] not in known:
                tx.execute(table.insert().values(**row))
                signed = {key: row[key] for key in ("value", "low", "high", "n", "unit", "definition")}
                ledger.record(
                    tx, "prevenance", "baseline_frozen", f"kpi:{row['kpi']}", signed | {"as_of": as_of.isoformat()}
                )


def _as_arrow(values: list[KpiValue]) -> pa.Table:
    types = {"month": pa.date32(), "n": pa.int64(), "value": pa.float64(), "low": pa.float64(), "high": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in KPI_VALUES.columns])
    return pa.Table.from_pylist(
        [{name: getattr(value, name) for name in KPI_VALUES.columns} for value in values], schema
    )
