"""Find the records that are probably the same although no identifier says so, with Splink.

Nobody labels pairs. How often values agree by chance is counted on the company's own records; how often they agree
within one customer is counted on the records that identifiers have joined, beside the cards' first guesses, which rule
while there are few. Expectation maximisation was tried and left out: on a thousand customers it drove probabilities to
zero. With very few records counting is guesswork; then a strict rule is used instead, and the report says so (A6).

What is counted here, on this machine, is little: a sample, and the pairs that are sure. Comparing all candidates is
much: the engine of the settings does that, DuckDB or Spark, by the same weights.

Reference: Fellegi and Sunter (1969), "A theory for record linkage"; the library is Splink 5.
"""

import logging
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from prevenance.identity.base import Comparison, PartyKind, Weight
from prevenance.kit.catalogue import load
from prevenance.kit.scratch import scratch_session

FEWEST_RECORDS = 150  # below this, chance agreement and true agreement cannot be told apart by counting
_SHARE_OF_SURE = 0.8  # of the true pairs, as far as experience goes
_GUESS_WEIGHT = 20  # pairs that a card's first guess counts for
_SAMPLE = 800  # records, each compared with each, in which chance agreement is counted
_UNSEEN = 1e-6  # how often values agree that never did in the sample, as Splink itself takes it
KEPT_FROM = 0.5  # pairs less probable than this are not worth a person's look

_CANDIDATES: dict[PartyKind, tuple[str, ...]] = {
    "account": (
        "l.name_key = r.name_key",
        "l.domain_key = r.domain_key",
        "l.phone_key = r.phone_key",
        "l.postal_code_key = r.postal_code_key and substr(l.name_key, 1, 3) = substr(r.name_key, 1, 3)",
        "l.city_key = r.city_key and substr(l.name_key, 1, 5) = substr(r.name_key, 1, 5)",
        "l.postal_code_key = r.postal_code_key and l.address_key = r.address_key",
    ),
    "person": (
        "l.workplace = r.workplace and l.last_name_key = r.last_name_key",
        "l.workplace = r.workplace and l.first_name_key = r.first_name_key",
        "l.workplace = r.workplace and l.phone_key = r.phone_key",
        "l.email_key = r.email_key",
    ),
}
_SURE: dict[PartyKind, tuple[str, ...]] = {
    "account": (
        "l.name_key = r.name_key and l.postal_code_key = r.postal_code_key",
        "l.name_key = r.name_key and l.domain_key = r.domain_key",
        "l.known_as = r.known_as",
    ),
    "person": (
        "l.workplace = r.workplace and l.first_name_key = r.first_name_key and l.last_name_key = r.last_name_key",
        "l.known_as = r.known_as",
    ),
}
# Two companies of one name and one mail domain of their own are one customer, whatever else is missing.
_ALWAYS: dict[PartyKind, tuple[str, ...]] = {
    "account": ("l.name_key = r.name_key and l.domain_key = r.domain_key",),
    "person": (),
}
_BY_RULE = 0.999
_PAIRS = pa.schema([("left", pa.string()), ("right", pa.string()), ("match_probability", pa.float64())])


@dataclass(frozen=True)
class Scored:
    """Holds probable pairs (`left`, `right`, `match_probability`) and whether they come from a learnt model."""

    pairs: pa.Table
    is_learnt: bool


def comparisons_of(kind: PartyKind) -> tuple[Comparison, ...]:
    """Return the comparisons for a kind of record, from the catalogue.

    Example:
        >>> [comparison.name for comparison in comparisons_of("person")]
        ['birth_date', 'email', 'employer', 'first_name', 'last_name', 'phone']
    """
    catalogue = load("prevenance.identity.comparisons", Comparison)
    return tuple(comparison for comparison in catalogue.values() if kind in comparison.party_kinds)


def score(records: pa.Table, kind: PartyKind, splink_api: Any) -> Scored:
    """Score the pairs of records worth comparing.

    Args:
        records: prepared records, with `party_id`, the columns of the comparisons and `known_as` - the group that exact
            identifiers gave (null when it holds one record).
        kind: accounts or persons.
        splink_api: the engine that compares them, as Splink knows it (`Lake.splink_api`).
    """
    if records.num_rows < FEWEST_RECORDS:
        rules = tuple(rule for rule in _SURE[kind] if "known_as" not in rule)
        return Scored(_by_rules(records, rules), is_learnt=False)
    linker = _linker(records, kind, splink_api)
    predicted = linker.inference.predict(threshold_match_probability=KEPT_FROM)
    found = predicted.as_pyarrow_table().select(["party_id_l", "party_id_r", "match_probability"])
    learnt = found.rename_columns(["left", "right", "match_probability"])
    return Scored(pa.concat_tables([learnt.cast(_PAIRS), _by_rules(records, _ALWAYS[kind])]), is_learnt=True)


def _linker(records: pa.Table, kind: PartyKind, splink_api: Any) -> Any:
    from splink import Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule

    logging.getLogger("splink").setLevel(logging.ERROR)  # it speaks to analysts in a notebook
    engine = scratch_session()
    engine.register("records", records)
    # By the digest of their ids: on every engine and every day the same records.
    engine.execute(f"create table sample as from records order by md5(party_id) limit {_SAMPLE}")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="party_id",
        comparisons=[comparison.for_splink(_weights(engine, comparison)) for comparison in comparisons_of(kind)],
        probability_two_random_records_match=_prior(engine, records, kind),
        blocking_rules_to_generate_predictions=[CustomRule(rule) for rule in _CANDIDATES[kind]],
        retain_matching_columns=False,
    )
    return Linker(splink_api.register(records), settings, log_level=logging.ERROR)


def _prior(engine: Any, records: pa.Table, kind: PartyKind) -> float:
    """Return how probable it is that two records drawn at random are of one customer, from those that surely are."""
    rules = " union ".join(
        f"select l.party_id, r.party_id from records l join records r on {rule} and l.party_id < r.party_id"
        for rule in _SURE[kind]
    )
    n_sure = engine.execute(f"select count(*) from ({rules})").fetchone()[0]
    n_pairs = records.num_rows * (records.num_rows - 1) / 2
    return float(min(0.5, max(1, n_sure) / _SHARE_OF_SURE / n_pairs))


def _weights(engine: Any, comparison: Comparison) -> tuple[Weight, ...]:
    """Return how often joined records, and any records, reach each level."""
    chance = _counted(engine, comparison, "sample l join sample r on l.party_id < r.party_id")
    n_chance = max(1, sum(chance))
    guesses = tuple(level.match_probability for level in comparison.levels)
    if comparison.is_learnt:  # counted, with the card's guess as a few pairs more
        matches = _counted(
            engine, comparison, "records l join records r on l.known_as = r.known_as and l.party_id < r.party_id"
        )
    else:
        matches = tuple(0 for _ in guesses)
    n_matches = sum(matches)
    return tuple(
        Weight((_GUESS_WEIGHT * guess + n) / (_GUESS_WEIGHT + n_matches), n_u / n_chance or _UNSEEN)
        for guess, n, n_u in zip(guesses, matches, chance, strict=True)
    )


def _counted(engine: Any, comparison: Comparison, pairs: str) -> tuple[int, ...]:
    """Return how many pairs reach each level."""
    column = comparison.column
    values = f"select l.{column} as {column}_l, r.{column} as {column}_r from {pairs}"
    found = dict(engine.execute(f"select {comparison.case_sql()}, count(*) from ({values}) group by 1").fetchall())
    return tuple(found.get(place, 0) for place, _ in enumerate(comparison.levels))


def _by_rules(records: pa.Table, rules: tuple[str, ...]) -> pa.Table:
    """Return the pairs for which one of the rules holds."""
    engine = scratch_session()
    engine.register("records", records)
    tables = [
        engine.execute(
            f"select l.party_id, r.party_id, {_BY_RULE}::double from records l join records r"
            f" on {rule} and l.party_id < r.party_id order by all"
        )
        .fetch_arrow_table()
        .rename_columns(_PAIRS.names)
        .cast(_PAIRS)
        for rule in rules
    ]
    return pa.concat_tables([_PAIRS.empty_table(), *tables])
