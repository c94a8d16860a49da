"""Measure which features a customer uses, how much, and which he pays for without using them."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, between, last, ratio
from prevenance.kit.words import Words

_USES = ("feature_used",)
_NONE_BEFORE = Words(fr="aucun usage avec lequel comparer", en="no use to compare with")
_NEVER = Words(fr="jamais utilisé", en="never used")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    now, before = w.total("usage_uses", last(28)), w.total("usage_uses", between(28, 56))
    return {
        "n_feature_uses_7": w.count("usage_uses", last(7)),
        "n_feature_uses_28": w.count("usage_uses", last(28)),
        "n_feature_uses_84": w.count("usage_uses", last(84)),
        "n_feature_uses_before_28": w.count("usage_uses", between(28, 56)),
        "n_feature_uses_364": w.count("usage_uses", last(364)),
        "n_feature_uses_ahead_last_year": w.count("usage_uses", between(336, 364)),
        "n_features_used_28": w.labels("usage_features", last(28)),
        "n_features_used_84": w.labels("usage_features", last(84)),
        "n_features_unused_84": w.labels_of_others("usage_features", last(84)),
        "feature_use_trend": ratio(now, before),
        "days_since_feature_use": w.days_since("usage_last_day"),
    }


VIEW = View(
    name="usage",
    words=Words(fr="l’usage des fonctions", en="use of features"),
    measures=(
        Measure("usage_uses", _USES, (last(7), last(28), last(84), last(364), between(28, 56), between(336, 364))),
        Measure("usage_features", _USES, (last(28), last(84)), how="labels"),
        Measure("usage_last_day", _USES, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    features=(
        FeatureCard("n_feature_uses_7", Words(fr="usages sur 7 jours", en="uses in the last 7 days"), "count"),
        FeatureCard("n_feature_uses_28", Words(fr="usages sur 28 jours", en="uses in the last 28 days"), "count"),
        FeatureCard("n_feature_uses_84", Words(fr="usages sur 84 jours", en="uses in the last 84 days"), "count"),
        FeatureCard(
            "n_feature_uses_before_28",
            Words(fr="usages dans les 28 jours d’avant", en="uses in the 28 days before those"),
            "count",
        ),
        FeatureCard("n_feature_uses_364", Words(fr="usages sur un an", en="uses in the last year"), "count"),
        FeatureCard(
            "n_feature_uses_ahead_last_year",
            Words(fr="usages, l’an dernier, dans les 28 jours à venir", en="uses in the coming 28 days, a year ago"),
            "count",
        ),
        FeatureCard(
            "n_features_used_28",
            Words(fr="fonctions utilisées sur 28 jours", en="features used in the last 28 days"),
            "count",
        ),
        FeatureCard(
            "n_features_used_84",
            Words(fr="fonctions utilisées sur 84 jours", en="features used in the last 84 days"),
            "count",
        ),
        FeatureCard(
            "n_features_unused_84",
            Words(
                fr="fonctions que d’autres utilisent et lui non",
                en="features that others use and this customer does not",
            ),
            "count",
        ),
        FeatureCard(
            "feature_use_trend",
            Words(fr="usages sur 28 jours rapportés aux 28 d’avant", en="uses in 28 days over the 28 before"),
            "ratio",
            _NONE_BEFORE,
        ),
        FeatureCard(
            "days_since_feature_use",
            Words(fr="jours depuis le dernier usage", en="days since the last use"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
