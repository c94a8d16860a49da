"""Give shares their 95 % interval."""

import math

Z = 1.959963984540054  # 95 %, two sides


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; `n` need not be whole (effective sample sizes).

    Wilson (1927), JASA 22.

    Example:
        >>> [round(limit, 4) for limit in wilson(8, 10)]
        [0.4902, 0.9433]
    """
    share = successes / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)
