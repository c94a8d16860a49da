"""Predict who buys without a contract and will not order again within the horizon: nobody says goodbye."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import (
    known_since,
    known_then,
    ordered_since,
    ordered_within,
    pairs_under_contract,
    with_label,
)

_HORIZON_DAYS = 90
_ALIVE_DAYS = 365  # who has not ordered for a year is gone already; there is no question left to ask
_EVENTS = ("order_placed", "contract_started", "contract_renewed", "contract_ended")


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers with an order in the last year and no running contract."""
    events = known_then(history, grid, *_EVENTS)
    return ordered_within(events, _ALIVE_DAYS).anti_join(pairs_under_contract(events), ["customer_id", "cutoff"])


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say who places no order within the horizon."""
    since = known_since(history, grid, timedelta(days=_HORIZON_DAYS), "order_placed")
    silent = grid.select("customer_id", "cutoff").anti_join(ordered_since(since), ["customer_id", "cutoff"])
    return with_label(grid, silent)


SILENT_ATTRITION = Target(
    name="silent_attrition",
    question=Words(
        fr="Quels clients sans contrat ne commanderont plus dans les 90 jours ?",
        en="Which customers without a contract will not order within 90 days?",
    ),
    outcome=Words(fr="{n} n’ont plus commandé", en="{n} did not order again"),
    purpose=Words(
        fr="Reprendre contact quand cela aide le client ; jamais pour augmenter un prix ni refuser un service.",
        en="To be in touch again when that helps the customer; never to raise a price or withhold a service.",
    ),
    legal_basis="GDPR 6(1)(f)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients dont la dernière commande est la plus ancienne ne reviennent pas.",
            en="Customers whose last order is the longest ago do not come back.",
        ),
        feature="days_since_order",
    ),
    example=TargetExample(
        events=(
            ExampleEvent(1, "order_placed", -40),
            ExampleEvent(1, "order_placed", 30),
            ExampleEvent(2, "order_placed", -40),
            ExampleEvent(2, "order_placed", 100),  # after the horizon
            ExampleEvent(3, "order_placed", -400),  # silent for over a year: not asked about
            ExampleEvent(4, "order_placed", -40),
            ExampleEvent(4, "contract_started", -100, "A", due_day=200),  # under contract: another question
            ExampleEvent(5, "order_placed", -40),
            ExampleEvent(5, "order_placed", 0),  # at the cutoff itself: the horizon has begun
        ),
        labels={1: 0, 2: 1, 5: 0},
    ),
)
