"""Measure how a customer's team grows."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, last
from prevenance.kit.words import Words

_ADDED = ("member_added",)
_NEVER = Words(fr="aucun membre ajouté", en="no member added")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_members_added_28": w.count("team_added", last(28)),
        "n_members_added_84": w.count("team_added", last(84)),
        "n_members_added_364": w.count("team_added", last(364)),
        "days_since_member_added": w.days_since("team_last_day"),
    }


VIEW = View(
    name="team",
    words=Words(fr="l’équipe du client", en="the customer's team"),
    measures=(
        # One event may add several people; without a quantity it adds one.
        Measure("team_added", _ADDED, (last(28), last(84), last(364)), of=lambda e: e.quantity.fill_null(1.0)),
        Measure("team_last_day", _ADDED, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    features=(
        FeatureCard(
            "n_members_added_28", Words(fr="membres ajoutés en 28 jours", en="members added in 28 days"), "count"
        ),
        FeatureCard(
            "n_members_added_84", Words(fr="membres ajoutés en 84 jours", en="members added in 84 days"), "count"
        ),
        FeatureCard("n_members_added_364", Words(fr="membres ajoutés en un an", en="members added in a year"), "count"),
        FeatureCard(
            "days_since_member_added",
            Words(fr="jours depuis le dernier ajout", en="days since the last addition"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
