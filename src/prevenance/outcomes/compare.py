"""Compare the treated with the held out: the difference, its interval, and a verdict in words."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prevenance.kit.words import Language, Words, number, percent
from prevenance.outcomes.intervals import newcombe, welch

Verdict = Literal["helped", "harmed", "no_difference", "cannot_tell"]
_Z_TWO_SIDED = 1.959963984540054
_Z_POWER = 0.8416212335729143  # the power of 80 % that "needs about" promises

_VERDICTS: dict[Verdict, Words] = {
    "helped": Words(
        fr="L’action a aidé : {treated} contre {held_out} dans le groupe témoin "
        "(écart {difference}, entre {low} et {high}).",
        en="It helped: {treated} against {held_out} in the control group "
        "(difference {difference}, between {low} and {high}).",
    ),
    "harmed": Words(
        fr="L’action a nui : {treated} contre {held_out} dans le groupe témoin "
        "(écart {difference}, entre {low} et {high}).",
        en="It did harm: {treated} against {held_out} in the control group "
        "(difference {difference}, between {low} and {high}).",
    ),
    "no_difference": Words(
        fr="Aucun écart qui vaille la peine : {treated} contre {held_out} (écart entre {low} et {high}).",
        en="No difference worth having: {treated} against {held_out} (difference between {low} and {high}).",
    ),
    "cannot_tell": Words(
        fr="On ne peut pas encore le dire : il faut environ {needs} clients de plus.",
        en="Cannot tell yet: about {needs} more customers are needed.",
    ),
}
_NOBODY = Words(
    fr="On ne peut pas encore le dire : aucun client n’a été suivi assez longtemps dans les deux groupes.",
    en="Cannot tell yet: no customers of both groups have been followed for long enough.",
)


@dataclass(frozen=True)
class Arm:
    """Holds one arm of a comparison: how many customers, and the sums of what was observed of them."""

    n: int
    total: float
    total_squared: float
    is_count: bool

    @classmethod
    def of_counts(cls, n: int, n_yes: int) -> "Arm":
        """Return an arm in which each customer did something or did not."""
        return cls(n, n_yes, n_yes, is_count=True)

    @classmethod
    def of_values(cls, values: Iterable[float]) -> "Arm":
        """Return an arm with one value for each customer."""
        listed = [float(value) for value in values]
        return cls(len(listed), math.fsum(listed), math.fsum(value * value for value in listed), is_count=False)

    @property
    def mean(self) -> float:
        """Return the mean, which is a share where customers are counted."""
        return self.total / self.n

    @property
    def variance(self) -> float:
        """Return the variance between customers."""
        return max(0.0, self.total_squared - self.n * self.mean**2) / (self.n - 1)


@dataclass(frozen=True)
class Comparison:
    """Holds what a comparison says; `needs` is about how many more customers would settle it."""

    n_treated: int
    n_held_out: int
    treated: float | None
    held_out: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    words: Words
    needs: int | None = None


def compare(treated: Arm, held_out: Arm, *, better: Literal["more", "less"], worth_having: float) -> Comparison:
    """Compare two arms by intention to treat and say what may be said.

    The interval is one for a single look (Newcombe for shares, Welch for means); looked at daily, it would be right
    less often than 95 %.

    Args:
        treated: everybody whom chance gave to the action, whether or not it reached them.
        held_out: everybody whom chance kept from it.
        better: whether more or less of this is good.
        worth_having: the smallest difference that would matter, in the unit of the mean.

    Example:
        >>> few = compare(Arm.of_counts(200, 16), Arm.of_counts(22, 2), better="less", worth_having=0.02)
        >>> few.verdict, few.words.en
        ('cannot_tell', 'Cannot tell yet: about 16,900 more customers are needed.')
        >>> compare(Arm.of_counts(4000, 240), Arm.of_counts(4000, 400), better="less", worth_having=0.02).verdict
        'helped'
    """
    if min(treated.n, held_out.n) < (1 if treated.is_count else 2):
        return Comparison(
            treated.n, held_out.n, _mean(treated), _mean(held_out), None, None, None, "cannot_tell", _NOBODY
        )
    low, high = _interval(treated, held_out)
    verdict = _verdict(low, high, better, worth_having)
    needs = _needs(treated, held_out, worth_having) if verdict == "cannot_tell" else None
    figures = {"treated": treated.mean, "held_out": held_out.mean, "difference": treated.mean - held_out.mean}
    return Comparison(
        treated.n, held_out.n, **figures, low=low, high=high, verdict=verdict, needs=needs,
        words=_words(verdict, figures | {"low": low, "high": high}, needs, is_share=treated.is_count),
    )  # fmt: skip


def _mean(arm: Arm) -> float | None:
    return arm.mean if arm.n else None


def _interval(treated: Arm, held_out: Arm) -> tuple[float, float]:
    if treated.is_count:
        return newcombe(int(treated.total), treated.n, int(held_out.total), held_out.n)
    return welch(treated.mean, treated.variance, treated.n, held_out.mean, held_out.variance, held_out.n)


def _verdict(low: float, high: float, better: Literal["more", "less"], worth_having: float) -> Verdict:
    if -worth_having <= low and high <= worth_having:
        return "no_difference"
    if low <= 0 <= high:
        return "cannot_tell"
    return "helped" if (low > 0) == (better == "more") else "harmed"


def _needs(treated: Arm, held_out: Arm, worth_having: float) -> int:
    """Return how many more customers would show a difference worth having in 4 of 5 cases, at the present split."""
    n = treated.n + held_out.n
    if treated.is_count:
        share = (treated.total + held_out.total + 1) / (n + 2)  # never 0 or 1, which would need nobody
        variance = share * (1 - share)
    else:
        variance = ((treated.n - 1) * treated.variance + (held_out.n - 1) * held_out.variance) / (n - 2)
    split = n / treated.n + n / held_out.n
    wanted = variance * split * ((_Z_TWO_SIDED + _Z_POWER) / worth_having) ** 2
    return _about(max(1.0, wanted - n))


def _about(n: float) -> int:
    """Round up to two or three figures: more would claim to know."""
    step = int(10 ** max(0, math.floor(math.log10(n)) - 2))
    return math.ceil(n / step) * step


def _words(verdict: Verdict, figures: dict[str, float], needs: int | None, *, is_share: bool) -> Words:
    def said(language: Language) -> str:
        written = {name: _written(value, language, is_share=is_share, name=name) for name, value in figures.items()}
        wanted = "" if needs is None else number(needs, language)
        return _VERDICTS[verdict].say(language, **written, needs=wanted)

    return Words(fr=said("fr"), en=said("en"))


def _written(value: float, language: Language, *, is_share: bool, name: str) -> str:
    if name in {"treated", "held_out"}:
        return percent(value, language, 1) if is_share else number(value, language, 2)
    sign = "+" if value > 0 else ""
    if not is_share:
        return sign + number(value, language, 2)
    return f"{sign}{number(100 * value, language, 1)} points"
