"""Measure whether what a customer ordered came when it was promised."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, days_between, due_number, last, ratio
from prevenance.kit.words import Words

_DELIVERED = ("order_delivered",)
_NONE = Words(fr="aucune livraison", en="no delivery")
_NEVER = Words(fr="aucun retard de livraison", en="never a late delivery")


def _late(event: ir.Table) -> ir.BooleanValue:
    return event.occurred_at.date() > event.due_at.date()


def _late_day(event: ir.Table) -> ir.Value:
    return _late(event).ifelse(event.day_number, None)


def _days_late(event: ir.Table) -> ir.Value:
    return _late(event).ifelse(days_between(event.due_at, event.occurred_at), 0)


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_deliveries_364": w.count("deliveries_made", last(364)),
        "n_late_deliveries_28": w.count("deliveries_late", last(28)),
        "n_late_deliveries_364": w.count("deliveries_late", last(364)),
        "late_delivery_rate_364": ratio(w.total("deliveries_late", last(364)), w.total("deliveries_made", last(364))),
        "mean_delivery_delay_364": ratio(w.total("deliveries_delay", last(364)), w.total("deliveries_made", last(364))),
        "days_late_last_delivery": w("deliveries_newest").cast("int64"),
        "days_since_late_delivery": w.days_since("deliveries_last_late"),
    }


VIEW = View(
    name="deliveries",
    words=Words(fr="les livraisons", en="deliveries"),
    measures=(
        Measure("deliveries_made", _DELIVERED, (last(364),)),
        Measure("deliveries_late", _DELIVERED, (last(28), last(364)), of=_late),
        Measure("deliveries_delay", _DELIVERED, (last(364),), of=_days_late),
        Measure("deliveries_newest", _DELIVERED, (EVER,), of=lambda e: e.day_number - due_number(e), how="latest"),
        Measure("deliveries_last_late", _DELIVERED, (EVER,), of=_late_day, how="max"),
    ),
    features=(
        FeatureCard("n_deliveries_364", Words(fr="livraisons en un an", en="deliveries in a year"), "count"),
        FeatureCard(
            "n_late_deliveries_28",
            Words(fr="livraisons en retard en 28 jours", en="late deliveries in 28 days"),
            "count",
        ),
        FeatureCard(
            "n_late_deliveries_364", Words(fr="livraisons en retard en un an", en="late deliveries in a year"), "count"
        ),
        FeatureCard(
            "late_delivery_rate_364",
            Words(fr="part des livraisons en retard", en="share of deliveries late"),
            "share",
            _NONE,
        ),
        FeatureCard(
            "mean_delivery_delay_364", Words(fr="retard moyen de livraison", en="mean days late"), "days", _NONE
        ),
        FeatureCard(
            "days_late_last_delivery",
            Words(
                fr="retard de la dernière livraison (négatif : en avance)",
                en="days the last delivery was late (negative: early)",
            ),
            "days",
            _NONE,
        ),
        FeatureCard(
            "days_since_late_delivery",
            Words(fr="jours depuis la dernière livraison en retard", en="days since the last late delivery"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
