"""Fit gradient boosting: small trees, each correcting the ones before it (LightGBM)."""

import os
from typing import Any, Self, cast

import numpy as np

from prevenance.kit.words import Words
from prevenance.models.base import Contributions, Estimator, Labels, Model, Values

# Threads that wait by spinning take nine times longer on a busy machine; LightGBM reads this when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_SETTINGS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 4,
    "min_data_in_leaf": 40,
    "lambda_l2": 10.0,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_ROUNDS = 400
_BIG = 20_000  # rows from which leaves may be finer without learning customers by heart


class BoostedTrees:
    """Wraps a LightGBM booster: fits it, answers, and takes its answers apart exactly (TreeSHAP)."""

    def __init__(self, seed: int = 0, booster: Any = None) -> None:  # Any: LightGBM ships no types
        self.seed = seed
        self.booster = booster

    def fit(self, x: Values, y: Labels) -> Self:
        """Learn from rows with labels."""
        import lightgbm

        leaves = 12 if len(y) >= _BIG else 4
        settings = {**_SETTINGS, "seed": self.seed, "num_leaves": leaves}
        rows = lightgbm.Dataset(x, label=y, params={"verbosity": -1})
        self.booster = lightgbm.train(settings, rows, num_boost_round=_ROUNDS)
        return self

    def predict_proba(self, x: Values) -> Values:
        """Return the probabilities of no and yes."""
        yes = np.asarray(self.booster.predict(x, num_threads=2), dtype=np.float64)
        return np.column_stack([1.0 - yes, yes])

    def contributions(self, x: Values) -> Contributions:
        """Return each column's share of the log-odds."""
        parts = np.asarray(self.booster.predict(x, pred_contrib=True, num_threads=2), dtype=np.float64)
        return Contributions(float(parts[0, -1]) if len(parts) else 0.0, parts[:, :-1])


def _restore(state: object) -> Model:
    import lightgbm

    return BoostedTrees(booster=lightgbm.Booster(model_str=str(state)))


GRADIENT_BOOSTING = Estimator(
    name="gradient_boosting",
    words=Words(fr="arbres de décision boostés", en="gradient-boosted trees"),
    rung=3,
    build=BoostedTrees,
    explain=lambda model, x: cast("BoostedTrees", model).contributions(x),
    file_format="lightgbm",
    state=lambda model: cast("BoostedTrees", model).booster.model_to_string(),
    restore=_restore,
)
