"""Compute shares, ratios and differences with their 95 % intervals; undefined stays undefined."""

import math
from dataclasses import dataclass

from prevenance.kit.shares import wilson


@dataclass(frozen=True)
class Sums:
    """Holds a cell's sums over customers: of x and y, their squares and product, how many customers."""

    x: float
    y: float
    xx: float
    xy: float
    yy: float
    n_customers: int


@dataclass(frozen=True)
class Estimate:
    """Holds a value with its interval; each is None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


def proportion(sums: Sums) -> Estimate:
    """Return a share with Wilson's interval, over as many observations as the customers' likeness leaves independent.

    Example:
        >>> proportion(Sums(0, 0, 0, 0, 0, 0))
        Estimate(value=None, low=None, high=None)
    """
    if sums.y <= 0:
        return Estimate(None)
    share = sums.x / sums.y
    spread = share * (1 - share) / sums.y
    clustered = _variance(sums, share)
    effective = sums.y if clustered is None or clustered <= spread else sums.y * spread / clustered
    return Estimate(share, *wilson(share * effective, effective))


def ratio(sums: Sums, bounds: tuple[float, float] = (-math.inf, math.inf)) -> Estimate:
    """Return a ratio of sums with Student's interval over customers (linearised; Cochran 1977, chapter 6).

    Example:
        >>> ratio(Sums(x=9, y=3, xx=29, xy=9, yy=3, n_customers=3)).value
        3.0
    """
    if sums.y <= 0:
        return Estimate(None)
    from scipy.stats import t

    value = sums.x / sums.y
    variance = _variance(sums, value)
    if variance is None:
        return Estimate(value)
    half = float(t.ppf(0.975, sums.n_customers - 1)) * math.sqrt(variance)
    return Estimate(value, max(bounds[0], value - half), min(bounds[1], value + half))


def newcombe(yes_1: int, n_1: int, yes_2: int, n_2: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two shares, first minus second (Newcombe 1998, method 10).

    Example:
        >>> [round(limit, 4) for limit in newcombe(56, 70, 48, 80)]
        [0.0524, 0.3339]
    """
    p_1, p_2 = yes_1 / n_1, yes_2 / n_2
    (low_1, high_1), (low_2, high_2) = wilson(yes_1, n_1), wilson(yes_2, n_2)
    difference = p_1 - p_2
    low = difference - math.hypot(p_1 - low_1, high_2 - p_2)
    high = difference + math.hypot(high_1 - p_1, p_2 - low_2)
    return low, high


def welch(mean_1: float, var_1: float, n_1: int, mean_2: float, var_2: float, n_2: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two means, variances unequal (Welch 1947).

    Example:
        >>> [round(limit, 3) for limit in welch(4.2, 0.5, 40, 3.9, 0.7, 30)]
        [-0.079, 0.679]
    """
    from scipy.stats import t

    share_1, share_2 = var_1 / n_1, var_2 / n_2
    spread = share_1 + share_2
    if spread <= 0:
        return mean_1 - mean_2, mean_1 - mean_2
    freedom = spread**2 / (share_1**2 / (n_1 - 1) + share_2**2 / (n_2 - 1))
    half = float(t.ppf(0.975, freedom)) * math.sqrt(spread)
    return mean_1 - mean_2 - half, mean_1 - mean_2 + half


def _variance(sums: Sums, value: float) -> float | None:
    """Return the variance of a ratio over customers; None with fewer than two of them."""
    n = sums.n_customers
    if n < 2:
        return None
    residual = max(0.0, sums.xx - 2 * value * sums.xy + value**2 * sums.yy)
    return n / (n - 1) * residual / sums.y**2
