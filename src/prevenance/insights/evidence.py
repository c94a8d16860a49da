"""Weigh what rows say for a rule: how many independent ones they are worth, and how many rules were tried."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """Holds how many rows a rule holds for, and how many independent ones that is worth, with and without outcome."""

    n_rows: int
    yes: float
    n: float


def counted_rows(answers: Flags, owners: Numbers, likeness: float) -> Counted:
    """Count rows, a customer's for less the more they are alike: by what one rule shows, and by what all rows show.

    Few rows that all say the same cannot show it themselves.
    """
    n = len(answers)
    if not n:
        return Counted(0, 0.0, 0.0)
    sizes = np.unique(owners, return_counts=True)[1]
    times = max(1.0, _repetition(answers, owners), 1 + (float((sizes**2).sum()) / n - 1) * likeness)
    return Counted(n, float(answers.sum()) / times, n / times)


def _repetition(answers: Flags, owners: Numbers) -> float:
    """Return the design effect: how many rows are worth one independent one."""
    share = float(answers.mean())
    if share in (0.0, 1.0):
        return 1.0
    _, place = np.unique(owners, return_inverse=True)
    spread = np.bincount(place, weights=answers - share)
    return float((spread**2).sum()) / (len(answers) * share * (1 - share))


def likeness_of(answers: Flags, owners: Numbers) -> float:
    """Return how alike the rows of one customer are, from 0 to 1 (the correlation within clusters)."""
    sizes = np.unique(owners, return_counts=True)[1]
    size = float((sizes**2).sum()) / len(answers)
    return min(1.0, max(0.0, (_repetition(answers, owners) - 1) / (size - 1))) if size > 1 else 0.0


def corrected(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return q-values after Benjamini and Yekutieli (2001), which hold however the rules depend on each other."""
    n = len(p_values)
    if n == 0:
        return p_values
    harmonic = float((1 / np.arange(1, n + 1)).sum())
    order = np.argsort(p_values)
    raised = p_values[order] * n * harmonic / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q
