"""Measure how much customer and company write to each other, and our own known mistakes."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, last, ratio
from prevenance.kit.words import Words

_RECEIVED, _SENT, _MISTAKES = ("message_received",), ("message_sent",), ("company_error_found",)
_NEVER = Words(fr="aucun message reçu", en="no message received")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_messages_received_7": w.count("messages_received", last(7)),
        "n_messages_received_28": w.count("messages_received", last(28)),
        "n_messages_received_84": w.count("messages_received", last(84)),
        "n_messages_sent_28": w.count("messages_sent", last(28)),
        "answers_per_message_28": ratio(w.total("messages_sent", last(28)), w.total("messages_received", last(28))),
        "days_since_message": w.days_since("messages_last_day"),
        "n_company_errors_28": w.count("messages_mistakes", last(28)),
        "n_company_errors_364": w.count("messages_mistakes", last(364)),
        "days_since_company_error": w.days_since("messages_last_mistake"),
    }


VIEW = View(
    name="messages",
    words=Words(fr="les échanges", en="exchanges"),
    measures=(
        Measure("messages_received", _RECEIVED, (last(7), last(28), last(84))),
        Measure("messages_sent", _SENT, (last(28),)),
        Measure("messages_last_day", _RECEIVED, (EVER,), of=lambda e: e.day_number, how="max"),
        Measure("messages_mistakes", _MISTAKES, (last(28), last(364))),
        Measure("messages_last_mistake", _MISTAKES, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    features=(
        FeatureCard(
            "n_messages_received_7", Words(fr="messages reçus en 7 jours", en="messages received in 7 days"), "count"
        ),
        FeatureCard(
            "n_messages_received_28", Words(fr="messages reçus en 28 jours", en="messages received in 28 days"), "count"
        ),
        FeatureCard(
            "n_messages_received_84", Words(fr="messages reçus en 84 jours", en="messages received in 84 days"), "count"
        ),
        FeatureCard(
            "n_messages_sent_28", Words(fr="messages envoyés en 28 jours", en="messages sent in 28 days"), "count"
        ),
        FeatureCard(
            "answers_per_message_28",
            Words(fr="réponses par message reçu", en="answers per message received"),
            "ratio",
            _NEVER,
        ),
        FeatureCard(
            "days_since_message",
            Words(fr="jours depuis le dernier message", en="days since the last message"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "n_company_errors_28",
            Words(fr="erreurs de notre part en 28 jours", en="mistakes of ours in 28 days"),
            "count",
        ),
        FeatureCard(
            "n_company_errors_364", Words(fr="erreurs de notre part en un an", en="mistakes of ours in a year"), "count"
        ),
        FeatureCard(
            "days_since_company_error",
            Words(fr="jours depuis une erreur de notre part", en="days since a mistake of ours"),
            "days",
            Words(fr="aucune erreur de notre part", en="no mistake of ours"),
        ),
    ),
    build=_build,
)
