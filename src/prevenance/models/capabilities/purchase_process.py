"""Model how often customers buy, when they silently leave, and what they spend, from three figures a customer."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from prevenance.models.base import Values

_PENALTY_FREE_STARTS = ((0.0, 1.0, 0.0, 1.0), (0.5, 2.0, -0.5, 0.5), (-1.0, 1.5, 0.0, 1.0))


class Purchases(NamedTuple):
    """Holds, a customer a row: repeat purchase days, age at the last of them, age now (in weeks)."""

    frequency: Values
    recency: Values
    age: Values


@dataclass(frozen=True)
class BetaGeometric:
    """Holds a BG/NBD model: customers buy at gamma-distributed rates, and may leave after any purchase.

    Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way", Marketing Science 24(2).
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @classmethod
    def fit(cls, seen: Purchases) -> "BetaGeometric":
        """Find the most likely parameters.

        Example:
            >>> rng = np.random.default_rng(0)
            >>> rate = rng.gamma(1.0, 0.2, 3000)
            >>> bought = rng.poisson(rate * 40.0).astype(float)
            >>> last = np.where(bought > 0, 40.0 * bought / (bought + 1), 0.0)
            >>> BetaGeometric.fit(Purchases(bought, last, np.full(3000, 40.0))).expected(
            ...     Purchases(np.array([8.0]), np.array([38.0]), np.array([40.0])), 10.0
            ... ).round(0).tolist()
            [2.0]
        """
        from scipy.optimize import minimize

        def loss(logs: Values) -> float:
            return -float(_log_likelihood(np.exp(logs), seen).mean())

        fits = []
        for start in _PENALTY_FREE_STARTS:
            rough = minimize(loss, np.array(start), method="Nelder-Mead", options={"maxiter": 2000, "fatol": 1e-9})
            fits.append(minimize(loss, rough.x, method="BFGS", options={"gtol": 1e-8}))
        best = min(fits, key=lambda fit: float(fit.fun))
        r, alpha, a, b = (float(value) for value in np.exp(best.x))
        return cls(r, alpha, a, b, -float(best.fun) * len(seen.age))

    def is_alive(self, seen: Purchases) -> Values:
        """Return the probability that a customer has not left."""
        x, last, age = seen
        odds = self.a / (self.b + np.maximum(x, 1) - 1) * ((self.alpha + age) / (self.alpha + last)) ** (self.r + x)
        return np.where(x == 0, 1.0, 1 / (1 + odds))

    def expected(self, seen: Purchases, weeks: float) -> Values:
        """Return the purchases to expect within so many weeks (equation 10 of the paper)."""
        from scipy.special import hyp2f1

        x, _, age = seen
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        if abs(a - 1) < 1e-6:
            a = 1 + 1e-6
        z = weeks / (alpha + age + weeks)
        grown = ((alpha + age) / (alpha + age + weeks)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
        fresh = (a + b + x - 1) / (a - 1) * (1 - grown)
        # Where the series does not converge (customers who leave almost never, or at once), the plain rate stands in.
        plain = (r + x) / (alpha + age) * weeks
        fresh = np.where(np.isfinite(fresh) & (fresh >= 0), np.minimum(fresh, plain), plain)
        return np.asarray(fresh * self.is_alive(seen), dtype=np.float64)

    def buys_again(self, seen: Purchases, weeks: float) -> Values:
        """Return the probability of at least one purchase within so many weeks, for one still a customer or not."""
        x, _, age = seen
        none = ((self.alpha + age) / (self.alpha + age + weeks)) ** (self.r + x)
        return np.asarray(self.is_alive(seen) * (1 - none), dtype=np.float64)


def _log_likelihood(parameters: Values, seen: Purchases) -> Values:
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    x, last, age = seen
    bought = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
    return np.asarray(bought + np.where(x > 0, np.logaddexp(stayed, left), stayed), dtype=np.float64)


@dataclass(frozen=True)
class GammaGamma:
    """Holds a Gamma-Gamma model of what one purchase is worth.

    Source: Fader and Hardie (2013), "The Gamma-Gamma model of monetary value".
    """

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, frequency: Values, mean_amount: Values) -> "GammaGamma":
        """Find the most likely parameters from customers who bought again, with their mean amounts above zero."""
        from scipy.optimize import minimize
        from scipy.special import gammaln

        def loss(logs: Values) -> float:
            p, q, v = np.exp(logs)
            n, mean = frequency, mean_amount
            each = (
                gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v)
                + (p * n - 1) * np.log(mean) + p * n * np.log(n) - (p * n + q) * np.log(n * mean + v)
            )  # fmt: skip
            return -float(each.mean())

        start = np.log([2.0, 3.0, float(np.median(mean_amount)) + 1e-6])
        found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-9})
        p, q, v = (float(value) for value in np.exp(found.x))
        return cls(p, q, v)

    def expected(self, frequency: Values, mean_amount: Values) -> Values:
        """Return the amount to expect of a customer's next purchase; few purchases lean on everybody's."""
        weight = self.p * frequency
        overall = self.p * self.v / max(self.q - 1, 1e-6)
        share = weight / (weight + self.q - 1)
        return np.asarray((1 - share) * overall + share * np.nan_to_num(mean_amount), dtype=np.float64)
