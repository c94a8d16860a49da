"""Measure how satisfied customers say they are."""

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations


def _observe(observed: Observed) -> ir.Table:
    ratings = observed.of("rating_given")
    rated = ratings.filter(ratings.quantity.between(1, 5))
    return observations(rated, numerator=rated.quantity)


CSAT = Kpi(
    name="csat",
    words=Words(fr="Satisfaction (note moyenne sur 5)", en="Satisfaction (mean rating out of 5)"),
    unit="score",
    direction="up",
    statistic="ratio",
    observe=_observe,
    bounds=(1.0, 5.0),
)
