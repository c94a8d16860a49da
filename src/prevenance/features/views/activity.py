"""Measure how often, how regularly and how lately a customer's people come."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import (
    EVER,
    FeatureCard,
    Measure,
    Sums,
    View,
    between,
    last,
    number,
    ratio,
)
from prevenance.kit.words import Words

_LOGINS = ("login_recorded",)
_NEVER = Words(fr="jamais connecté", en="never logged in")
_QUIET = Words(fr="aucune connexion avec laquelle comparer", en="no logins to compare with")
_TREND_DAYS = 56


def _build(w: Sums) -> Mapping[str, ir.Value]:
    now, before = w.total("activity_logins", last(28)), w.total("activity_logins", between(28, 56))
    return {
        "n_logins_7": w.count("activity_logins", last(7)),
        "n_logins_28": w.count("activity_logins", last(28)),
        "n_logins_84": w.count("activity_logins", last(84)),
        "n_logins_364": w.count("activity_logins", last(364)),
        "n_logins_before_28": w.count("activity_logins", between(28, 56)),
        "n_active_days_28": w.count("activity_days", last(28)),
        "n_active_days_84": w.count("activity_days", last(84)),
        "days_since_login": w.days_since("activity_last_day"),
        "login_trend": ratio(now, before),
        "login_slope": _slope(w),
        "login_share_of_28_in_84": ratio(now, w.total("activity_logins", last(84))),
    }


def _slope(w: Sums) -> ir.Value:
    """Return the least-squares change of logins a week, per week, over the last eight.

    With x the days before the cutoff (1 to 56), the slope is (sum of x n - mean x * sum of n) / (sum of squares of x),
    a combination of two sums that gaps can add up; 49 turns days into weeks on both axes.
    """
    n = w.total("activity_logins", last(_TREND_DAYS))
    ages = n * w.cutoff_day.cast("float64") - w.total("activity_day_numbers", last(_TREND_DAYS))
    middle, squares = (_TREND_DAYS + 1) / 2, _TREND_DAYS * (_TREND_DAYS**2 - 1) / 12
    return (number(middle) * n - ages) * number(49 / squares)


VIEW = View(
    name="activity",
    words=Words(fr="les connexions", en="logins"),
    measures=(
        Measure("activity_logins", _LOGINS, (last(7), last(28), last(56), last(84), last(364), between(28, 56))),
        Measure("activity_days", _LOGINS, (last(28), last(84)), how="days"),
        Measure("activity_last_day", _LOGINS, (EVER,), of=lambda e: e.day_number, how="max"),
        Measure("activity_day_numbers", _LOGINS, (last(_TREND_DAYS),), of=lambda e: e.day_number),
    ),
    features=(
        FeatureCard("n_logins_7", Words(fr="connexions sur 7 jours", en="logins in the last 7 days"), "count"),
        FeatureCard("n_logins_28", Words(fr="connexions sur 28 jours", en="logins in the last 28 days"), "count"),
        FeatureCard("n_logins_84", Words(fr="connexions sur 84 jours", en="logins in the last 84 days"), "count"),
        FeatureCard("n_logins_364", Words(fr="connexions sur un an", en="logins in the last year"), "count"),
        FeatureCard(
            "n_logins_before_28",
            Words(fr="connexions dans les 28 jours d’avant", en="logins in the 28 days before those"),
            "count",
        ),
        FeatureCard("n_active_days_28", Words(fr="jours actifs sur 28", en="active days in the last 28"), "days"),
        FeatureCard("n_active_days_84", Words(fr="jours actifs sur 84", en="active days in the last 84"), "days"),
        FeatureCard(
            "days_since_login",
            Words(fr="jours depuis la dernière connexion", en="days since the last login"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "login_trend",
            Words(fr="connexions sur 28 jours rapportées aux 28 d’avant", en="logins in 28 days over the 28 before"),
            "ratio",
            _QUIET,
        ),
        FeatureCard(
            "login_slope",
            Words(fr="évolution hebdomadaire des connexions", en="weekly change in logins"),
            "logins a week, per week",
        ),
        FeatureCard(
            "login_share_of_28_in_84",
            Words(fr="part des 84 derniers jours dans les 28 derniers", en="share of 84 days' logins in the last 28"),
            "share",
            _QUIET,
        ),
    ),
    build=_build,
)
