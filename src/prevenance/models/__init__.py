"""Models: what is likely next, how sure, and why?

A prediction is a card in `targets/`: the question in words, who is asked about, what counts as yes, how far ahead, and
the plain rule to beat. `train` climbs the ladder of `estimators/` by cross-validation in time, keeps the simplest
within one standard error of the best, calibrates it, judges it once on a later period, looks for leaks and publishes a
signed model; `predict` scores today's customers with a range and reasons in words. `Lab` does it for a flat table.
"""

from prevenance.models.base import Target
from prevenance.models.card import model_card
from prevenance.models.lab import Lab
from prevenance.models.predict import predict
from prevenance.models.rollback import rollback
from prevenance.models.target_catalogue import target_cards
from prevenance.models.train import train

__all__ = ["Lab", "Target", "model_card", "predict", "rollback", "target_cards", "train"]
