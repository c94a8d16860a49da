"""Measure how far the hours of recent logins lie outside the customer's own habit."""

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import FeatureCard, Measure, Sums, View, between, last, number, ratio
from prevenance.kit.words import Words

_NOW, _HABIT = last(14), between(14, 98)
_PARTS = 6  # of the day, four hours each, in UTC: a habit is compared with itself, so the zone does not matter
_RARE = 0.05  # a part of the day is outside the habit when fewer than this share of the logins fell into it
_FEW = Words(fr="trop peu de connexions pour connaître l’habitude", en="too few logins to know the habit")


def _in_part(part: int) -> Callable[[ir.Table], ir.Value]:
    first = 24 // _PARTS * part
    return lambda event: event.occurred_at.hour().between(first, first + 24 // _PARTS - 1).cast("float64")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    now = [w.total(f"hours_part_{part}", _NOW) for part in range(_PARTS)]
    habit = [w.total(f"hours_part_{part}", _HABIT) for part in range(_PARTS)]
    n_now, n_habit = sum(now[1:], now[0]), sum(habit[1:], habit[0])
    outside = [
        (before < number(_RARE) * n_habit).ifelse(recent, number(0.0))
        for recent, before in zip(now, habit, strict=True)
    ]
    known = n_habit >= number(20.0)
    share = ratio(sum(outside[1:], outside[0]), n_now)
    return {
        "n_logins_14": n_now.cast("int64"),
        "n_logins_before_14": n_habit.cast("int64"),
        "unusual_hours_rate": known.ifelse(share, ibis.null("float64")),
    }


VIEW = View(
    name="hours",
    words=Words(fr="les heures de connexion", en="login hours"),
    measures=tuple(
        Measure(f"hours_part_{part}", ("login_recorded",), (_NOW, _HABIT), of=_in_part(part)) for part in range(_PARTS)
    ),
    features=(
        FeatureCard("n_logins_14", Words(fr="connexions sur 14 jours", en="logins in the last 14 days"), "count"),
        FeatureCard(
            "n_logins_before_14",
            Words(fr="connexions dans les 84 jours d’avant", en="logins in the 84 days before those"),
            "count",
        ),
        FeatureCard(
            "unusual_hours_rate",
            Words(
                fr="part des connexions récentes à des heures inhabituelles",
                en="share of recent logins at unusual hours",
            ),
            "share",
            _FEW,
        ),
    ),
    build=_build,
)
