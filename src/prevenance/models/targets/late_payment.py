"""Predict whose next payment will come after its due date."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import did_since, did_within, known_since, known_then, with_label

_HORIZON_DAYS = 45
_BILLED_DAYS = 90


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers who were billed within ninety days."""
    return did_within(known_then(history, grid, "invoice_issued"), _BILLED_DAYS)


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say who pays after the due date within the horizon; what is still unpaid then shows later."""
    paid = did_since(known_since(history, grid, timedelta(days=_HORIZON_DAYS), "payment_received"), is_late=True)
    return with_label(grid, paid)


LATE_PAYMENT = Target(
    name="late_payment",
    question=Words(
        fr="Quels clients paieront une facture en retard dans les 45 jours ?",
        en="Which customers will pay an invoice late within 45 days?",
    ),
    outcome=Words(fr="{n} ont payé en retard", en="{n} paid late"),
    purpose=Words(
        fr="Rappeler à temps ou convenir d’un délai ; jamais refuser un service.",
        en="To remind in time or agree on a delay; never to refuse a service.",
    ),
    legal_basis="GDPR 6(1)(f)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients qui ont payé le plus souvent en retard sur un an recommencent.",
            en="Customers who paid late most often in a year do so again.",
        ),
        feature="late_payment_rate_364",
    ),
    example=TargetExample(
        events=(
            ExampleEvent(1, "invoice_issued", -20, "F1", due_day=10),
            ExampleEvent(1, "payment_received", 14, "F1", due_day=10),
            ExampleEvent(2, "invoice_issued", -20, "F2", due_day=10),
            ExampleEvent(2, "payment_received", 9, "F2", due_day=10),  # in time
            ExampleEvent(3, "invoice_issued", -200, "F3", due_day=-170),  # not billed lately: not asked about
            ExampleEvent(3, "payment_received", 5, "F3", due_day=-170),
        ),
        labels={1: 1, 2: 0},
    ),
)
