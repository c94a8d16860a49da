"""Say which records of one or two flat tables are the same person or firm: the lab's `link`."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.identity.link_columns import LinkColumns
from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number, percent

_FEWEST = 30
_ONE_TO_ONE = 0.5  # two tables, each record once: the best partner on both sides is asked for as well
_ONE_TABLE = 0.95  # here one wrong link joins two whole groups
_KEPT_FROM = 0.01
_DISTANCES = ("birth_date", "number", "postal_code", "phone", "street_number")
_LIKENESS = ("company", "full_name", "address", "address_more", "city")
# Pairs worth comparing: each rule is an "and" of columns, or of the first letters of columns.
_CANDIDATES = (
    ("number",), ("email",), ("phone",), ("birth_date",), ("first_name", "last_name"), ("last_name", "postal_code"),
    ("first_name", "postal_code"), ("address", "city"), ("address", "street_number"), ("full_name",),
    ("company", "postal_code"), ("company", "city"), ("first_name", "city"), ("last_name", "city"),
)  # fmt: skip
_SURE = (
    ("number", "birth_date"), ("email", "last_name"), ("email", "birth_date"), ("number", "last_name"),
    ("first_name", "last_name", "birth_date"), ("first_name", "last_name", "postal_code"),
    ("full_name", "postal_code"), ("company", "postal_code"), ("full_name", "birth_date"), ("full_name", "city"),
)  # fmt: skip
_TAUGHT_BY = (("number",), ("birth_date",), ("email",), ("first_name", "last_name"), ("last_name", "postal_code"),
              ("full_name",), ("company",), ("phone",), ("postal_code",))  # fmt: skip
_LEAD = Words(
    fr="{records} fiches, {clusters} personnes ou sociétés : {pairs} paires de fiches vont ensemble.",
    en="{records} records, {clusters} people or firms: {pairs} pairs of records belong together.",
)
_TRUE = Words(
    fr="Précision {precision}, rappel {recall}, F1 {f1} sur les paires.",
    en="Precision {precision}, recall {recall}, F1 {f1} over pairs.",
)
_BY = Words(fr="Comparées par : {columns}.", en="Compared by: {columns}.")


@dataclass(frozen=True)
class _Records:
    """Holds prepared tables, and the columns that both have."""

    tables: tuple[pa.Table, ...]
    columns: LinkColumns
    roles: tuple[str, ...]
    truth: tuple[list[Any], ...] | None


def link_table(
    table: Path | pa.Table,
    other: Path | pa.Table | None = None,
    *,
    identifier: str,
    truth: str | None = None,
    threshold: float | None = None,
    seed: int = 0,
) -> Findings:
    """Find records of the same person or firm within one table, or between two that each hold everybody once.

    Columns are recognised by their names; how often their values agree by chance and among true pairs is learned
    from the records themselves (Fellegi and Sunter 1969, by expectation maximisation in Splink 5). Between two tables
    a record gets at most one partner. The truth is only counted with.

    Args:
        table: records of persons or firms.
        other: records of the same, from elsewhere.
        identifier: the column that names each record.
        truth: a column in which equal values mean the same person; it is not used to link.
        threshold: the least probability of a link; a strict one by default.
        seed: fixes the sample from which chance agreement is counted.

    Raises:
        ConfigurationError: a column is missing, records share an id, or too little tells them apart.

    Example:
        >>> given = ("Zoé", "Léa", "Max", "Tom", "Eva")
        >>> names = [f"{first} {last}" for first in given for last in ("Roy", "Le Goff", "Brun")]
        >>> rows = [(f"{n}-{copy}", name, f"{n + 1:02}/03/19{60 + n}") for n, name in enumerate(names) for copy in "ab"]
        >>> people = pa.table(dict(zip(("id", "nom complet", "naissance"), map(list, zip(*rows)), strict=True)))
        >>> link_table(people, identifier="id").data["clusters"]
        15
    """
    began = time.perf_counter()  # a duration for the report, no moment in the world
    records = _prepared([table] if other is None else [table, other], identifier, truth)
    cut = threshold if threshold is not None else _ONE_TABLE if other is None else _ONE_TO_ONE
    found = _predicted(records, seed)
    kept = found.filter(pc.greater_equal(found["match_probability"], cut))
    if other is not None:
        kept = _one_to_one(kept)
    clusters = _clusters(records, kept)
    pairs = kept if other is not None else _pairs_of(clusters)
    seconds = time.perf_counter() - began
    n_records = sum(rows.num_rows for rows in records.tables)
    data: dict[str, object] = {
        "task": "link",
        "records": n_records,
        "pairs": pairs.num_rows,
        "clusters": len(set(clusters.values())),
        "precision": None,
        "recall": None,
        "f1": None,
        "threshold": cut,
        "seconds": round(seconds, 3),
        "columns": {role: records.columns.by_role[role] for role in records.roles},
    }
    if records.truth is not None:
        data |= _measured(records, pairs)
    return _told(data, _rows(records, clusters))


def _prepared(tables: list[Path | pa.Table], identifier: str, truth: str | None) -> _Records:
    read = [read_table(table) if isinstance(table, Path) else table for table in tables]
    for rows in read:
        needed(rows, identifier, truth)
        if len(rows[identifier].unique()) < rows.num_rows:
            message = f"The column {identifier!r} names some records twice. Give each record an id of its own."
            raise ConfigurationError(message, column=identifier)
    aside = {identifier, *([truth] if truth else [])}
    columns = [LinkColumns.of(rows, aside) for rows in read]
    roles = tuple(role for role in columns[0].by_role if all(role in found.by_role for found in columns))
    ready = [found.prepared(rows, identifier) for found, rows in zip(columns, read, strict=True)]
    roles = tuple(role for role in roles if all(rows[role].null_count < rows.num_rows for rows in ready))
    if len(roles) < 2:
        there = ", ".join(read[0].column_names)
        message = (
            f"Too little tells these records apart: the columns are {there}. Name at least two of them as people do: "
            "first name, last name, birth date, e-mail, phone, address, postal code, city, company."
        )
        raise ConfigurationError(message, columns=read[0].column_names)
    if min(rows.num_rows for rows in read) < _FEWEST:
        raise ConfigurationError(f"There are fewer than {_FEWEST} records. Bring more: agreement is learned from them.")
    kept = tuple(rows.select(["unique_id", *roles]) for rows in ready)
    true = None if truth is None else tuple(rows[truth].to_pylist() for rows in read)
    return _Records(kept, columns[0], roles, true)


def _predicted(records: _Records, seed: int) -> pa.Table:
    """Return the probable pairs: `left`, `right`, `match_probability`."""
    import duckdb
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)  # it speaks to analysts in a notebook
    api = DuckDBAPI(connection=duckdb.connect())

    def rules(of: tuple[tuple[str, ...], ...]) -> list[Any]:
        return [block_on(*names) for names in of if set(names) <= set(records.roles)]

    settings = SettingsCreator(
        link_type="dedupe_only" if len(records.tables) == 1 else "link_only",
        comparisons=_comparisons(records.roles),
        blocking_rules_to_generate_predictions=rules(_CANDIDATES),
        retain_matching_columns=False,
    )
    frames = [api.register(rows) for rows in records.tables]
    linker = Linker(frames[0] if len(frames) == 1 else frames, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed + 1)
    sure = rules(_SURE)
    if sure:
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    for rule in rules(_TAUGHT_BY)[:3]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found: Any = linker.inference.predict(threshold_match_probability=_KEPT_FROM)  # Splink ships few types
    predicted = found.as_pyarrow_table()
    names = {"unique_id_l": "left", "unique_id_r": "right", "match_probability": "match_probability"}
    if len(records.tables) == 2:
        is_swapped = pc.greater(predicted["source_dataset_l"], predicted["source_dataset_r"])
        left = pc.if_else(is_swapped, predicted["unique_id_r"], predicted["unique_id_l"])
        right = pc.if_else(is_swapped, predicted["unique_id_l"], predicted["unique_id_r"])
        return pa.table({"left": left, "right": right, "match_probability": predicted["match_probability"]})
    return predicted.select(list(names)).rename_columns(list(names.values()))


def _comparisons(roles: tuple[str, ...]) -> list[Any]:
    import splink.comparison_library as cl

    found: list[Any] = []
    if {"first_name", "last_name"} <= set(roles):
        found.append(cl.ForenameSurnameComparison("first_name", "last_name"))  # people swap the two
    else:
        found += [cl.NameComparison(role) for role in ("first_name", "last_name") if role in roles]
    if "email" in roles:
        found.append(cl.EmailComparison("email"))
    found += [cl.DamerauLevenshteinAtThresholds(role, [1, 2]) for role in _DISTANCES if role in roles]
    found += [cl.JaroWinklerAtThresholds(role, [0.9, 0.75]) for role in _LIKENESS if role in roles]
    if "region" in roles:
        found.append(cl.ExactMatch("region"))
    return found


def _one_to_one(pairs: pa.Table) -> pa.Table:
    """Keep each record's best partner, the most probable pairs first."""
    ordered = pairs.sort_by([("match_probability", "descending"), ("left", "ascending"), ("right", "ascending")])
    left, right = ordered["left"].to_pylist(), ordered["right"].to_pylist()
    taken_left: set[str] = set()
    taken_right: set[str] = set()
    kept = []
    for place, (one, other) in enumerate(zip(left, right, strict=True)):
        if one not in taken_left and other not in taken_right:
            taken_left.add(one)
            taken_right.add(other)
            kept.append(place)
    return ordered.take(kept)


def _clusters(records: _Records, pairs: pa.Table) -> dict[tuple[int, str], int]:
    """Return the group of each record (by table and id): those that links join, however long the chain."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names = [(at, name) for at, rows in enumerate(records.tables) for name in rows["unique_id"].to_pylist()]
    places = {key: place for place, key in enumerate(names)}
    second = len(records.tables) - 1
    left = [places[0, name] for name in pairs["left"].to_pylist()]
    right = [places[second, name] for name in pairs["right"].to_pylist()]
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(names), len(names)))
    _, groups = connected_components(graph, directed=False)
    return {key: int(group) for key, group in zip(names, groups, strict=True)}


def _pairs_of(clusters: dict[tuple[int, str], int]) -> pa.Table:
    """Return every pair of records of a group."""
    groups: dict[int, list[str]] = {}
    for (_, name), group in clusters.items():
        groups.setdefault(group, []).append(name)
    found = [(one, other) for names in groups.values() for at, one in enumerate(names) for other in names[at + 1 :]]
    return pa.table({"left": [one for one, _ in found], "right": [other for _, other in found]})


def _measured(records: _Records, pairs: pa.Table) -> dict[str, object]:
    assert records.truth is not None
    true = [
        dict(zip(rows["unique_id"].to_pylist(), values, strict=True))
        for rows, values in zip(records.tables, records.truth, strict=True)
    ]
    left, right = true[0], true[-1]
    right_pairs = sum(
        left[one] is not None and left[one] == right[other]
        for one, other in zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)
    )
    n_left = _counts(left)
    if len(true) == 1:
        n_true = sum(n * (n - 1) // 2 for n in n_left.values())
    else:
        n_right = _counts(right)
        n_true = sum(n * n_right.get(value, 0) for value, n in n_left.items())
    precision = right_pairs / pairs.num_rows if pairs.num_rows else None
    recall = right_pairs / n_true if n_true else None
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    return {"true_pairs": n_true, "precision": precision, "recall": recall, "f1": f1}


def _counts(values: dict[str, Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for value in values.values():
        if value is not None:
            found[value] = found.get(value, 0) + 1
    return found


def _rows(records: _Records, clusters: dict[tuple[int, str], int]) -> pa.Table:
    tables, names = [], []
    for at, rows in enumerate(records.tables):
        tables += [at + 1] * rows.num_rows
        names += rows["unique_id"].to_pylist()
    groups = [clusters[at - 1, name] for at, name in zip(tables, names, strict=True)]
    return pa.table({"table": tables, "record": names, "cluster": groups})


def _told(data: dict[str, object], rows: pa.Table) -> Findings:
    def lead(lang: Language) -> dict[str, str]:
        return {key: number(int(str(data[key])), lang) for key in ("records", "clusters", "pairs")}

    def shares(lang: Language) -> dict[str, str]:
        return {key: percent(float(str(data[key] or 0)), lang, 2) for key in ("precision", "recall", "f1")}

    columns = data["columns"]
    assert isinstance(columns, dict)
    said = [Said.of(_LEAD, lead), Said.of(_BY, lambda _lang: {"columns": ", ".join(columns.values())})]
    if data["f1"] is not None:
        said.insert(1, Said.of(_TRUE, shares))
    title = Said(fr="Les fiches qui vont ensemble", en="The records that belong together")
    return Findings(title, data, tuple(said), rows)
