"""Turn the mapping's values and conditions into expressions over a stream's cells.

A cell is a column as one parser reads it; judged rows hold each cell they need under `cell_name`.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce

import ibis
import ibis.expr.types as ir

from prevenance.sources.mapping import Condition, FieldMapping, Slot, Value
from prevenance.sources.parsers import PARSERS, Parser, parsed_expr
from prevenance.sources.plan import Plan

_TYPES: dict[Slot, str] = {
    "text": "string",
    "number": "float64",
    "instant": "timestamp(6)",
    "day": "timestamp(6)",
    "boolean": "boolean",
}
_EARLIEST = "1900-01-01"
NULL_MARK = "\x1e"
SEPARATOR = "\x1f"  # the one of kit.hashing, so that both make the same ids


def cell_name(column: str, parser: Parser) -> str:
    """Return under which name a column, as this parser reads it, stands in judged rows."""
    return f"{column}|{parser.name}"


def cell_expr(rows: ir.Table, column: str, parser: Parser, plan: Plan, latest: datetime | None = None) -> ir.Value:
    """Return a column as a parser reads it: spellings replaced by our words, the impossible left blank.

    Args:
        rows: raw rows.
        column: the column.
        parser: how to read it.
        plan: the stream.
        latest: an instant after which no date can be true.
    """
    read = parsed_expr(rows[column], parser, plan.source.time_zone)
    if parser.gives in {"instant", "day"} and latest is not None:
        is_possible = read.between(ibis.timestamp(_EARLIEST), ibis.literal(latest))
        return ibis.ifelse(is_possible, read, ibis.null("timestamp(6)"))
    if parser.gives == "number":
        return _possible_number(read, plan.fields[column])
    spellings = plan.fields[column].values
    if not spellings or parser.gives != "text":
        return read
    said = read.lower()
    branches = [(said.isin([s.strip().lower() for s in (*theirs, ours)]), ours) for ours, theirs in spellings.items()]
    return ibis.cases(*branches, else_=read)


def _possible_number(read: ir.Value, mapped: FieldMapping) -> ir.Value:
    if mapped.at_least is not None:
        read = ibis.ifelse(read >= mapped.at_least, read, ibis.null("float64"))
    if mapped.at_most is not None:
        read = ibis.ifelse(read <= mapped.at_most, read, ibis.null("float64"))
    return read


def value_expr(rows: ir.Table, value: Value | None, slot: Slot, plan: Plan, *, whole: bool = False) -> ir.Value:
    """Return the value of a slot from judged rows; null where its columns are blank or may not be used.

    Args:
        rows: judged rows.
        value: where the value comes from.
        slot: what kind of value is wanted.
        plan: the stream.
        whole: whether one blank column makes the whole value null, as in an id; otherwise all must be blank.
    """
    if value is None:
        return ibis.null(_TYPES[slot])
    if value.constant is not None:
        return ibis.literal(value.constant).cast(_TYPES[slot])
    if value.hours_between:
        start, end = (_column_expr(rows, column, "instant", plan) for column in value.hours_between)
        return (end.epoch_seconds() - start.epoch_seconds()) / ibis.literal(3600.0, "float64")
    if value.first_of:
        return ibis.coalesce(*[value_expr(rows, one, slot, plan, whole=whole) for one in value.first_of])
    pieces = list(value.pieces())
    if len(pieces) == 1:
        return _column_expr(rows, pieces[0][0], slot, plan)
    columns = [_column_expr(rows, piece, "text", plan) for piece, is_column in pieces if is_column]
    blank = [column.isnull() for column in columns]
    parts = [
        _column_expr(rows, piece, "text", plan).fill_null("") if is_column else ibis.literal(piece)
        for piece, is_column in pieces
    ]
    joined = reduce(lambda left, right: left.concat(right), parts)
    return ibis.ifelse(ibis.or_(*blank) if whole else ibis.and_(*blank), ibis.null("string"), joined.strip())


def _column_expr(rows: ir.Table, column: str, slot: Slot, plan: Plan) -> ir.Value:
    parser = plan.parser_for(column, slot)
    if plan.ground_of(column) is None or parser is None:
        return ibis.null(_TYPES[slot])
    return rows[cell_name(column, parser)]


def condition_expr(rows: ir.Table, condition: Condition | None, plan: Plan, *, is_raw: bool = False) -> ir.BooleanValue:
    """Return where a condition holds; no condition holds everywhere.

    Args:
        rows: judged rows, or raw ones.
        condition: the condition.
        plan: the stream.
        is_raw: whether the rows are still raw.
    """
    if condition is None:
        return ibis.literal(value=True)

    def text(column: str) -> ir.Value:
        if plan.ground_of(column) is None:
            return ibis.null("string")
        return cell_expr(rows, column, PARSERS["text"], plan) if is_raw else _column_expr(rows, column, "text", plan)

    def among(column: str, words: tuple[str, ...]) -> ir.Value:
        return text(column).lower().isin([word.strip().lower() for word in words]).fill_null(False)

    return ibis.and_(
        *[among(column, words) for column, words in condition.is_one_of.items()],
        *[~among(column, words) for column, words in condition.is_none_of.items()],
        *[text(column).notnull() for column in condition.filled],
        *[text(column).isnull() for column in condition.blank],
        ibis.literal(value=True),
    )


def record_expr(rows: ir.Table, plan: Plan) -> ir.Value:
    """Return the record id: the id columns joined by a hyphen, null when one is blank."""
    cells = [_column_expr(rows, column, "text", plan) for column in plan.stream.record_id]
    joined = reduce(lambda left, right: left.concat("-").concat(right), cells)
    return joined.cast("string")


def digest_expr(*parts: ir.Value) -> ir.StringValue:
    """Return 16 hexadecimal digits for these texts: for non-null parts the same as `kit.hashing.stable_id`."""
    texts = [part.cast("string").fill_null(NULL_MARK) for part in parts]
    joined = reduce(lambda left, right: left.concat(SEPARATOR).concat(right), texts)
    return joined.hexdigest("sha256").substr(0, 16)


def json_expr(
    rows: ir.Table,
    columns: tuple[str, ...],
    *,
    cells: bool,
    plan: Plan,
    more: Mapping[str, ir.Value] | None = None,
) -> ir.Value:
    """Return these columns as one JSON object; null when there is none.

    Args:
        rows: judged rows.
        columns: the columns.
        cells: whether to take them as parsed text, or raw.
        plan: the stream.
        more: other texts for the object; without columns, it is null where they all are.
    """
    more = more or {}
    if not columns and not more:
        return ibis.null("string")
    values = {c: _column_expr(rows, c, "text", plan) if cells else rows[c].cast("string") for c in columns}
    told = ibis.struct({**values, **more}).cast("json").cast("string")
    is_told = ibis.literal(value=True) if columns else ibis.or_(*[text.notnull() for text in more.values()])
    return ibis.ifelse(is_told, told, ibis.null("string"))
