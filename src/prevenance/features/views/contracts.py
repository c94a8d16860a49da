"""Measure what binds a customer: since when, until when, for how much, and what changed."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import EVER, FeatureCard, Measure, Sums, View, due_number, last, number
from prevenance.kit.words import Words

_BEGUN, _ENDED, _CHANGED = ("contract_started", "contract_renewed"), ("contract_ended",), ("plan_changed",)
_NONE = Words(fr="pas de contrat en cours", en="no running contract")
_NEVER = Words(fr="jamais de contrat", en="never had a contract")
_NO_TERM = Words(fr="pas de contrat en cours, ou sans échéance", en="no running contract, or no end of term")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    begun, ended = w("contracts_begun_at"), w("contracts_ended_at")
    # A contract that ends and is renewed at the same instant goes on.
    runs = begun.notnull() & (ended.isnull() | (ended <= begun))
    to_end = runs.ifelse((w("contracts_end_day") - w.cutoff_day).cast("int64"), ibis.null("int64"))
    return {
        "has_contract": runs.cast("int64"),
        "months_since_contract": w.days_since("contracts_first_day").cast("float64") / number(30.4375),
        "days_to_contract_end": to_end,
        "monthly_fee": runs.ifelse(w("contracts_fee"), ibis.null("float64")),
        "n_renewals": w.count("contracts_renewed"),
        "n_plan_changes_364": w.count("contracts_changed", last(364)),
        "n_contracts_ended": w.count("contracts_ended"),
        "days_since_contract_ended": w.days_since("contracts_ended_day"),
    }


VIEW = View(
    name="contracts",
    words=Words(fr="les contrats", en="contracts"),
    measures=(
        Measure("contracts_begun_at", _BEGUN, (EVER,), of=lambda e: e.occurred_at, how="max"),
        Measure("contracts_end_day", _BEGUN, (EVER,), of=due_number, how="latest"),
        Measure("contracts_fee", (*_BEGUN, *_CHANGED), (EVER,), of=lambda e: e.amount.cast("float64"), how="latest"),
        Measure("contracts_first_day", _BEGUN, (EVER,), of=lambda e: e.day_number, how="min"),
        Measure("contracts_renewed", ("contract_renewed",), (EVER,)),
        Measure("contracts_changed", _CHANGED, (last(364),)),
        Measure("contracts_ended", _ENDED, (EVER,)),
        Measure("contracts_ended_at", _ENDED, (EVER,), of=lambda e: e.occurred_at, how="max"),
        Measure("contracts_ended_day", _ENDED, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    features=(
        FeatureCard("has_contract", Words(fr="a un contrat en cours", en="has a running contract"), "flag"),
        FeatureCard(
            "months_since_contract",
            Words(fr="mois depuis le premier contrat", en="months since the first contract"),
            "months",
            _NEVER,
        ),
        FeatureCard(
            "days_to_contract_end",
            Words(fr="jours avant l’échéance", en="days to the end of the term"),
            "days",
            _NO_TERM,
        ),
        FeatureCard("monthly_fee", Words(fr="abonnement mensuel", en="monthly fee"), "money", _NONE),
        FeatureCard("n_renewals", Words(fr="renouvellements", en="renewals"), "count"),
        FeatureCard(
            "n_plan_changes_364", Words(fr="changements de formule en un an", en="plan changes in a year"), "count"
        ),
        FeatureCard("n_contracts_ended", Words(fr="contrats déjà terminés", en="contracts ended before"), "count"),
        FeatureCard(
            "days_since_contract_ended",
            Words(fr="jours depuis une fin de contrat", en="days since a contract ended"),
            "days",
            Words(fr="aucun contrat terminé", en="no contract ended"),
        ),
    ),
    build=_build,
)
