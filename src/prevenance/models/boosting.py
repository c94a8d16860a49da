"""Fit gradient boosting with LightGBM: trees, each correcting the ones before it, taken apart exactly (TreeSHAP)."""

import os
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from prevenance.models.base import Contributions, Labels, Values

# Threads that wait by spinning take nine times longer on a busy machine; LightGBM reads this when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_SETTINGS: dict[str, object] = {
    "objective": "binary",
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_BIG = 20_000  # rows from which leaves may be finer without learning customers by heart


class BoostedTrees:
    """Wraps a LightGBM booster: fits it, answers, and takes its answers apart exactly (TreeSHAP)."""

    def __init__(
        self, seed: int = 0, *, settings: Mapping[str, object] | None = None, rounds: int = 0, booster: Any = None
    ) -> None:  # Any: LightGBM ships no types
        self.seed = seed
        self.settings = settings or {}
        self.rounds = rounds
        self.booster = booster

    def fit(self, x: Values, y: Labels) -> Self:
        """Learn from rows with labels; `leaves_of_many` replaces the number of leaves where there are many rows."""
        import lightgbm

        settings = {**_SETTINGS, **self.settings, "seed": self.seed}
        leaves_of_many = settings.pop("leaves_of_many", settings["num_leaves"])
        if len(y) >= _BIG:
            settings["num_leaves"] = leaves_of_many
        rows = lightgbm.Dataset(x, label=y, params={"verbosity": -1})
        self.booster = lightgbm.train(settings, rows, num_boost_round=self.rounds)
        return self

    def predict_proba(self, x: Values) -> Values:
        """Return the probabilities of no and yes."""
        yes = np.asarray(self.booster.predict(x, num_threads=2), dtype=np.float64)
        return np.column_stack([1.0 - yes, yes])

    def contributions(self, x: Values) -> Contributions:
        """Return each column's share of the log-odds."""
        parts = np.asarray(self.booster.predict(x, pred_contrib=True, num_threads=2), dtype=np.float64)
        return Contributions(float(parts[0, -1]) if len(parts) else 0.0, parts[:, :-1])


def restored(state: object) -> BoostedTrees:
    """Return a fitted booster from its text."""
    import lightgbm

    return BoostedTrees(booster=lightgbm.Booster(model_str=str(state)))
