"""Climb the ladder: fit each estimator from the simplest up, and keep the simplest that is as good as the best."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from prevenance.kit.progress import Progress
from prevenance.models.base import Estimator, Labels, Positions, Values
from prevenance.models.scores import auc


@dataclass(frozen=True)
class Fold:
    """Holds the rows to learn from and the rows to be judged by."""

    train: Positions
    check: Positions


@dataclass(frozen=True)
class Rung:
    """Says what one estimator reached in cross-validation, and what it cost."""

    estimator: str
    auc: float
    auc_se: float
    seconds: float


@dataclass(frozen=True)
class Climb:
    """Holds the ladder, the estimator that was kept, and its scores on rows that it had not seen.

    Attributes:
        rungs: simplest first.
        chosen: the simplest within one standard error of the best.
        raw: its score of each judged row, NaN where a row was never judged.
        fold_of: the fold in which a row was judged, -1 for none.
    """

    rungs: tuple[Rung, ...]
    chosen: str
    raw: Values
    fold_of: Positions


def climb(
    x: Values,
    y: Labels,
    *,
    folds: Sequence[Fold],
    estimators: Mapping[str, Estimator],
    seed: int,
    progress: Progress,
) -> Climb:
    """Cross-validate every estimator and choose by the one-standard-error rule (Breiman and others, 1984)."""
    rungs: list[Rung] = []
    scores: dict[str, Values] = {}
    ordered = sorted(estimators.values(), key=lambda estimator: estimator.rung)
    progress.step("ladder", len(ordered) * len(folds))
    for estimator in ordered:
        started = time.perf_counter()
        raw, reached = np.full(len(y), np.nan), []
        for fold in folds:
            model = estimator.build(seed).fit(x[fold.train], y[fold.train])
            raw[fold.check] = model.predict_proba(x[fold.check])[:, 1]
            reached.append(auc(y[fold.check], raw[fold.check]))
            progress.advance()
        error = float(np.std(reached, ddof=1) / np.sqrt(len(reached))) if len(reached) > 1 else 0.0
        rungs.append(Rung(estimator.name, float(np.mean(reached)), error, time.perf_counter() - started))
        scores[estimator.name] = raw
    chosen = simplest_within_one_error(rungs)
    fold_of = np.full(len(y), -1, dtype=np.int64)
    for number, fold in enumerate(folds):
        fold_of[fold.check] = number
    return Climb(tuple(rungs), chosen, scores[chosen], fold_of)


def simplest_within_one_error(rungs: Sequence[Rung]) -> str:
    """Return the first rung whose figure is within one standard error of the best one's.

    Example:
        >>> simplest_within_one_error([Rung("plain", 0.80, 0.02, 1), Rung("fancy", 0.81, 0.02, 9)])
        'plain'
        >>> simplest_within_one_error([Rung("plain", 0.70, 0.02, 1), Rung("fancy", 0.81, 0.02, 9)])
        'fancy'
    """
    best = max(rungs, key=lambda rung: rung.auc)
    return next(rung.estimator for rung in rungs if rung.auc >= best.auc - best.auc_se)
