"""Predict who will order within the next thirty days."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import known_since, known_then, ordered_since, ordered_within, with_label

_HORIZON_DAYS = 30
_ALIVE_DAYS = 365


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers with an order in the last year."""
    return ordered_within(known_then(history, grid, "order_placed"), _ALIVE_DAYS)


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say who places an order within the horizon."""
    since = known_since(history, grid, timedelta(days=_HORIZON_DAYS), "order_placed")
    return with_label(grid, ordered_since(since))


NEXT_PURCHASE = Target(
    name="next_purchase",
    question=Words(
        fr="Quels clients commanderont dans les 30 jours ?",
        en="Which customers will order within 30 days?",
    ),
    outcome=Words(fr="{n} ont commandé", en="{n} ordered"),
    purpose=Words(
        fr="Proposer au bon moment ce qui sert au client.",
        en="To suggest at the right moment what is of use to the customer.",
    ),
    legal_basis="GDPR 6(1)(f)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients qui ont commandé le plus récemment commandent de nouveau.",
            en="Customers who ordered most recently order again.",
        ),
        feature="days_since_order",
        is_rising=False,
    ),
    example=TargetExample(
        events=(
            ExampleEvent(1, "order_placed", -40),
            ExampleEvent(1, "order_placed", 10),
            ExampleEvent(2, "order_placed", -40),
            ExampleEvent(2, "order_placed", 30),  # the horizon is over
            ExampleEvent(3, "order_placed", -400),
            ExampleEvent(3, "order_placed", 10),  # silent for over a year: not asked about
        ),
        labels={1: 1, 2: 0},
    ),
)
