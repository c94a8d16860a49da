"""Fit gradient boosting with larger trees, which see how columns act together: a machine fails at load and wear."""

from typing import cast

from prevenance.kit.words import Words
from prevenance.models.base import Estimator, Model
from prevenance.models.boosting import BoostedTrees, restored

_SETTINGS: dict[str, object] = {
    "learning_rate": 0.08,
    "num_leaves": 16,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
    "feature_fraction": 1.0,
}
_ROUNDS = 150


def _build(seed: int) -> Model:
    return BoostedTrees(seed, settings=_SETTINGS, rounds=_ROUNDS)


DEEP_GRADIENT_BOOSTING = Estimator(
    name="deep_gradient_boosting",
    words=Words(fr="arbres de décision boostés, profonds", en="deep gradient-boosted trees"),
    rung=4,
    build=_build,
    explain=lambda model, x: cast("BoostedTrees", model).contributions(x),
    file_format="lightgbm",
    state=lambda model: cast("BoostedTrees", model).booster.model_to_string(),
    restore=restored,
)
