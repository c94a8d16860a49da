"""Measure how many of the contracts that came to a decision were renewed."""

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations


def _observe(observed: Observed) -> ir.Table:
    decided = observed.of("contract_renewed", "contract_ended")
    return observations(decided, numerator=decided.kind == "contract_renewed")


RENEWAL_RATE = Kpi(
    name="renewal_rate",
    words=Words(fr="Contrats renouvelés parmi ceux arrivés à décision", en="Contracts renewed among those decided on"),
    unit="share",
    direction="up",
    statistic="proportion",
    observe=_observe,
    bounds=(0.0, 1.0),
)
