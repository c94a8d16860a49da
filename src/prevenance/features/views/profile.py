"""Say what is known of the customer himself: since when, how many people, which language, which dates return."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import Facts, FeatureCard, Sums, View, days_between
from prevenance.kit.words import Words

_UNKNOWN = Words(fr="inconnu", en="unknown")


def _known(facts: Facts) -> ir.Table:
    """Take each customer's card at the cutoffs by which it was known."""
    at = facts.customers.join(facts.grid.select("customer_id", "slot", "cutoff"), "customer_id")
    at = at.filter(at.known_at < at.cutoff)
    return at.select(
        "customer_id",
        "slot",
        profile_since=at.customer_since,
        profile_is_key=at.is_key_account.cast("int64"),
        profile_is_account=(at.customer_kind == "account").cast("int64"),
        profile_speaks_french=(at.language == "fr").cast("int64"),
    )


def _people(facts: Facts) -> ir.Table:
    at = facts.people.join(facts.grid.select("customer_id", "slot", "cutoff"), "customer_id")
    at = at.filter(at.known_at < at.cutoff)
    return at.group_by("customer_id", "slot").agg(profile_people=at.count())


def _birthday(facts: Facts) -> ir.Table:
    people = facts.people.select("customer_id", "birth_on", "known_at")
    customers = facts.customers.select("customer_id", "birth_on", "known_at")
    at = facts.days_until(people.union(customers), "birth_on")
    at = at.filter(at.known_at.date() < at.cutoff_on)
    return at.group_by("customer_id", "slot").agg(profile_birthday=at.days_until.min())


def _anniversary(facts: Facts) -> ir.Table:
    at = facts.days_until(
        facts.customers.select("customer_id", "known_at", since=facts.customers.customer_since), "since"
    )
    at = at.filter((at.known_at.date() < at.cutoff_on) & (at.since.date() < at.cutoff_on))
    return at.select("customer_id", "slot", profile_anniversary=at.days_until)


def _build(w: Sums) -> Mapping[str, ir.Value]:
    since = w.column("profile_since")
    known = since.notnull() & (since < w.cutoff)
    return {
        "customer_age_days": known.ifelse(days_between(since, w.cutoff), ibis.null("int64")),
        "is_key_account": w.column("profile_is_key"),
        "is_account": w.column("profile_is_account"),
        "speaks_french": w.column("profile_speaks_french"),
        "n_people": w.column("profile_people").fill_null(0).cast("int64"),
        "days_to_birthday": w.column("profile_birthday"),
        "days_to_anniversary": w.column("profile_anniversary"),
    }


VIEW = View(
    name="profile",
    words=Words(fr="le client lui-même", en="the customer himself"),
    branches=(_known, _people, _birthday, _anniversary),
    features=(
        FeatureCard("customer_age_days", Words(fr="jours d’ancienneté", en="days as a customer"), "days", _UNKNOWN),
        FeatureCard("is_key_account", Words(fr="compte clé", en="key account"), "flag", _UNKNOWN),
        FeatureCard("is_account", Words(fr="entreprise", en="company"), "flag", _UNKNOWN),
        FeatureCard("speaks_french", Words(fr="parle français", en="speaks French"), "flag", _UNKNOWN),
        FeatureCard("n_people", Words(fr="personnes connues", en="people known"), "count"),
        FeatureCard(
            "days_to_birthday", Words(fr="jours avant un anniversaire", en="days to a birthday"), "days", _UNKNOWN
        ),
        FeatureCard(
            "days_to_anniversary",
            Words(fr="jours avant l’anniversaire client", en="days to the customer anniversary"),
            "days",
            _UNKNOWN,
        ),
    ),
    build=_build,
)
