"""Learn by how much a contact changes an outcome, in several ways, the simplest first."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from prevenance.models.base import Values
from prevenance.models.capabilities.uplift_scores import Trial

Effect: TypeAlias = Callable[[Values], Values]
Learner: TypeAlias = Callable[[Values, Trial, int], Effect]
_MOST_TREES, _LEAVES, _FEWEST_IN_LEAF = 120, 6, 200


def _prepared(x: Values) -> Any:  # Any: scikit-learn ships no types
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler()).fit(x)


def _linear(x: Values, y: Values, _seed: int) -> Callable[[Values], Values]:
    """Fit a logistic regression to yes and no, and a ridge to amounts."""
    from sklearn.linear_model import LogisticRegression, Ridge

    ready = _prepared(x)
    if np.isin(y, (0.0, 1.0)).all() and 0 < y.mean() < 1:
        model = LogisticRegression(C=0.3, max_iter=500).fit(ready.transform(x), y)
        return lambda rows: np.asarray(model.predict_proba(ready.transform(rows))[:, 1])
    ridge = Ridge(alpha=10.0).fit(ready.transform(x), y)
    return lambda rows: np.asarray(ridge.predict(ready.transform(rows)))


def _boosted(x: Values, y: Values, seed: int) -> Callable[[Values], Values]:
    import lightgbm

    settings = {
        "objective": "regression", "learning_rate": 0.05, "num_leaves": _LEAVES, "min_data_in_leaf": _FEWEST_IN_LEAF,
        "lambda_l2": 20.0, "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": seed,
        "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbosity": -1,
    }  # fmt: skip
    rows = lightgbm.Dataset(x, label=y, params={"verbosity": -1})
    model = lightgbm.train(settings, rows, num_boost_round=_MOST_TREES)
    return lambda other: np.asarray(model.predict(other), dtype=np.float64)


def _apart(fit: Callable[[Values, Values, int], Callable[[Values], Values]]) -> Learner:
    """Return a T-learner: what each arm would do, learned apart, and the difference."""

    def learn(x: Values, trial: Trial, seed: int) -> Effect:
        with_ = fit(x[trial.treated], trial.outcome[trial.treated], seed)
        without = fit(x[~trial.treated], trial.outcome[~trial.treated], seed)
        return lambda rows: with_(rows) - without(rows)

    return learn


def _crossed(x: Values, trial: Trial, seed: int) -> Effect:
    """Return an X-learner (Künzel et al. 2019): each arm's gain over what the other would have done."""
    with_ = _linear(x[trial.treated], trial.outcome[trial.treated], seed)
    without = _linear(x[~trial.treated], trial.outcome[~trial.treated], seed)
    share = float(trial.treated.mean())
    gain = _boosted(x[trial.treated], trial.outcome[trial.treated] - without(x[trial.treated]), seed)
    miss = _boosted(x[~trial.treated], with_(x[~trial.treated]) - trial.outcome[~trial.treated], seed)
    return lambda rows: share * miss(rows) + (1 - share) * gain(rows)


def _doubly_robust(x: Values, trial: Trial, seed: int) -> Effect:
    """Return a DR-learner (Kennedy 2023): one regression on outcomes corrected for the arm that was not seen."""
    rng = np.random.default_rng(seed)
    half = rng.random(len(trial.outcome)) < 0.5
    corrected = np.empty(len(trial.outcome))
    share = float(trial.treated.mean())
    for mine in (half, ~half):
        other = ~mine
        with_ = _linear(x[other & trial.treated], trial.outcome[other & trial.treated], seed)(x[mine])
        without = _linear(x[other & ~trial.treated], trial.outcome[other & ~trial.treated], seed)(x[mine])
        treated, outcome = trial.treated[mine], trial.outcome[mine]
        miss = np.where(treated, (outcome - with_) / share, -(outcome - without) / (1 - share))
        corrected[mine] = with_ - without + miss
    return _boosted(x, corrected, seed)


LEARNERS: dict[str, Learner] = {
    "t_learner_linear": _apart(_linear),
    "t_learner_boosted": _apart(_boosted),
    "x_learner": _crossed,
    "dr_learner": _doubly_robust,
}
