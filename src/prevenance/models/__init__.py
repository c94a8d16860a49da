"""Models: what is likely next, how sure, and why?

A prediction is a card in `targets/`: the question in words, who is asked about, what counts as yes, how far ahead, and
the plain rule to beat. `train` climbs the ladder of `estimators/` by cross-validation in time, keeps the simplest
within one standard error of the best, calibrates it, judges it once on a later period, looks for leaks and publishes a
signed model. It speaks unless it is worse than the one before, or a person chose that one (`Versions`). `predict`
scores today's customers with a range and reasons in words. `Lab` does it for a flat table.
"""

from prevenance.models.base import Target
from prevenance.models.card import model_card
from prevenance.models.lab import Lab
from prevenance.models.predict import predict
from prevenance.models.target_catalogue import target_cards
from prevenance.models.train import train
from prevenance.models.versions import Versions

__all__ = ["Lab", "Target", "Versions", "model_card", "predict", "target_cards", "train"]
