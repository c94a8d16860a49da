"""Measure when, how often and for how much a customer buys: recency, frequency, monetary value."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, between, last, number, ratio
from prevenance.kit.words import Words

_ORDERS = ("order_placed",)
_NEVER = Words(fr="jamais commandé", en="never ordered")
_ONCE = Words(fr="moins de deux jours d’achat", en="fewer than two days of purchase")


def _products(facts: Facts) -> ir.Table:
    rows = facts.spread(facts.of(*_ORDERS, "product_bought"), 84)
    return rows.group_by("customer_id", "slot").agg(orders_products=rows.label.nunique())


def _build(w: Sums) -> Mapping[str, ir.Value]:
    days, first, newest = w.total("orders_days"), w("orders_first_day"), w("orders_last_day")
    repeats = (days > number(0.0)).ifelse(days - number(1.0), number(0.0))
    return {
        "n_orders_28": w.count("orders_placed", last(28)),
        "n_orders_84": w.count("orders_placed", last(84)),
        "n_orders_364": w.count("orders_placed", last(364)),
        "n_orders_ever": w.count("orders_placed"),
        "n_orders_before_84": w.count("orders_placed", between(84, 112)),
        "n_orders_ahead_last_year": w.count("orders_placed", between(280, 364)),
        "order_amount_84": w.total("orders_amount", last(84)),
        "order_amount_364": w.total("orders_amount", last(364)),
        "order_value_mean": ratio(w.total("orders_amount"), days),
        "n_order_days": days.cast("int64"),
        "n_repeat_order_days": repeats.cast("int64"),
        "days_first_to_last_order": (newest - first).cast("int64"),
        "days_since_first_order": w.days_since("orders_first_day"),
        "days_since_order": w.days_since("orders_last_day"),
        "days_between_orders": ratio(newest - first, repeats),
        "n_products_84": w.column("orders_products").fill_null(0).cast("int64"),
    }


VIEW = View(
    name="orders",
    words=Words(fr="les commandes", en="orders"),
    measures=(
        Measure("orders_placed", _ORDERS, (last(28), last(84), last(364), EVER, between(84, 112), between(280, 364))),
        Measure("orders_amount", _ORDERS, (last(84), last(364), EVER), of=lambda e: e.amount),
        Measure("orders_days", _ORDERS, (EVER,), how="days"),
        Measure("orders_first_day", _ORDERS, (EVER,), of=lambda e: e.day_number, how="min"),
        Measure("orders_last_day", _ORDERS, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    branches=(_products,),
    features=(
        FeatureCard("n_orders_28", Words(fr="commandes sur 28 jours", en="orders in the last 28 days"), "count"),
        FeatureCard("n_orders_84", Words(fr="commandes sur 84 jours", en="orders in the last 84 days"), "count"),
        FeatureCard("n_orders_364", Words(fr="commandes sur un an", en="orders in the last year"), "count"),
        FeatureCard("n_orders_ever", Words(fr="commandes en tout", en="orders in all"), "count"),
        FeatureCard(
            "n_orders_before_84",
            Words(fr="commandes du mois d’avant ces 84 jours", en="orders in the month before 84 days ago"),
            "count",
        ),
        FeatureCard(
            "n_orders_ahead_last_year",
            Words(
                fr="commandes, l’an dernier, dans les 84 jours à venir", en="orders in the coming 84 days, a year ago"
            ),
            "count",
        ),
        FeatureCard(
            "order_amount_84", Words(fr="montant commandé sur 84 jours", en="amount ordered in 84 days"), "money"
        ),
        FeatureCard("order_amount_364", Words(fr="montant commandé sur un an", en="amount ordered in a year"), "money"),
        FeatureCard(
            "order_value_mean",
            Words(fr="valeur moyenne d’un jour d’achat", en="mean value of a day of purchase"),
            "money",
            _NEVER,
        ),
        FeatureCard("n_order_days", Words(fr="jours d’achat", en="days of purchase"), "count"),
        FeatureCard("n_repeat_order_days", Words(fr="retours pour acheter", en="returns to buy"), "count"),
        FeatureCard(
            "days_first_to_last_order",
            Words(fr="jours entre le premier et le dernier achat", en="days from first to last purchase"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "days_since_first_order",
            Words(fr="jours depuis le premier achat", en="days since the first purchase"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "days_since_order",
            Words(fr="jours depuis le dernier achat", en="days since the last purchase"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "days_between_orders", Words(fr="jours entre deux achats", en="days between purchases"), "days", _ONCE
        ),
        FeatureCard(
            "n_products_84", Words(fr="produits différents sur 84 jours", en="different products in 84 days"), "count"
        ),
    ),
    build=_build,
)
