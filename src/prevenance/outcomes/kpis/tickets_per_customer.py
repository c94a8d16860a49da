"""Measure how many requests each present customer opens in a month.

Present is who gave any sign of life in the month or the eleven before it; a month without a request counts as zero.
"""

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations

_PRESENT_MONTHS = 12


def _observe(observed: Observed) -> ir.Table:
    opened = observed.of("ticket_opened").group_by("customer_id", "month").agg(n_opened=ibis._.count())
    present = _present(observed)
    joined = present.left_join(opened, ["customer_id", "month"]).drop("customer_id_right", "month_right")
    return observations(joined, numerator=joined.n_opened.fill_null(0))


def _present(observed: Observed) -> ir.Table:
    """Return each customer's months from each sign of life to the next, or to the end of the twelve."""
    alive = observed.events.select("customer_id", "month").distinct()
    numbered = alive.mutate(number=alive.month.year() * 12 + alive.month.month() - 1)
    next_number = numbered.number.lead().over(ibis.window(group_by="customer_id", order_by="number"))
    today = observed.as_of.year * 12 + observed.as_of.month
    until = ibis.least(next_number.fill_null(today), numbered.number + _PRESENT_MONTHS, ibis.literal(today))
    spans = numbered.mutate(until=until)
    filled = spans.select("customer_id", number=ibis.range(spans.number, spans.until).unnest())
    month = ibis.date(filled.number // 12, filled.number % 12 + 1, 1)
    return filled.select("customer_id", month=month)


TICKETS_PER_CUSTOMER = Kpi(
    name="tickets_per_customer",
    words=Words(fr="Demandes par client présent et par mois", en="Requests per present customer and month"),
    unit="count",
    direction="down",
    statistic="ratio",
    observe=_observe,
)
