"""Measure how much help a customer asks for, about what, and how long the answer takes."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, between, last, ratio
from prevenance.kit.words import Words

_OPENED, _REOPENED, _SOLVED = ("ticket_opened",), ("ticket_reopened",), ("ticket_solved",)
_NEVER = Words(fr="jamais de demande", en="never a request")
_NONE_SOLVED = Words(fr="aucune demande résolue", en="no request solved")
_NONE_BEFORE = Words(fr="aucune demande avec laquelle comparer", en="no requests to compare with")


def _open_now(facts: Facts) -> ir.Table:
    rows = facts.of(*_OPENED, *_REOPENED, *_SOLVED)
    rows = facts.open_objects(rows.mutate(opens=rows.kind != _SOLVED[0]))
    return rows.group_by("customer_id", "slot").agg(tickets_open=rows.count())


def _topics(facts: Facts) -> ir.Table:
    rows = facts.spread(facts.of(*_OPENED), 84)
    return rows.group_by("customer_id", "slot").agg(tickets_topics=rows.label.nunique())


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_tickets_7": w.count("tickets_opened", last(7)),
        "n_tickets_28": w.count("tickets_opened", last(28)),
        "n_tickets_84": w.count("tickets_opened", last(84)),
        "n_tickets_364": w.count("tickets_opened", last(364)),
        "n_tickets_before_28": w.count("tickets_opened", between(28, 56)),
        "ticket_trend": ratio(w.total("tickets_opened", last(28)), w.total("tickets_opened", between(28, 56))),
        "n_tickets_reopened_84": w.count("tickets_reopened", last(84)),
        "n_tickets_solved_84": w.count("tickets_solved", last(84)),
        "n_tickets_open": w.column("tickets_open").fill_null(0).cast("int64"),
        "n_ticket_topics_84": w.column("tickets_topics").fill_null(0).cast("int64"),
        "resolution_hours_84": ratio(w.total("tickets_hours", last(84)), w.total("tickets_timed", last(84))),
        "resolution_hours_364": ratio(w.total("tickets_hours", last(364)), w.total("tickets_timed", last(364))),
        "days_since_ticket": w.days_since("tickets_last_day"),
    }


VIEW = View(
    name="tickets",
    words=Words(fr="les demandes d’aide", en="requests for help"),
    measures=(
        Measure("tickets_opened", _OPENED, (last(7), last(28), last(84), last(364), between(28, 56))),
        Measure("tickets_reopened", _REOPENED, (last(84),)),
        Measure("tickets_solved", _SOLVED, (last(84),)),
        Measure("tickets_hours", _SOLVED, (last(84), last(364)), of=lambda e: e.quantity),
        Measure("tickets_timed", _SOLVED, (last(84), last(364)), of=lambda e: e.quantity.notnull()),
        Measure("tickets_last_day", _OPENED, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    branches=(_open_now, _topics),
    features=(
        FeatureCard("n_tickets_7", Words(fr="demandes sur 7 jours", en="requests in the last 7 days"), "count"),
        FeatureCard("n_tickets_28", Words(fr="demandes sur 28 jours", en="requests in the last 28 days"), "count"),
        FeatureCard("n_tickets_84", Words(fr="demandes sur 84 jours", en="requests in the last 84 days"), "count"),
        FeatureCard("n_tickets_364", Words(fr="demandes sur un an", en="requests in the last year"), "count"),
        FeatureCard(
            "n_tickets_before_28",
            Words(fr="demandes dans les 28 jours d’avant", en="requests in the 28 days before those"),
            "count",
        ),
        FeatureCard(
            "ticket_trend",
            Words(fr="demandes sur 28 jours rapportées aux 28 d’avant", en="requests in 28 days over the 28 before"),
            "ratio",
            _NONE_BEFORE,
        ),
        FeatureCard(
            "n_tickets_reopened_84", Words(fr="réouvertures sur 84 jours", en="reopenings in the last 84 days"), "count"
        ),
        FeatureCard(
            "n_tickets_solved_84", Words(fr="demandes résolues sur 84 jours", en="requests solved in 84 days"), "count"
        ),
        FeatureCard("n_tickets_open", Words(fr="demandes ouvertes", en="requests open now"), "count"),
        FeatureCard(
            "n_ticket_topics_84", Words(fr="sujets différents sur 84 jours", en="different topics in 84 days"), "count"
        ),
        FeatureCard(
            "resolution_hours_84",
            Words(fr="heures moyennes de résolution sur 84 jours", en="mean hours to solve, last 84 days"),
            "hours",
            _NONE_SOLVED,
        ),
        FeatureCard(
            "resolution_hours_364",
            Words(fr="heures moyennes de résolution sur un an", en="mean hours to solve, last year"),
            "hours",
            _NONE_SOLVED,
        ),
        FeatureCard(
            "days_since_ticket",
            Words(fr="jours depuis la dernière demande", en="days since the last request"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
