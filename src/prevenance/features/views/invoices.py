"""Measure what a customer is billed, and how punctually he pays."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, days_between, last, number, ratio
from prevenance.kit.words import Words

_ISSUED, _PAID = ("invoice_issued",), ("payment_received",)
_NONE_PAID = Words(fr="aucun paiement", en="no payment")
_NEVER = Words(fr="jamais facturé", en="never invoiced")


def _overdue(facts: Facts) -> ir.Table:
    """Add up, in whole cents, what is due and subtract what was paid of it: both count from the day they were due."""
    rows = facts.of(*_ISSUED, *_PAID)
    rows = rows.filter(rows.due_at.notnull())
    cents = (rows.amount.cast("float64") * number(100.0)).round().cast("int64")
    signed = (rows.kind == _PAID[0]).ifelse(-cents, cents)
    return facts.running(rows.mutate(value=signed, from_on=rows.due_at.date()), "invoices_overdue_cents")


def _late(event: ir.Table) -> ir.BooleanValue:
    return event.occurred_at.date() > event.due_at.date()


def _days_late(event: ir.Table) -> ir.Value:
    return _late(event).ifelse(days_between(event.due_at, event.occurred_at), 0)


def _build(w: Sums) -> Mapping[str, ir.Value]:
    cents = w.column("invoices_overdue_cents").fill_null(0).cast("float64")
    return {
        "n_invoices_84": w.count("invoices_issued", last(84)),
        "n_invoices_364": w.count("invoices_issued", last(364)),
        "invoiced_amount_84": w.total("invoices_amount", last(84)),
        "invoiced_amount_364": w.total("invoices_amount", last(364)),
        "days_since_invoice": w.days_since("invoices_last_day"),
        "n_payments_364": w.count("invoices_paid", last(364)),
        "n_late_payments_84": w.count("invoices_late", last(84)),
        "n_late_payments_364": w.count("invoices_late", last(364)),
        "late_payment_rate_84": ratio(w.total("invoices_late", last(84)), w.total("invoices_paid", last(84))),
        "late_payment_rate_364": ratio(w.total("invoices_late", last(364)), w.total("invoices_paid", last(364))),
        "mean_days_late_364": ratio(w.total("invoices_days_late", last(364)), w.total("invoices_paid", last(364))),
        "amount_overdue": (cents > number(0.0)).ifelse(cents / number(100.0), number(0.0)),
    }


VIEW = View(
    name="invoices",
    words=Words(fr="les factures et les paiements", en="invoices and payments"),
    measures=(
        Measure("invoices_issued", _ISSUED, (last(84), last(364))),
        Measure("invoices_amount", _ISSUED, (last(84), last(364)), of=lambda e: e.amount),
        Measure("invoices_last_day", _ISSUED, (EVER,), of=lambda e: e.day_number, how="max"),
        Measure("invoices_paid", _PAID, (last(84), last(364))),
        Measure("invoices_late", _PAID, (last(84), last(364)), of=_late),
        Measure("invoices_days_late", _PAID, (last(364),), of=_days_late),
    ),
    branches=(_overdue,),
    features=(
        FeatureCard("n_invoices_84", Words(fr="factures sur 84 jours", en="invoices in the last 84 days"), "count"),
        FeatureCard("n_invoices_364", Words(fr="factures sur un an", en="invoices in the last year"), "count"),
        FeatureCard(
            "invoiced_amount_84", Words(fr="montant facturé sur 84 jours", en="amount invoiced in 84 days"), "money"
        ),
        FeatureCard(
            "invoiced_amount_364", Words(fr="montant facturé sur un an", en="amount invoiced in a year"), "money"
        ),
        FeatureCard(
            "days_since_invoice",
            Words(fr="jours depuis la dernière facture", en="days since the last invoice"),
            "days",
            _NEVER,
        ),
        FeatureCard("n_payments_364", Words(fr="paiements sur un an", en="payments in the last year"), "count"),
        FeatureCard(
            "n_late_payments_84", Words(fr="paiements en retard sur 84 jours", en="late payments in 84 days"), "count"
        ),
        FeatureCard(
            "n_late_payments_364", Words(fr="paiements en retard sur un an", en="late payments in a year"), "count"
        ),
        FeatureCard(
            "late_payment_rate_84",
            Words(fr="part des paiements en retard sur 84 jours", en="share of payments late, last 84 days"),
            "share",
            _NONE_PAID,
        ),
        FeatureCard(
            "late_payment_rate_364",
            Words(fr="part des paiements en retard sur un an", en="share of payments late, last year"),
            "share",
            _NONE_PAID,
        ),
        FeatureCard(
            "mean_days_late_364", Words(fr="retard moyen de paiement", en="mean days late"), "days", _NONE_PAID
        ),
        FeatureCard("amount_overdue", Words(fr="montant échu et impayé", en="amount due and unpaid"), "money"),
    ),
    build=_build,
)
