"""Fit gradient boosting with small trees: each column speaks nearly for itself, and little is learned by heart."""

from typing import cast

from prevenance.kit.words import Words
from prevenance.models.base import Estimator, Model
from prevenance.models.boosting import BoostedTrees, restored

_SETTINGS: dict[str, object] = {
    "learning_rate": 0.03,
    "num_leaves": 4,
    "leaves_of_many": 12,
    "min_data_in_leaf": 40,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
}
_ROUNDS = 400


def _build(seed: int) -> Model:
    return BoostedTrees(seed, settings=_SETTINGS, rounds=_ROUNDS)


GRADIENT_BOOSTING = Estimator(
    name="gradient_boosting",
    words=Words(fr="arbres de décision boostés", en="gradient-boosted trees"),
    rung=3,
    build=_build,
    explain=lambda model, x: cast("BoostedTrees", model).contributions(x),
    file_format="lightgbm",
    state=lambda model: cast("BoostedTrees", model).booster.model_to_string(),
    restore=restored,
)
