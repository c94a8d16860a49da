"""Outcomes: did it help?

`measure` computes the KPIs (`kpis/`) month by month with their intervals, and freezes a baseline before anything was
done. `effects` sets those to whom chance gave an action beside those whom it kept from it. `compare` says of two such
groups what may be said: helped, harmed, no difference worth having, or cannot tell yet, and how many more it needs.
"""

from prevenance.outcomes.base import KpiSettings as KpiSettings
from prevenance.outcomes.base import KpiValue as KpiValue
from prevenance.outcomes.compare import Arm as Arm
from prevenance.outcomes.compare import Comparison as Comparison
from prevenance.outcomes.compare import compare
from prevenance.outcomes.effects import Effect as Effect
from prevenance.outcomes.effects import effects
from prevenance.outcomes.measure import measure

__all__ = ["compare", "effects", "measure"]
