"""Turn scores into probabilities that come true as often as they say, with a range that admits what is not known."""

from dataclasses import dataclass
from typing import Literal, Self, cast

import numpy as np

from prevenance.models.base import Labels, Positions, Values

_MANY = 2_000  # customers with the outcome from which a free curve beats a fixed one
_LIMIT = 1e-4  # nothing is certain: no probability leaves [limit, 1 - limit]
_LIKE = 0.35  # log-odds within which two scores are alike
_FEWEST_LIKE = 3.0  # customers that a range pretends to have seen where there was none
_SURE = 0.90  # the range is meant to hold the true probability in nine cases of ten


def log_odds(probability: Values) -> Values:
    """Return the logarithm of the odds, kept finite.

    Example:
        >>> float(log_odds(np.array([0.5]))[0])
        0.0
    """
    safe = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(safe / (1 - safe)), dtype=np.float64)


@dataclass(frozen=True)
class Calibration:
    """Maps a model's raw score to a probability, and a probability to its range.

    Attributes:
        kind: `sigmoid` bends the log-odds by two numbers (Platt, 1999); `isotonic` follows a rising curve.
        x: sigmoid: slope and intercept; isotonic: raw scores at which the curve is known.
        y: isotonic: the probabilities there.
        grid: probabilities at which the range is known.
        low: the lower end of the range there.
        high: the upper end.
    """

    kind: Literal["sigmoid", "isotonic"]
    x: tuple[float, ...]
    y: tuple[float, ...] = ()
    grid: tuple[float, ...] = (0.0, 1.0)
    low: tuple[float, ...] = (0.0, 0.0)
    high: tuple[float, ...] = (1.0, 1.0)

    def apply(self, raw: Values) -> Values:
        """Return the calibrated probabilities of raw scores."""
        if self.kind == "sigmoid":
            bent = 1 / (1 + np.exp(-(self.x[0] * log_odds(raw) + self.x[1])))
        else:
            bent = np.interp(raw, self.x, self.y)
        return np.asarray(np.clip(bent, _LIMIT, 1 - _LIMIT), dtype=np.float64)

    def ranges(self, probability: Values) -> tuple[Values, Values]:
        """Return the range of each probability: what happened to customers with like scores, and how few they were."""
        low = np.interp(probability, self.grid, self.low)
        high = np.interp(probability, self.grid, self.high)
        return np.minimum(low, probability), np.maximum(high, probability)

    def to_json(self) -> dict[str, object]:
        """Return it as plain data for a manifest."""
        return {name: getattr(self, name) for name in ("kind", "x", "y", "grid", "low", "high")}

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Self:
        """Return what `to_json` wrote."""
        numbers = {name: tuple(cast("list[float]", data[name])) for name in ("x", "y", "grid", "low", "high")}
        return cls(kind=cast("Literal['sigmoid', 'isotonic']", data["kind"]), **numbers)


def calibrate(y: Labels, raw: Values, groups: Positions) -> Calibration:
    """Learn the map from out-of-fold scores, and the ranges from how customers with like scores fared.

    Example:
        >>> raw = np.linspace(0.05, 0.95, 400)
        >>> y = (np.arange(400) * 7 % 10 + 0.5 < raw * 10).astype(np.int8)
        >>> bool(abs(calibrate(y, raw, np.arange(400)).apply(np.array([0.5]))[0] - 0.5) < 0.05)
        True
    """
    found = len(np.unique(groups[y == 1]))
    curve = _isotonic(y, raw) if found >= _MANY else _sigmoid(y, raw)
    grid, low, high = _ranges(curve.apply(raw), groups)
    return Calibration(curve.kind, curve.x, curve.y, grid, low, high)


def _sigmoid(y: Labels, raw: Values) -> Calibration:
    """Fit slope and intercept by Newton's steps, towards a slope of one where there is little to learn from."""
    odds = log_odds(raw)
    columns = np.column_stack([odds, np.ones(len(y))])
    # Platt's targets: a small sample never proves a 0 or a 1.
    aims = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / (len(y) - y.sum() + 2))
    weights, start, ridge = np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.diag([1.0, 1e-3])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(columns @ weights, -35, 35)))
        slope = columns.T @ (chance - aims) + ridge @ (weights - start)
        curve = (columns * (chance * (1 - chance))[:, None]).T @ columns + ridge
        step = np.linalg.solve(curve, slope)
        weights = weights - np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-9:
            break
    return Calibration("sigmoid", (max(float(weights[0]), 0.01), float(weights[1])))


def _isotonic(y: Labels, raw: Values) -> Calibration:
    """Fit a rising step curve, then join the middles of its steps so that equal scores do not pile up."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(out_of_bounds="clip").fit_transform(raw, y)
    order = np.argsort(raw, kind="stable")
    raw, fitted = raw[order], fitted[order]
    starts = np.flatnonzero(np.append(True, fitted[1:] != fitted[:-1]))
    counts = np.diff(np.append(starts, len(fitted)))
    middles = np.add.reduceat(raw, starts) / counts
    shares = (fitted[starts] * counts + 0.5) / (counts + 1)
    return Calibration("isotonic", tuple(map(float, middles)), tuple(map(float, np.maximum.accumulate(shares))))


def _ranges(probability: Values, groups: Positions) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Return the interval that the customers with a like score leave around each probability (Jeffreys)."""
    from scipy.stats import beta

    rows_each = len(groups) / max(len(np.unique(groups)), 1)  # one customer at twelve cutoffs is one, not twelve
    ranked = np.sort(log_odds(probability))
    grid = np.unique([_LIMIT, *np.quantile(probability, np.linspace(0, 1, 41)), 0.25, 0.5, 0.75, 1 - _LIMIT])
    at = log_odds(grid)
    like = np.searchsorted(ranked, at + _LIKE, "right") - np.searchsorted(ranked, at - _LIKE, "left")
    n = np.maximum(like / rows_each, _FEWEST_LIKE)
    tail, yes, no = (1 - _SURE) / 2, grid * n + 0.5, (1 - grid) * n + 0.5
    low, high = beta.ppf(tail, yes, no), beta.ppf(1 - tail, yes, no)
    return tuple(map(float, grid)), tuple(map(float, low)), tuple(map(float, high))


def cross_calibrate(y: Labels, raw: Values, groups: Positions, folds: Positions) -> Values:
    """Return probabilities in which no row has helped to calibrate itself, for figures that do not flatter."""
    out = np.zeros(len(y))
    for fold in np.unique(folds):
        here = folds == fold
        out[here] = calibrate(y[~here], raw[~here], groups[~here]).apply(raw[here])
    return out
