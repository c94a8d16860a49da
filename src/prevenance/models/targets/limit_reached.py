"""Predict who will reach a limit of his plan: seats, storage, calls, whatever is measured against one."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import did_since, did_within, known_since, known_then, with_label

_HORIZON_DAYS = 60  # usage is often measured once a month
_MEASURED_DAYS = 45


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers whose use is measured against a limit, and lately stood below each."""
    measured = known_then(history, grid, "usage_measured")
    measured = measured.filter(measured.limit_quantity > 0)
    lately = did_within(measured, _MEASURED_DAYS)
    return lately.anti_join(did_within(_at_a_limit(measured), _MEASURED_DAYS), ["customer_id", "cutoff"])


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say whose use is measured at a limit, or above it, within the horizon."""
    since = known_since(history, grid, timedelta(days=_HORIZON_DAYS), "usage_measured")
    return with_label(grid, did_since(_at_a_limit(since)))


def _at_a_limit(measured: ir.Table) -> ir.Table:
    return measured.filter((measured.limit_quantity > 0) & (measured.quantity >= measured.limit_quantity))


def _measured(customer_id: int, day: float, quantity: float) -> ExampleEvent:
    return ExampleEvent(customer_id, "usage_measured", day, label="seats", quantity=quantity, limit_quantity=10)


LIMIT_REACHED = Target(
    name="limit_reached",
    question=Words(
        fr="Quels clients atteindront une limite de leur formule dans les 60 jours ?",
        en="Which customers will reach a limit of their plan within 60 days?",
    ),
    outcome=Words(fr="{n} ont atteint une limite", en="{n} reached a limit"),
    purpose=Words(
        fr="Prévenir avant que le travail ne s’arrête, proposer ce qui convient ; jamais restreindre un service.",
        en="To warn before work stops, and propose what fits; never to restrict a service.",
    ),
    legal_basis="GDPR 6(1)(b)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients les plus près d’une limite l’atteignent.",
            en="Customers who are nearest to a limit reach it.",
        ),
        feature="max_limit_rate",
    ),
    example=TargetExample(
        events=(
            _measured(1, -20, 9),
            _measured(1, 12, 10),
            _measured(2, -20, 5),
            _measured(2, 12, 6),
            _measured(3, -20, 10),  # stands at the limit already: not asked about
            _measured(3, 12, 10),
            _measured(4, -200, 9),  # not measured lately: not asked about
            _measured(4, 12, 10),
        ),
        labels={1: 1, 2: 0},
    ),
)
