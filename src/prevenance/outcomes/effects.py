"""Find the effect of each play: what became of those whom chance gave to it, and of those it was kept from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from sqlalchemy import select

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words
from prevenance.outcomes.compare import Arm, Comparison, compare
from prevenance.storage import Lake, Ledger, ledger_tables
from prevenance.timeline import Timeline

FOLLOWED_FOR = timedelta(days=90)
Row: TypeAlias = dict[str, Any]

_EXPOSURES = pa.schema(
    [("play", pa.string()), ("customer_id", pa.int64()), ("arm", pa.string()), ("exposed_at", pa.timestamp("us"))]
)


@dataclass(frozen=True)
class Outcome:
    """Says what is looked at in the ninety days after a decision.

    Attributes:
        kind: the event; a share counts customers with at least one, a mean averages its quantity by customer.
        worth_having: the smallest difference that would matter.
    """

    name: str
    words: Words
    kind: str
    is_share: bool
    better: Literal["more", "less"]
    worth_having: float


OUTCOMES = (
    Outcome("left", Words(fr="Contrat terminé", en="Contract ended"), "contract_ended", True, "less", 0.02),
    Outcome("ordered", Words(fr="Commande passée", en="Order placed"), "order_placed", True, "more", 0.02),
    Outcome("asked", Words(fr="Demande ouverte", en="Request opened"), "ticket_opened", True, "less", 0.05),
    Outcome("rated", Words(fr="Note donnée", en="Rating given"), "rating_given", False, "more", 0.2),
)


@dataclass(frozen=True)
class Effect:
    """Holds the effect of one play on one outcome."""

    play: str
    outcome: str
    words: Words
    comparison: Comparison


def effects(lake: Lake, ledger: Ledger, timeline: Timeline, *, as_of: datetime) -> tuple[Effect, ...]:
    """Return the effect of every play on every outcome, by intention to treat.

    Everybody counts in the arm that chance gave him when the decision was taken, whether or not the proposal was
    approved, sent or answered, and from his first decision in that play on, once ninety days have passed.
    """
    exposures = _exposures(ledger, as_of)
    plays = sorted({row["play"] for row in exposures})
    until = naive_utc(as_of) - FOLLOWED_FOR
    followed = lake.stage(pa.Table.from_pylist([r for r in exposures if r["exposed_at"] <= until], schema=_EXPOSURES))
    found: list[Effect] = []
    for outcome in OUTCOMES:
        rows = lake.collect(_arms_expr(followed, timeline, outcome)).to_pylist()
        arms = {(row["play"], row["arm"]): _arm(row, outcome) for row in rows}
        nobody = Arm(0, 0, 0, is_count=outcome.is_share)
        found += [
            Effect(play, outcome.name, outcome.words, compare(
                arms.get((play, "treated"), nobody), arms.get((play, "held_out"), nobody),
                better=outcome.better, worth_having=outcome.worth_having,
            ))
            for play in plays
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda effect: (effect.play, effect.outcome)))


def _exposures(ledger: Ledger, as_of: datetime) -> list[Row]:
    """Return each customer's first decision in each play."""
    d = ledger_tables.decisions.c
    asked = (
        select(d.play, d.customer_id, d.arm, d.proposed_at)
        .where(d.status.not_in(["not_acted", "waiting"]), d.proposed_at <= as_of)
        .order_by(d.proposed_at.desc(), d.decision_id)
    )
    with ledger.read() as tx:
        first = {(row["play"], row["customer_id"]): dict(row) for row in tx.execute(asked).mappings()}
    return [row | {"exposed_at": naive_utc(row["proposed_at"])} for row in first.values()]


def _arms_expr(followed: ir.Table, timeline: Timeline, outcome: Outcome) -> ir.Table:
    events = timeline.events.filter(ibis._.kind == outcome.kind).select("customer_id", "occurred_at", "quantity")
    after = followed.left_join(
        events,
        [
            followed.customer_id == events.customer_id,
            events.occurred_at >= followed.exposed_at,
            events.occurred_at < followed.exposed_at + ibis.interval(days=FOLLOWED_FOR.days),
        ],
    )
    seen = after.occurred_at.notnull().max().cast("float64") if outcome.is_share else after.quantity.mean()
    customers = after.group_by("play", "arm", "customer_id").agg(seen=seen).filter(ibis._.seen.notnull())
    return customers.group_by("play", "arm").agg(
        n=ibis._.count(), total=customers.seen.sum(), total_squared=(customers.seen * customers.seen).sum()
    )


def _arm(row: Row, outcome: Outcome) -> Arm:
    return Arm(row["n"], row["total"], row["total_squared"], is_count=outcome.is_share)
