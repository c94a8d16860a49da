"""Measure the errors and crashes a customer met, and their worst day."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, between, last, ratio
from prevenance.kit.words import Words

_ERRORS, _CRASHES = ("error_raised",), ("crash_reported",)
_NONE_BEFORE = Words(fr="aucune erreur avec laquelle comparer", en="no errors to compare with")
_NEVER = Words(fr="aucun arrêt brutal", en="never a crash")
_BURST_DAYS = 14


def _worst_day(facts: Facts) -> ir.Table:
    rows = facts.spread(facts.of(*_ERRORS), _BURST_DAYS)
    days = rows.group_by("customer_id", "slot", "day").agg(n=rows.count())
    return days.group_by("customer_id", "slot").agg(errors_worst_day=days.n.max())


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_errors_7": w.count("errors_raised", last(7)),
        "n_errors_28": w.count("errors_raised", last(28)),
        "n_errors_84": w.count("errors_raised", last(84)),
        "n_errors_before_28": w.count("errors_raised", between(28, 56)),
        "error_trend": ratio(w.total("errors_raised", last(28)), w.total("errors_raised", between(28, 56))),
        "n_errors_worst_day_14": w.column("errors_worst_day").fill_null(0).cast("int64"),
        "n_crashes_28": w.count("errors_crashes", last(28)),
        "n_crashes_84": w.count("errors_crashes", last(84)),
        "days_since_crash": w.days_since("errors_last_crash"),
    }


VIEW = View(
    name="errors",
    words=Words(fr="les erreurs et les arrêts brutaux", en="errors and crashes"),
    measures=(
        Measure("errors_raised", _ERRORS, (last(7), last(28), last(84), between(28, 56))),
        Measure("errors_crashes", _CRASHES, (last(28), last(84))),
        Measure("errors_last_crash", _CRASHES, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    branches=(_worst_day,),
    features=(
        FeatureCard("n_errors_7", Words(fr="erreurs sur 7 jours", en="errors in the last 7 days"), "count"),
        FeatureCard("n_errors_28", Words(fr="erreurs sur 28 jours", en="errors in the last 28 days"), "count"),
        FeatureCard("n_errors_84", Words(fr="erreurs sur 84 jours", en="errors in the last 84 days"), "count"),
        FeatureCard(
            "n_errors_before_28",
            Words(fr="erreurs dans les 28 jours d’avant", en="errors in the 28 days before those"),
            "count",
        ),
        FeatureCard(
            "error_trend",
            Words(fr="erreurs sur 28 jours rapportées aux 28 d’avant", en="errors in 28 days over the 28 before"),
            "ratio",
            _NONE_BEFORE,
        ),
        FeatureCard(
            "n_errors_worst_day_14",
            Words(fr="erreurs le pire des 14 derniers jours", en="errors on the worst of the last 14 days"),
            "count",
        ),
        FeatureCard("n_crashes_28", Words(fr="arrêts brutaux sur 28 jours", en="crashes in the last 28 days"), "count"),
        FeatureCard("n_crashes_84", Words(fr="arrêts brutaux sur 84 jours", en="crashes in the last 84 days"), "count"),
        FeatureCard(
            "days_since_crash",
            Words(fr="jours depuis le dernier arrêt brutal", en="days since the last crash"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
