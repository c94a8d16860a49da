"""Measure predictions: ranking, calibration and gains, each with an interval drawn over customers, not over rows."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from prevenance.models.base import Labels, Positions, Values

Flags: TypeAlias = npt.NDArray[np.bool_]
Interval: TypeAlias = tuple[float, float]
_CHUNK = 4_000_000  # weights held at once while drawing intervals


@dataclass(frozen=True)
class Measures:
    """Holds what is said of a set of predictions; intervals cover 95 %."""

    n: int
    positives: int
    auc: float
    auc_interval: Interval
    average_precision: float
    brier: float
    brier_interval: Interval
    ece: float
    lift_at_10: float
    precision_at_flagged: float
    precision_interval: Interval
    n_flagged: int


def auc(y: Labels, score: Values) -> float:
    """Return the probability that a yes ranks above a no; 0.5 when there is only one of them.

    Example:
        >>> auc(np.array([0, 0, 1, 1], dtype=np.int8), np.array([0.1, 0.4, 0.35, 0.8]))
        0.75
    """
    return float(_weighted_aucs(y, score, np.ones((1, len(y))))[0])


def _weighted_aucs(y: Labels, score: Values, weights: Values) -> Values:
    """Return one AUC a row of weights; rows of equal score count half."""
    if len(y) == 0:
        return np.full(len(weights), 0.5)
    order = np.argsort(score, kind="stable")
    ranked, labels = score[order], y[order].astype(np.float64)
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    weights = weights[:, order]
    no = np.diff(np.cumsum(weights * (1 - labels), axis=1)[:, ends], axis=1, prepend=0)
    yes = np.diff(np.cumsum(weights * labels, axis=1)[:, ends], axis=1, prepend=0)
    below = np.cumsum(no, axis=1) - no / 2
    pairs = yes.sum(axis=1) * no.sum(axis=1)
    won = (yes * below).sum(axis=1)
    return np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1.0), 0.5)


def average_precision(y: Labels, score: Values) -> float:
    """Return the area under precision and recall, by steps.

    Example:
        >>> round(average_precision(np.array([0, 0, 1, 1], dtype=np.int8), np.array([0.1, 0.4, 0.35, 0.8])), 4)
        0.8333
    """
    if not y.any():
        return 0.0
    order = np.argsort(-score, kind="stable")
    ranked, labels = score[order], y[order].astype(np.float64)
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    found = np.cumsum(labels)[ends]
    precision = found / (ends + 1)
    return float((np.diff(found, prepend=0.0) * precision).sum() / found[-1])


def ece(y: Labels, probability: Values, n_bins: int = 10) -> float:
    """Return how far probabilities are from what happened, on average over tenths of the rows.

    Example:
        >>> ece(np.array([0, 1], dtype=np.int8), np.array([0.5, 0.5]), n_bins=1)
        0.0
    """
    if len(y) == 0:
        return 0.0
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, n_bins) if len(part)]
    return float(sum(abs(probability[part].mean() - y[part].mean()) * len(part) for part in parts) / len(y))


def share_found(y: Labels, score: Values, share: float) -> float:
    """Return which part of the rows in the top `share` by score is a yes; ties at the edge count in part."""
    k = share * len(y)
    if k <= 0:
        return 0.0
    edge = np.sort(score)[::-1][min(int(np.ceil(k)) - 1, len(y) - 1)]
    above, at = score > edge, score == edge
    found = y[above].sum() + y[at].mean() * (k - above.sum())
    return float(found / k)


def lift(y: Labels, score: Values, share: float = 0.10) -> float:
    """Return how many times more yes there are in the top `share` than on average."""
    base = float(y.mean()) if len(y) else 0.0
    return share_found(y, score, share) / base if base > 0 else 0.0


def draws(groups: Positions, n_draws: int, rng: np.random.Generator) -> Values:
    """Return weights of rows, one line a draw, by drawing whole groups (customers) with replacement."""
    _, inverse = np.unique(groups, return_inverse=True)
    n = int(inverse.max()) + 1 if len(inverse) else 0
    picked = rng.multinomial(n, np.full(n, 1.0 / n), size=n_draws) if n else np.zeros((n_draws, 0))
    return np.asarray(picked[:, inverse], dtype=np.float64)


def measure(
    y: Labels, probability: Values, groups: Positions, *, flagged: Flags, rng: np.random.Generator, n_draws: int = 300
) -> Measures:
    """Measure calibrated probabilities, with intervals from drawing customers again."""
    found_aucs, briers, precisions = [], [], []
    size = max(1, _CHUNK // max(len(y), 1))
    errors = (probability - y) ** 2
    for start in range(0, n_draws, size):
        weights = draws(groups, min(size, n_draws - start), rng)
        found_aucs.append(_weighted_aucs(y, probability, weights))
        briers.append(weights @ errors / weights.sum(axis=1))
        chosen = weights[:, flagged]
        total = chosen.sum(axis=1)
        precisions.append(np.where(total > 0, chosen @ y[flagged] / np.where(total > 0, total, 1.0), 0.0))
    return Measures(
        n=len(y),
        positives=int(y.sum()),
        auc=auc(y, probability),
        auc_interval=_interval(found_aucs),
        average_precision=average_precision(y, probability),
        brier=float(errors.mean()),
        brier_interval=_interval(briers),
        ece=ece(y, probability),
        lift_at_10=lift(y, probability),
        precision_at_flagged=float(y[flagged].mean()) if flagged.any() else 0.0,
        precision_interval=_interval(precisions),
        n_flagged=int(flagged.sum()),
    )


def _interval(drawn: list[Values]) -> Interval:
    low, high = np.quantile(np.concatenate(drawn), [0.025, 0.975])
    return float(low), float(high)


def auc_interval(
    y: Labels, score: Values, groups: Positions, *, rng: np.random.Generator, n_draws: int = 300
) -> Interval:
    """Return the 95 % interval of an AUC from drawing customers again."""
    size = max(1, _CHUNK // max(len(y), 1))
    parts = [
        _weighted_aucs(y, score, draws(groups, min(size, n_draws - start), rng)) for start in range(0, n_draws, size)
    ]
    return _interval(parts)


def reliability(y: Labels, probability: Values, n_bins: int = 10) -> list[dict[str, float]]:
    """Return for each tenth of the rows what was said, what happened, and the 95 % interval of that (Wilson, 1927)."""
    order = np.argsort(probability, kind="stable")
    bins = []
    for part in np.array_split(order, n_bins):
        if not len(part):
            continue
        n, share, z = len(part), float(y[part].mean()), 1.96
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
        said = float(probability[part].mean())
        bins.append({"said": said, "happened": share, "low": middle - half, "high": middle + half, "n": n})
    return bins
