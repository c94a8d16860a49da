"""Measure how near usage is to what the customer's plan allows, and how fast it grows."""

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, between, number, ratio
from prevenance.kit.words import Words

_METRICS = {
    "seats": Words(fr="les places", en="seats"),
    "storage_gb": Words(fr="le stockage", en="storage"),
    "api_calls": Words(fr="les appels d’API", en="API calls"),
}
_BEFORE = between(28, 112)
_UNMEASURED = Words(fr="usage non mesuré", en="usage not measured")
_NOT_GROWING = Words(fr="usage non mesuré ou qui n’augmente pas", en="usage not measured, or not growing")
_NO_BEFORE = Words(fr="rien de mesuré un mois plus tôt", en="nothing measured a month earlier")


def _said(metric: str, column: str) -> Callable[[ir.Table], ir.Value]:
    return lambda event: (event.label == metric).ifelse(event[column], None)


def _measures(metric: str) -> tuple[Measure, ...]:
    kinds, windows = ("usage_measured",), (EVER, _BEFORE)
    return (
        Measure(f"limits_{metric}", kinds, windows, of=_said(metric, "quantity"), how="latest"),
        Measure(f"limits_{metric}_limit", kinds, (EVER,), of=_said(metric, "limit_quantity"), how="latest"),
        Measure(f"limits_{metric}_day", kinds, windows, of=_said(metric, "day_number"), how="max"),
    )


def _build(w: Sums) -> Mapping[str, ir.Value]:
    built: dict[str, ir.Value] = {}
    for metric in _METRICS:
        now, before = w(f"limits_{metric}"), w(f"limits_{metric}", _BEFORE)
        built[f"{metric}_limit_rate"] = ratio(now, w(f"limits_{metric}_limit"))
        built[f"{metric}_growth"] = ratio(now, before) - number(1.0)
        built[f"days_to_{metric}_limit"] = _days_to_limit(w, metric)
    built["max_limit_rate"] = ibis.greatest(*(built[f"{metric}_limit_rate"] for metric in _METRICS))
    built["max_growth"] = ibis.greatest(*(built[f"{metric}_growth"] for metric in _METRICS))
    built["days_to_limit"] = ibis.least(*(built[f"days_to_{metric}_limit"] for metric in _METRICS))
    return built


def _days_to_limit(w: Sums, metric: str) -> ir.Value:
    """Return the days until a straight line through the two measurements meets the limit, zero when it has."""
    now, before, limit = w(f"limits_{metric}"), w(f"limits_{metric}", _BEFORE), w(f"limits_{metric}_limit")
    today, then = w(f"limits_{metric}_day"), w(f"limits_{metric}_day", _BEFORE)
    a_day = ratio(now - before, today - then)
    left = ratio(limit - now, a_day) - (w.cutoff_day - today).cast("float64")
    growing = (a_day > number(0.0)).ifelse(ibis.greatest(left, number(0.0)), ibis.null("float64"))
    return (now >= limit).ifelse(number(0.0), growing)


def _cards(metric: str, words: Words) -> tuple[FeatureCard, ...]:
    return (
        FeatureCard(
            f"{metric}_limit_rate",
            Words(fr=f"part de la limite atteinte pour {words.fr}", en=f"share of the limit reached for {words.en}"),
            "share",
            _UNMEASURED,
        ),
        FeatureCard(
            f"{metric}_growth",
            Words(fr=f"croissance en un mois pour {words.fr}", en=f"growth in a month for {words.en}"),
            "ratio",
            _NO_BEFORE,
        ),
        FeatureCard(
            f"days_to_{metric}_limit",
            Words(fr=f"jours avant la limite pour {words.fr}", en=f"days to the limit for {words.en}"),
            "days",
            _NOT_GROWING,
        ),
    )


VIEW = View(
    name="limits",
    words=Words(fr="l’usage face aux limites du contrat", en="usage against the limits of the plan"),
    measures=tuple(measure for metric in _METRICS for measure in _measures(metric)),
    features=(
        *(card for metric, words in _METRICS.items() for card in _cards(metric, words)),
        FeatureCard(
            "max_limit_rate",
            Words(fr="plus haute part de limite atteinte", en="highest share of a limit reached"),
            "share",
            _UNMEASURED,
        ),
        FeatureCard(
            "max_growth",
            Words(fr="plus forte croissance en un mois", en="fastest growth in a month"),
            "ratio",
            _NO_BEFORE,
        ),
        FeatureCard(
            "days_to_limit",
            Words(fr="jours avant la première limite", en="days to the first limit"),
            "days",
            _NOT_GROWING,
        ),
    ),
    build=_build,
)
