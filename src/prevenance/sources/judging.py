"""Judge each row: can it be believed? A row that cannot goes to quarantine with its reason, the field and the value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

import ibis
import ibis.expr.types as ir

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words
from prevenance.sources.base import BROKEN, PLACE, ROW
from prevenance.sources.mapping import EventBlock
from prevenance.sources.parsers import PARSERS, Parser
from prevenance.sources.plan import Plan
from prevenance.sources.values import (
    cell_expr,
    cell_name,
    condition_expr,
    digest_expr,
    json_expr,
    record_expr,
    value_expr,
)

RECORD, PROBLEM = "_record", "_problem"
_SOUND = -1
_FURTHEST = timedelta(days=30 * 365)
"""A date further than this after the load is a slip of the pen; what is merely after `as_of` waits in the lake."""

_REASONS: dict[str, Words] = {
    "unreadable_row": Words(fr="La ligne ne se laisse pas découper.", en="The row cannot be taken apart."),
    "totals_row": Words(
        fr="C’est une ligne de total, pas un enregistrement.", en="This is a totals row, not a record."
    ),
    "missing_record_id": Words(fr="L’identifiant manque.", en="The id is missing."),
    "missing_subject": Words(fr="Le client concerné manque.", en="The customer concerned is missing."),
    "missing_time": Words(fr="La date de l’événement manque.", en="The date of the event is missing."),
    "unreadable_value": Words(fr="La valeur ne se laisse pas lire.", en="The value cannot be read."),
    "impossible_date": Words(fr="Cette date n’est pas possible.", en="This date is not possible."),
    "negative_amount": Words(fr="Le montant est négatif.", en="The amount is negative."),
    "impossible_amount": Words(fr="Ce montant n’est pas possible.", en="This amount is not possible."),
    "unknown_kind": Words(fr="Aucune règle ne lit cette ligne.", en="No rule of the mapping reads this row."),
}
_LEFT_BLANK = "_left_blank"
QUARANTINE_REASONS: dict[str, Words] = {
    **_REASONS,
    **{
        f"{name}{_LEFT_BLANK}": Words(
            fr=f"{_REASONS[name].fr} Le reste de la ligne est chargé.",
            en=f"{_REASONS[name].en} The rest of the row is loaded.",
        )
        for name in ("unreadable_value", "impossible_date", "negative_amount", "impossible_amount")
    },
}
"""Why a row stands in quarantine. `..._left_blank`: only a value does; the row was loaded without it."""


@dataclass(frozen=True)
class _Problem:
    """Holds one thing that may be wrong with a row: where, why, and what to show of it."""

    reason: str | ir.Value
    field: str
    is_so: ir.BooleanValue
    shown: ir.Value


def judged_expr(rows: ir.Table, plan: Plan, as_of: datetime) -> ir.Table:
    """Return raw rows with their cells, record id and the number of the first problem they have (-1 for none)."""
    latest = naive_utc(as_of) + _FURTHEST
    cells = {cell_name(c, p): cell_expr(rows, c, p, plan, latest) for c, p, _ in plan.cells()}
    with_cells = rows.mutate(**cells)
    with_record = with_cells.mutate(**{RECORD: record_expr(with_cells, plan)})
    branches = [(problem.is_so, n) for n, problem in enumerate(_problems(with_record, plan))]
    # A tombstone often has nothing but its id; that is all it needs.
    if plan.stream.deleted is not None:
        branches.insert(0, (_is_deleted(with_record, plan) & with_record[RECORD].notnull(), _SOUND))
    return with_record.mutate(**{PROBLEM: ibis.cases(*branches, else_=_SOUND)})


def sound_expr(judged: ir.Table, plan: Plan) -> ir.Table:
    """Return the rows that can be believed and tell something."""
    return judged.filter(judged[PROBLEM] == _SOUND, ~left_aside_expr(judged, plan))


def left_aside_expr(judged: ir.Table, plan: Plan) -> ir.BooleanValue:
    """Return which rows rightly tell nothing, as the mapping says; deletions are among them."""
    aside = [condition_expr(judged, c, plan) for c in plan.stream.leave_aside]
    return ibis.or_(*aside, _is_deleted(judged, plan))


def _is_deleted(rows: ir.Table, plan: Plan) -> ir.BooleanValue:
    deleted = plan.stream.deleted
    return condition_expr(rows, deleted, plan) if deleted is not None else ibis.literal(value=False)


def deleted_expr(judged: ir.Table, plan: Plan) -> ir.Table:
    """Return the ids of the records whose last row says that they are deleted."""
    last = latest_expr(judged.filter(judged[PROBLEM] == _SOUND), plan)
    return last.filter(_is_deleted(last, plan)).select(record_id=last[RECORD])


def latest_expr(sound: ir.Table, plan: Plan) -> ir.Table:
    """Return the last row of each record: the last changed, then the last in its file, of the last file by name."""
    order = [ibis.desc(sound[PLACE]), ibis.desc(sound[ROW])]
    if plan.stream.changed_at is not None:
        order.insert(0, ibis.desc(value_expr(sound, plan.stream.changed_at, "instant", plan), nulls_first=False))
    last = ibis.row_number().over(ibis.window(group_by=RECORD, order_by=order))
    return sound.mutate(_rank=last).filter(ibis._["_rank"] == 0).drop("_rank")


def quarantine_expr(judged: ir.Table, plan: Plan, as_of: datetime) -> ir.Table:
    """Return the rejected rows, and the values left blank of others, as the lake's quarantine keeps them."""
    rejected = judged.filter(judged[PROBLEM] != _SOUND)
    problems = list(_problems(rejected, plan))
    number = rejected[PROBLEM]
    rows = _kept(
        rejected,
        plan,
        reason=ibis.cases(*[(number == n, p.reason) for n, p in enumerate(problems)]),
        field=ibis.cases(*[(number == n, p.field) for n, p in enumerate(problems)]),
        value=ibis.cases(*[(number == n, p.shown.cast("string")) for n, p in enumerate(problems)]),
    )
    every = reduce(lambda left, right: left.union(right), [rows, *_blanked(judged, plan)])
    hashed = digest_expr(every.payload, every.reason, every.field)
    marked = every.mutate(row_hash=hashed, as_of=ibis.literal(naive_utc(as_of)).cast("timestamp(6)"))
    marked = marked.mutate(repaired_at=ibis.null("timestamp(6)"), repaired_by=ibis.null("string"))
    return marked.distinct(on=["source", "stream", "record_id", "row_hash"], keep="first")


def _blanked(judged: ir.Table, plan: Plan) -> Iterator[ir.Table]:
    """Return for each column the rows that are loaded without its value, because it cannot be read."""
    for column, parser, rejects in plan.cells():
        if not rejects and parser.judges and column in judged.columns:
            bad = judged.filter(judged[PROBLEM] == _SOUND, _is_unreadable(judged, column, parser))
            raw = bad[column].cast("string")
            yield _kept(
                bad,
                plan,
                reason=_unreadable_reason(raw, parser).concat(_LEFT_BLANK),
                field=ibis.literal(column),
                value=raw,
            )


def _kept(rows: ir.Table, plan: Plan, *, reason: ir.Value, field: ir.Value, value: ir.Value) -> ir.Table:
    raw = tuple(column for column in rows.columns if column in plan.fields)
    place = rows[PLACE].concat("#", rows[ROW].cast("string").fill_null("?"))
    return rows.select(
        source=ibis.literal(plan.source.source),
        stream=ibis.literal(plan.name),
        record_id=ibis.coalesce(rows[RECORD], place),
        reason=reason,
        field=field,
        value=value,
        payload=ibis.coalesce(rows[BROKEN], json_expr(rows, raw, cells=False, plan=plan)),
    )


def _is_unreadable(rows: ir.Table, column: str, parser: Parser) -> ir.BooleanValue:
    raw = rows[column].cast("string")
    return (rows[cell_name(column, parser)].isnull() & (raw.strip() != "")).fill_null(False)


def _unreadable_reason(raw: ir.StringValue, parser: Parser) -> ir.Value:
    """Say why a value could not be read: a date with all its digits is impossible rather than unreadable."""
    if parser.gives in {"instant", "day"}:
        return ibis.ifelse(raw.re_search(r"\d.*\d.*\d.*\d.*\d.*\d"), "impossible_date", "unreadable_value")
    if parser.gives == "number":
        is_number = PARSERS[parser.name].expr(raw, "UTC").notnull()
        is_negative = raw.re_search(r"^\s*-[\s\d]")
        return ibis.cases((is_negative, "negative_amount"), (is_number, "impossible_amount"), else_="unreadable_value")
    return ibis.literal("unreadable_value")


def _problems(rows: ir.Table, plan: Plan) -> Iterator[_Problem]:
    stream = plan.stream
    yield _Problem("unreadable_row", "", rows[BROKEN].notnull(), rows[BROKEN])
    if stream.totals is not None:
        text = rows[stream.totals.column].cast("string")
        starts = [text.strip().lower().startswith(word.lower()) for word in stream.totals.starts_with]
        yield _Problem("totals_row", stream.totals.column, ibis.or_(*starts).fill_null(False), text)
    yield _Problem("missing_record_id", ", ".join(stream.record_id), rows[RECORD].isnull(), ibis.null("string"))
    yield from _unreadable(rows, plan)
    for event in stream.events:
        yield from _event_problems(rows, event, plan)
    if stream.party is not None or stream.identifiers or stream.consents:
        subject = value_expr(rows, stream.subject, "text", plan, whole=True)
        yield _Problem("missing_subject", ", ".join(stream.subject.columns), subject.isnull(), ibis.null("string"))
    elif all(event.when is not None for event in stream.events):
        told = [condition_expr(rows, event.when, plan) for event in stream.events]
        aside = left_aside_expr(rows, plan)
        asked = next((c for e in stream.events if e.when is not None for c in e.when.columns), "")
        shown = rows[asked] if asked in rows.columns else ibis.null("string")
        yield _Problem("unknown_kind", asked, ~ibis.or_(*told, aside, ibis.literal(value=False)), shown)


def _unreadable(rows: ir.Table, plan: Plan) -> Iterator[_Problem]:
    for column, parser, rejects in plan.cells():
        if rejects and parser.judges:
            raw = rows[column].cast("string")
            yield _Problem(_unreadable_reason(raw, parser), column, _is_unreadable(rows, column, parser), raw)


def _event_problems(rows: ir.Table, event: EventBlock, plan: Plan) -> Iterator[_Problem]:
    happens = condition_expr(rows, event.when, plan)
    subject = value_expr(rows, event.subject or plan.stream.subject, "text", plan, whole=True)
    named = ", ".join((event.subject or plan.stream.subject).columns)
    yield _Problem("missing_subject", named, happens & subject.isnull(), ibis.null("string"))
    occurred_at = value_expr(rows, event.occurred_at, "instant", plan)
    when = ", ".join(event.occurred_at.columns)
    yield _Problem("missing_time", when, happens & occurred_at.isnull(), ibis.null("string"))
    if event.amount is not None and event.negative_amounts == "reject":
        amount = value_expr(rows, event.amount, "number", plan)
        is_negative = (happens & (amount < 0)).fill_null(False)
        yield _Problem("negative_amount", ", ".join(event.amount.columns), is_negative, amount)
