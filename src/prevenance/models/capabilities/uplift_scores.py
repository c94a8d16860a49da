"""Measure how well an expected effect ranks the people of a randomised test."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prevenance.models.base import Values

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Trial:
    """Holds who of a randomised test was contacted, and what happened."""

    treated: Flags
    outcome: Values

    def where(self, rows: Flags | npt.NDArray[np.int64]) -> "Trial":
        """Return some of its rows."""
        return Trial(self.treated[rows], self.outcome[rows])


def outcome_gap(trial: Trial) -> tuple[float, tuple[float, float]]:
    """Return the difference of mean outcomes between the arms, with its 95 % interval (Welch).

    Example:
        >>> gap, _ = outcome_gap(Trial(np.array([True, True, False, False]), np.array([1.0, 1.0, 0.0, 1.0])))
        >>> gap
        0.5
    """
    with_, without = trial.outcome[trial.treated], trial.outcome[~trial.treated]
    if len(with_) < 2 or len(without) < 2:
        return 0.0, (-np.inf, np.inf)
    gap = float(with_.mean() - without.mean())
    error = float(np.sqrt(with_.var(ddof=1) / len(with_) + without.var(ddof=1) / len(without)))
    return gap, (gap - 1.96 * error, gap + 1.96 * error)


class Curve:
    """Holds the people of a test in the order of their expected effect, ready to be weighed."""

    def __init__(self, trial: Trial, effect: Values) -> None:
        order = np.argsort(-effect, kind="stable")
        self._treated, self._outcome = trial.treated[order], trial.outcome[order]
        # People of the same expected effect are taken together: their order among themselves says nothing.
        self._ends = np.flatnonzero(np.append(effect[order][1:] != effect[order][:-1], True))

    def area(self, weight: Values) -> float:
        """Return the area between the Qini curve and chance, per head, each person counting so many times."""
        n_treated, n_control = np.cumsum(weight * self._treated), np.cumsum(weight * ~self._treated)
        got = np.cumsum(weight * self._treated * self._outcome)
        would = np.cumsum(weight * ~self._treated * self._outcome)
        gained = got - np.divide(would * n_treated, n_control, out=np.zeros_like(would), where=n_control > 0)
        share = np.concatenate([[0.0], np.cumsum(weight)[self._ends] / weight.sum()])
        curve = np.concatenate([[0.0], gained[self._ends] / weight.sum()])
        return float(np.trapezoid(curve - share * curve[-1], share))

    def draws(self, rng: np.random.Generator, n: int) -> Values:
        """Return the area for so many samples of the people, drawn with replacement."""
        people = len(self._outcome)
        counts = (np.bincount(rng.integers(0, people, people), minlength=people) for _ in range(n))
        return np.array([self.area(count.astype(np.float64)) for count in counts])


def qini(trial: Trial, effect: Values) -> float:
    """Return the area between the Qini curve and chance, per head (Radcliffe 2007).

    The curve gives, for each share of the people taken in the order of their expected effect, the outcomes gained by
    contacting them: those of the contacted less those of the held out, brought to the same number.

    Example:
        >>> trial = Trial(np.array([True, False] * 2), np.array([1.0, 0.0, 0.0, 0.0]))
        >>> qini(trial, np.array([2.0, 2.0, 1.0, 1.0])) > 0
        True
    """
    return Curve(trial, effect).area(np.ones(len(effect)))


def qini_draws(trial: Trial, effect: Values, rng: np.random.Generator, n: int) -> Values:
    """Return the area for so many samples of the people, drawn with replacement."""
    return Curve(trial, effect).draws(rng, n)
