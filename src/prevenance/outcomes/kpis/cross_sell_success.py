"""Measure how many returning customers chose something they had never bought before."""

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations


def _observe(observed: Observed) -> ir.Table:
    bought = observed.of("order_placed", "product_bought").filter(ibis._.label.notnull())
    firsts = bought.group_by("customer_id", "label").agg(first_month=ibis._.month.min())
    since = bought.group_by("customer_id").agg(customer_since=ibis._.month.min())
    lines = bought.select("customer_id", "label", "month").distinct().join(firsts, ["customer_id", "label"])
    months = lines.group_by("customer_id", "month").agg(has_new=(lines.first_month == lines.month).max())
    returning = months.join(since, "customer_id").filter(ibis._.month > ibis._.customer_since)
    return observations(returning, numerator=returning.has_new)


CROSS_SELL_SUCCESS = Kpi(
    name="cross_sell_success",
    words=Words(
        fr="Clients fidèles ayant choisi un produit nouveau pour eux",
        en="Returning customers who chose a product new to them",
    ),
    unit="share",
    direction="up",
    statistic="proportion",
    observe=_observe,
    bounds=(0.0, 1.0),
)
