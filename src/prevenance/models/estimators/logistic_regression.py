"""Fit a logistic regression that may bend: each column has its own piecewise straight line, and they add up.

Straight lines alone miss that the first months of a contract are riskier than all later ones together. Hinges at
quantiles (as in MARS, Friedman 1991) keep the model additive, so that each column's share of a score is exact, and
their number grows with the number of yes-labels, so that a small company gets straight lines.
"""

from typing import Any, Self, cast

import numpy as np

from prevenance.kit.words import Words
from prevenance.models.base import Contributions, Estimator, Labels, Model, Positions, Values

_PLAIN = 3  # a column with fewer different values than this is a flag: one line says all
_MOST_KNOTS = 9
_MOST_BENDS = 120  # over all columns, so that time and memory stay bounded for wide tables
_MOST_ROWS = 60_000  # some hundred coefficients need no more; all rows with the rarer label are kept
_RARE_PER_KNOT = 200
_BATCH = 20_000
_STATE = ("medians", "gaps", "knots", "origins", "centres", "scales", "coefficients", "intercept")


class BentLogistic:
    """Learns one coefficient a column, one a hinge and one for "unknown", all shrunk by a ridge."""

    medians: Values  # stands in for a missing value
    gaps: Values  # the columns that have missing values
    knots: list[Values]  # per column, where its line may bend
    origins: Values  # which column each term comes from
    centres: Values
    scales: Values
    coefficients: Values
    intercept: float

    def fit(self, x: Values, y: Labels) -> Self:
        """Learn from rows with labels."""
        from sklearn.linear_model import LogisticRegression

        n_rare = int(min(y.sum(), len(y) - y.sum()))
        n_bendable = sum(_is_bendable(column) for column in x.T)
        n_knots = min(_MOST_KNOTS, n_rare // _RARE_PER_KNOT, max(1, _MOST_BENDS // max(n_bendable, 1)))
        self.medians = _medians(x)
        self.gaps = np.flatnonzero(np.isnan(x).any(axis=0)).astype(np.float64)
        self.knots = [_knots(column, n_knots) for column in x.T]
        picked, weights = _sampled(y)
        terms, self.origins = self._terms(x[picked])
        self.centres, self.scales = terms.mean(axis=0), terms.std(axis=0)
        self.scales[self.scales < 1e-9] = np.inf  # a term that never varies says nothing
        terms -= self.centres
        terms /= self.scales
        strength = float(np.clip((n_rare / 2_000) ** 3, 0.002, 1.0))  # measured: few cases want a far stiffer fit
        solver = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=60, tol=1e-5)
        solver.fit(terms, y[picked], sample_weight=weights)
        self.coefficients, self.intercept = solver.coef_[0], float(solver.intercept_[0])
        return self

    def predict_proba(self, x: Values) -> Values:
        """Return the probabilities of no and yes."""
        slopes = self.coefficients / self.scales
        level = self.intercept - float(self.centres @ slopes)
        batches = [x[at : at + _BATCH] for at in range(0, len(x), _BATCH)]
        score = np.concatenate([level + self._terms(rows)[0] @ slopes for rows in batches] or [np.empty(0)])
        yes = 1.0 / (1.0 + np.exp(-np.clip(score, -35, 35)))
        return np.column_stack([1.0 - yes, yes])

    def contributions(self, x: Values) -> Contributions:
        """Return each column's share of the log-odds, against the average row of the training data."""
        terms, origins = self._terms(x)
        parts = ((terms - self.centres) / self.scales) * self.coefficients
        shares = np.zeros_like(x)
        np.add.at(shares.T, origins.astype(int), parts.T)
        return Contributions(self.intercept, shares)

    def _terms(self, x: Values) -> tuple[Values, Values]:
        missing = np.isnan(x)
        filled = np.where(missing, self.medians, x)
        hinges = [np.maximum(filled[:, [j]] - at, 0.0) for j, at in enumerate(self.knots) if len(at)]
        bent = [j for j, at in enumerate(self.knots) for _ in at]
        gaps = self.gaps.astype(int)
        return np.hstack([filled, missing[:, gaps], *hinges]), np.array([*range(x.shape[1]), *gaps, *bent], dtype=float)


def _medians(x: Values) -> Values:
    known = ~np.isnan(x).all(axis=0)
    medians = np.zeros(x.shape[1])
    medians[known] = np.nanmedian(x[:, known], axis=0)
    return medians


def _is_bendable(column: Values) -> bool:
    known = column[~np.isnan(column)]
    return len(np.unique(known[:5_000])) >= _PLAIN


def _knots(column: Values, n: int) -> Values:
    if n < 1 or not _is_bendable(column):
        return np.empty(0)
    known = column[~np.isnan(column)]
    knots = np.unique(np.quantile(known, np.arange(1, n + 1) / (n + 1)))
    return np.asarray(knots[knots > known.min()], dtype=np.float64)  # a bend at the minimum repeats the line itself


def _sampled(y: Labels) -> tuple[Positions, Values]:
    """Return the rows to fit on and their weights: all of the rarer label, and an even draw of the other."""
    if len(y) <= _MOST_ROWS:
        return np.arange(len(y)), np.ones(len(y))
    rarer = 1 if y.mean() < 0.5 else 0
    rare, common = np.flatnonzero(y == rarer), np.flatnonzero(y != rarer)
    rare_step = max(1, -(-len(rare) // (_MOST_ROWS // 2)))
    rare_kept = rare[::rare_step]
    step = max(1, len(common) // (_MOST_ROWS - len(rare_kept)))
    common_kept = common[::step]
    picked = np.concatenate([rare_kept, common_kept])
    weights = np.repeat(
        [len(rare) / len(rare_kept), len(common) / len(common_kept)], [len(rare_kept), len(common_kept)]
    )
    return picked, weights * (len(picked) / len(y))


def _state(model: Model) -> dict[str, object]:
    return {name: getattr(model, name) for name in _STATE}


def _restore(state: object) -> Model:
    model = BentLogistic()
    for name in _STATE:
        setattr(model, name, cast("dict[str, Any]", state)[name])  # Any: a file's content, checked by its signature
    return model


LOGISTIC_REGRESSION = Estimator(
    name="logistic_regression",
    words=Words(fr="régression logistique à lignes brisées", en="logistic regression with bent lines"),
    rung=1,
    build=lambda _seed: BentLogistic(),
    explain=lambda model, x: cast("BentLogistic", model).contributions(x),
    file_format="skops",
    state=_state,
    restore=_restore,
)
