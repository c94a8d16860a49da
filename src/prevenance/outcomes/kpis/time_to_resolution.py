"""Measure how long customers wait for a solution, from opening to solving."""

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations


def _observe(observed: Observed) -> ir.Table:
    solved = observed.of("ticket_solved")
    timed = solved.filter(solved.quantity >= 0)
    return observations(timed, numerator=timed.quantity)


TIME_TO_RESOLUTION = Kpi(
    name="time_to_resolution",
    words=Words(fr="Heures jusqu’à la solution, en moyenne", en="Hours to the solution, on average"),
    unit="hours",
    direction="down",
    statistic="ratio",
    observe=_observe,
)
