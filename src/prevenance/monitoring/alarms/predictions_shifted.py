"""Raise an alarm when today's predictions are spread otherwise than the last ones.

Measured by the population stability index over ten equal steps of probability; above 0.25 the shift is commonly called
major (Siddiqi, 2006, "Credit Risk Scorecards").

Example:
    >>> round(stability_index([50, 50], [50, 50]), 3), round(stability_index([90, 10], [50, 50]), 3)
    (0.0, 0.879)
"""

import math
from collections.abc import Sequence

from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words, number
from prevenance.monitoring.base import Alarm, Raised, Watched
from prevenance.records.tables import PREDICTIONS

_MAJOR = 0.25
_STEPS = 10
_FEWEST = 50


def stability_index(before: Sequence[int], now: Sequence[int]) -> float:
    """Return the population stability index of two histograms with the same steps (0: equal).

    An empty step counts half a customer, so that the index stays finite.
    """
    shares_before = [max(n, 0.5) / max(sum(before), 1) for n in before]
    shares_now = [max(n, 0.5) / max(sum(now), 1) for n in now]
    return sum((b - a) * math.log(b / a) for a, b in zip(shares_before, shares_now, strict=True))


def _ask(watched: Watched) -> tuple[Raised, ...]:
    now = naive_utc(watched.timeline.as_of)
    told = watched.lake.read(PREDICTIONS).filter((_.as_of <= now) & _.probability.notnull())
    steps = told.mutate(step=(_.probability * _STEPS).floor().clip(upper=_STEPS - 1).cast("int64"))
    counted = steps.group_by("target", "as_of", "step").agg(n=_.count())
    spread: dict[str, dict[object, list[int]]] = {}
    for row in watched.lake.collect(counted).to_pylist():
        spread.setdefault(row["target"], {}).setdefault(row["as_of"], [0] * _STEPS)[row["step"]] += row["n"]
    return tuple(raised for target, days in sorted(spread.items()) for raised in _compared(target, days))


def _compared(target: str, days: dict[object, list[int]]) -> tuple[Raised, ...]:
    if len(days) < 2:
        return ()
    before, today = (days[day] for day in sorted(days, key=str)[-2:])
    index = stability_index(before, today)
    if index <= _MAJOR or min(sum(before), sum(today)) < _FEWEST:
        return ()
    words = Words(
        fr=f"Les prédictions « {target} » se répartissent autrement que la fois précédente "
        f"(indice {number(index, 'fr', 2)}). Regardez ce qui a changé dans les sources avant d’approuver en nombre.",
        en=f"The predictions “{target}” are spread otherwise than the last time (index {number(index, 'en', 2)}). "
        "Look at what changed in the sources before you approve many.",
    )
    return (Raised(target, "serious", words),)


PREDICTIONS_SHIFTED = Alarm(
    name="predictions_shifted",
    question=Words(
        fr="Les prédictions se répartissent-elles comme d’habitude ?", en="Are the predictions spread as usual?"
    ),
    ask=_ask,
)
