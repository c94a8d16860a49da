"""Ask the past about customers at cutoffs: what was known then of contracts and orders, and what came of it since."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from prevenance.models.base import History

_GRACE = timedelta(days=14)  # a renewal is often recorded days after the term ended
_BEGUN = ("contract_started", "contract_renewed")
_COLUMNS = (
    "customer_id", "cutoff", "kind", "object_id", "occurred_at", "due_at", "label", "quantity", "limit_quantity",
)  # fmt: skip


def known_then(history: History, grid: ir.Table, *kinds: str) -> ir.Table:
    """Return the events of these kinds that had happened and were known before each cutoff, beside that cutoff."""
    revisions = history.revisions.filter(lambda row: row.kind.isin(kinds))
    asked = grid.select("customer_id", "cutoff")
    return asked.inner_join(
        revisions,
        [
            asked.customer_id == revisions.customer_id,
            revisions.occurred_at < asked.cutoff,
            revisions.known_at < asked.cutoff,
            revisions.superseded_at.isnull() | (revisions.superseded_at >= asked.cutoff),
        ],
    ).select(*_COLUMNS)


def known_since(history: History, grid: ir.Table, horizon: timedelta, *kinds: str) -> ir.Table:
    """Return the events of these kinds before each horizon's end, as they are known today, beside their cutoff."""
    events = history.events.filter(lambda row: row.kind.isin(kinds))
    asked = grid.select("customer_id", "cutoff")
    return asked.inner_join(
        events, [asked.customer_id == events.customer_id, events.occurred_at < asked.cutoff + _interval(horizon)]
    ).select(*_COLUMNS)


def pairs_under_contract(events: ir.Table, *, after: timedelta = timedelta(0)) -> ir.Table:
    """Return the (customer_id, cutoff) pairs with a running contract `after` the cutoff, by the events beside them.

    A contract runs when a term has begun, was not ended, and is not over for longer than the days that renewals take
    to be recorded. A term without an end runs on.
    """
    terms = events.filter(events.kind.isin(_BEGUN))
    at = terms.cutoff + _interval(after)
    terms = terms.filter(terms.due_at.isnull() | (terms.due_at + _interval(_GRACE) >= at))
    ends = events.filter(events.kind == "contract_ended")
    contract = {"contract": lambda row: row.object_id.fill_null("")}
    terms, ends = terms.mutate(**contract), ends.mutate(**contract)
    return terms.anti_join(ends, ["customer_id", "cutoff", "contract"]).select("customer_id", "cutoff").distinct()


def with_label(grid: ir.Table, positive: ir.Table) -> ir.Table:
    """Return the grid with `label` 1 for the pairs that are also in `positive`, else 0."""
    hits = positive.select("customer_id", "cutoff").distinct().mutate(is_hit=ibis.literal(1, "int8"))
    joined = grid.select("customer_id", "cutoff").left_join(hits, ["customer_id", "cutoff"])
    return joined.select("customer_id", "cutoff", label=joined.is_hit.fill_null(0).cast("int8"))


def ordered_within(events: ir.Table, days: int) -> ir.Table:
    """Return the (customer_id, cutoff) pairs with an order in the last so many days before the cutoff."""
    recent = events.filter(
        (events.kind == "order_placed") & (events.occurred_at >= events.cutoff - _interval(timedelta(days=days)))
    )
    return recent.select("customer_id", "cutoff").distinct()


def ordered_since(events: ir.Table) -> ir.Table:
    """Return the (customer_id, cutoff) pairs with an order at or after the cutoff."""
    return events.filter(events.occurred_at >= events.cutoff).select("customer_id", "cutoff").distinct()


def did_within(events: ir.Table, days: int) -> ir.Table:
    """Return the (customer_id, cutoff) pairs with any of these events in the last so many days before the cutoff."""
    recent = events.filter(events.occurred_at >= events.cutoff - _interval(timedelta(days=days)))
    return recent.select("customer_id", "cutoff").distinct()


def did_since(events: ir.Table, *, is_late: bool = False) -> ir.Table:
    """Return the pairs with any of these events at or after the cutoff; only those after their due date if asked."""
    since = events.filter(events.occurred_at >= events.cutoff)
    if is_late:
        since = since.filter(since.occurred_at.date() > since.due_at.date())
    return since.select("customer_id", "cutoff").distinct()


def _interval(span: timedelta) -> ir.IntervalScalar:
    return ibis.interval(days=span.days)
