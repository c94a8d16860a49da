"""Measure what a request costs in agents' time: the messages they wrote, at the cost of their hour."""

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations


def _observe(observed: Observed) -> ir.Table | None:
    settings = observed.settings
    if settings.cost_per_hour is None:
        return None
    cost_of_message = float(settings.cost_per_hour) * settings.minutes_per_message / 60
    rows = observed.of("ticket_opened", "message_sent")
    is_ticket = (rows.kind == "ticket_opened").cast("float64")
    return observations(rows, numerator=(1 - is_ticket) * cost_of_message, denominator=is_ticket)


COST_PER_TICKET = Kpi(
    name="cost_per_ticket",
    words=Words(fr="Coût d’une demande, temps des agents", en="Cost of a request, agents’ time"),
    unit="money",
    direction="down",
    statistic="ratio",
    observe=_observe,
)
