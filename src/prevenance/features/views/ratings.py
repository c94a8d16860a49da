"""Measure how satisfied a customer says he is, and which way it goes."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, last, number, ratio
from prevenance.kit.words import Words

_RATINGS = ("rating_given",)
_NONE = Words(fr="aucune note", en="no rating")
_ONE = Words(fr="moins de deux jours avec une note", en="fewer than two days with a rating")
_YEAR = last(364)


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_ratings_364": w.count("ratings_given", _YEAR),
        "rating_mean_28": ratio(w.total("ratings_sum", last(28)), w.total("ratings_given", last(28))),
        "rating_mean_84": ratio(w.total("ratings_sum", last(84)), w.total("ratings_given", last(84))),
        "rating_mean_364": ratio(w.total("ratings_sum", _YEAR), w.total("ratings_given", _YEAR)),
        "rating_last": w("ratings_last"),
        "days_since_rating": w.days_since("ratings_last_day"),
        "n_low_ratings_84": w.count("ratings_low", last(84)),
        "rating_slope": _slope(w),
    }


def _slope(w: Sums) -> ir.Value:
    """Return the least-squares change of the rating in 28 days, over the last year."""
    n, days, squares = (
        w.total("ratings_given", _YEAR),
        w.total("ratings_days", _YEAR),
        w.total("ratings_squares", _YEAR),
    )
    rated, products = w.total("ratings_sum", _YEAR), w.total("ratings_products", _YEAR)
    return ratio(n * products - days * rated, n * squares - days * days) * number(28.0)


def _rated_day(event: ir.Table) -> ir.IntegerValue:
    """Return the day number, empty for a rating without a value."""
    return event.quantity.notnull().ifelse(event.day_number.cast("int64"), ibis.null("int64"))


VIEW = View(
    name="ratings",
    words=Words(fr="les notes données", en="ratings given"),
    measures=(
        Measure("ratings_given", _RATINGS, (last(28), last(84), _YEAR), of=lambda e: e.quantity.notnull()),
        Measure("ratings_sum", _RATINGS, (last(28), last(84), _YEAR), of=lambda e: e.quantity),
        Measure("ratings_low", _RATINGS, (last(84),), of=lambda e: e.quantity <= number(2.0)),
        Measure("ratings_days", _RATINGS, (_YEAR,), of=_rated_day),
        Measure("ratings_squares", _RATINGS, (_YEAR,), of=lambda e: _rated_day(e) * _rated_day(e)),
        Measure("ratings_products", _RATINGS, (_YEAR,), of=lambda e: _rated_day(e) * e.quantity),
        Measure("ratings_last", _RATINGS, (EVER,), of=lambda e: e.quantity, how="latest"),
        Measure("ratings_last_day", _RATINGS, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    features=(
        FeatureCard("n_ratings_364", Words(fr="notes sur un an", en="ratings in the last year"), "count"),
        FeatureCard(
            "rating_mean_28", Words(fr="note moyenne sur 28 jours", en="mean rating, last 28 days"), "score", _NONE
        ),
        FeatureCard(
            "rating_mean_84", Words(fr="note moyenne sur 84 jours", en="mean rating, last 84 days"), "score", _NONE
        ),
        FeatureCard("rating_mean_364", Words(fr="note moyenne sur un an", en="mean rating, last year"), "score", _NONE),
        FeatureCard("rating_last", Words(fr="dernière note", en="last rating"), "score", _NONE),
        FeatureCard(
            "days_since_rating",
            Words(fr="jours depuis la dernière note", en="days since the last rating"),
            "days",
            _NONE,
        ),
        FeatureCard(
            "n_low_ratings_84", Words(fr="notes de 1 ou 2 sur 84 jours", en="ratings of 1 or 2 in 84 days"), "count"
        ),
        FeatureCard(
            "rating_slope",
            Words(fr="évolution de la note en 28 jours", en="change of the rating in 28 days"),
            "score",
            _ONE,
        ),
    ),
    build=_build,
)
