"""Bring the rows of a stream into the engine: read its places, keep what is its own, look things up, group."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.kit.problems import SourceError
from prevenance.sources.base import BROKEN, CURSOR, PLACE, ROW, Connector, Reading, unreadable
from prevenance.sources.cursors import Place
from prevenance.sources.mapping import Group, Lookup
from prevenance.sources.parsers import PARSERS, parsed_expr
from prevenance.sources.plan import REPEAT_NUMBER, Plan
from prevenance.sources.values import cell_expr, cell_name, condition_expr, record_expr
from prevenance.storage import Lake


def read_rows(lake: Lake, plan: Plan, connector: Connector, places: Sequence[Place], since: str | None) -> ir.Table:
    """Hold the raw rows of these places in the engine."""
    optional = frozenset(column for column, mapped in plan.stream.fields.items() if mapped.optional)
    readings = [(Reading(plan.wanted, p.label, plan.stream.options, optional, since), p.location) for p in places]
    return _staged(lake, connector, readings)


def read_ids(lake: Lake, plan: Plan, connector: Connector, places: Sequence[Place]) -> ir.Table:
    """Return the ids of every record of these places, however far they were read before."""
    columns = plan.stream.record_id
    rows = _staged(lake, connector, [(Reading(columns, p.label, plan.stream.options), p.location) for p in places])
    parsers = {column: plan.parser_for(column, "text") for column in columns}
    cells = {cell_name(c, p): cell_expr(rows, c, p, plan) for c, p in parsers.items() if p is not None}
    with_cells = rows.mutate(**cells)
    ids = with_cells.select(record_id=record_expr(with_cells, plan))
    return ids.filter(ids.record_id.notnull()).distinct()


def own_rows_expr(rows: ir.Table, plan: Plan) -> ir.Table:
    """Return the rows that belong to this stream; broken ones do, since nobody can tell."""
    if plan.stream.only is not None:
        rows = rows.filter(condition_expr(rows, plan.stream.only, plan, is_raw=True) | rows[BROKEN].notnull())
    if REPEAT_NUMBER not in plan.stream.record_id:
        return rows
    same = [PLACE, *(column for column in plan.stream.record_id if column != REPEAT_NUMBER)]
    return rows.mutate(**{REPEAT_NUMBER: ibis.row_number().over(group_by=same, order_by=ROW) + 1})


def read_lookups(
    lake: Lake, plan: Plan, connectors: Mapping[str, Connector], places: Mapping[str, Sequence[Place]]
) -> dict[str, ir.Table]:
    """Hold each lookup of the stream in the engine, one row per key."""
    return {
        name: _lookup(lake, name, plan, connectors[plan.source.lookups[name].connector], found)
        for name, found in places.items()
    }


def looked_up_expr(rows: ir.Table, plan: Plan, lookups: Mapping[str, ir.Table]) -> ir.Table:
    """Return the rows with `lookup.column` columns beside their own; null where the key is not found."""
    for column, name in plan.stream.look_up.items():
        found = lookups[name]
        keyed = rows.mutate(_key=rows[column].cast("string"))
        rows = keyed.left_join(found, keyed["_key"] == found["_lookup_key"]).drop("_key", "_lookup_key")
    return rows


def grouped_expr(rows: ir.Table, plan: Plan) -> ir.Table:
    """Return one row per group; a group with a number that cannot be read is broken as a whole."""
    group = plan.stream.group
    if group is None:
        return rows
    numbers = {column: _number_expr(rows, column, plan) for column in group.sum}
    unreadable = [rows[c].notnull() & (rows[c].cast("string") != "") & n.isnull() for c, n in numbers.items()]
    bad_text = reduce(
        lambda text, pair: ibis.ifelse(pair[1], rows[pair[0]].cast("string"), text),
        zip(numbers, unreadable, strict=True),
        rows[BROKEN],
    )
    prepared = rows.mutate(
        **{f"sum of {c}": n.cast("decimal(28, 6)") for c, n in numbers.items()}, **{BROKEN: bad_text}
    )
    return _aggregated(prepared, group)


def _aggregated(rows: ir.Table, group: Group) -> ir.Table:
    kept = {column: rows[column].min() for column in (*group.keep, BROKEN, PLACE, ROW, CURSOR)}
    sums = {column: rows[f"sum of {column}"].sum().cast("float64") for column in group.sum}
    counts = {group.count: rows.count()} if group.count is not None else {}
    return rows.group_by(list(group.by)).agg(**kept, **sums, **counts)


def _number_expr(rows: ir.Table, column: str, plan: Plan) -> ir.Value:
    parser = plan.parser_for(column, "number") or PARSERS["number"]
    return parsed_expr(rows[column], parser, plan.source.time_zone)


def _lookup(lake: Lake, name: str, plan: Plan, connector: Connector, places: Sequence[Place]) -> ir.Table:
    lookup: Lookup = plan.source.lookups[name]
    granted = [c for c, f in lookup.fields.items() if f.ground in plan.source.grounds]
    wanted = tuple(dict.fromkeys([lookup.key, *granted]))
    rows = _staged(lake, connector, [(Reading(wanted, p.label, lookup.options), p.location) for p in places])
    named = {f"{name}.{column}": rows[column].min() for column in granted}
    return rows.group_by(_lookup_key=rows[lookup.key].cast("string")).agg(**named)


def _staged(lake: Lake, connector: Connector, readings: Sequence[tuple[Reading, str]]) -> ir.Table:
    """Hold the rows of several places in the engine, in the shape of the first.

    Raises:
        SourceError: a place cannot be read; what the engine made of the failure on the way is taken off again.
    """
    failures: list[tuple[str, Exception]] = []

    def flow(first: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for n, (reading, location) in enumerate(readings):
            try:
                reader = first if n == 0 else connector.read(reading, location)
                for batch in reader:
                    yield from pa.Table.from_batches([batch]).cast(first.schema).to_batches()
            except Exception as problem:
                failures.append((reading.place, problem))
                raise

    first = connector.read(*readings[0])
    try:
        return lake.stage(pa.RecordBatchReader.from_batches(first.schema, flow(first)))
    except Exception:
        if not failures:
            raise
        place, problem = failures[0]
        known = problem if isinstance(problem, SourceError) else unreadable(place, problem, "Check that it is whole.")
        raise known from problem
