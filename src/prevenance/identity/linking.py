"""Say which records of one or two flat tables are the same person or firm: the lab's `link`."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.identity.link_columns import LinkColumns
from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.scratch import scratch_session
from prevenance.kit.words import Language, Words, number, percent

Numbers = npt.NDArray[np.int64]
Rules: TypeAlias = tuple[tuple[str, ...], ...]

_FEWEST = 30
_PAIRS_PER_RECORD = 4  # that one rule may ask to compare
_ONE_TO_ONE = 0.5  # two tables, each record once: the best partner on both sides is asked for as well
_ONE_TABLE = 0.95  # here one wrong link joins two whole groups
_KEPT_FROM = 0.01
_DISTANCES = ("birth_date", "number", "postal_code", "phone", "street_number")
_LIKENESS = ("company", "full_name", "address", "address_more", "city")
# Pairs worth comparing: each rule is an "and" of columns, or of the first letters of columns.
_CANDIDATES: Rules = (
    ("number",), ("email",), ("phone",), ("birth_date",), ("first_name", "last_name"), ("last_name", "postal_code"),
    ("first_name", "postal_code"), ("address", "city"), ("address", "street_number"), ("full_name",),
    ("company", "postal_code"), ("company", "city"), ("first_name", "city"), ("last_name", "city"),
)  # fmt: skip
_SURE: Rules = (
    ("number", "birth_date"), ("email", "last_name"), ("email", "birth_date"), ("number", "last_name"),
    ("first_name", "last_name", "birth_date"), ("first_name", "last_name", "postal_code"),
    ("full_name", "postal_code"), ("company", "postal_code"), ("full_name", "birth_date"), ("full_name", "city"),
)  # fmt: skip
_TAUGHT_BY: Rules = (
    ("number",), ("birth_date",), ("email",), ("first_name", "last_name"), ("last_name", "postal_code"),
    ("full_name",), ("company",), ("phone",), ("postal_code",),
)  # fmt: skip
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
    """Holds prepared tables, whose records are numbered through, and the columns that both have.

    `truth` has a code for each record, -1 where it is unknown.
    """

    tables: tuple[pa.Table, ...]
    names: pa.ChunkedArray
    columns: LinkColumns
    roles: tuple[str, ...]
    truth: Numbers | None


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
    left, right = (np.asarray(kept[side], dtype=np.int64) for side in ("left", "right"))
    groups = _groups(len(records.names), left, right)
    seconds = time.perf_counter() - began
    data: dict[str, object] = {
        "task": "link",
        "records": len(records.names),
        "pairs": len(left) if other is not None else _n_pairs(groups),
        "clusters": int(groups.max()) + 1,
        "precision": None,
        "recall": None,
        "f1": None,
        "threshold": cut,
        "seconds": round(seconds, 3),
        "columns": {role: records.columns.by_role[role] for role in records.roles},
    }
    if records.truth is not None:
        true = records.truth
        n_right = int(((true[left] == true[right]) & (true[left] >= 0)).sum()) if other is not None else None
        data |= _measured(records, groups, n_right=n_right, n_pairs=int(str(data["pairs"])))
    return _told(data, _rows(records, groups))


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
    starts = np.cumsum([0, *(rows.num_rows for rows in ready)])
    numbered = tuple(
        rows.select(list(roles)).append_column("unique_id", pa.array(np.arange(start, start + rows.num_rows)))
        for rows, start in zip(ready, starts[:-1], strict=True)
    )
    names = pa.chunked_array([chunk for rows in ready for chunk in rows["unique_id"].cast(pa.string()).chunks])
    return _Records(numbered, names, columns[0], roles, None if truth is None else _codes(read, truth))


def _codes(tables: list[pa.Table], column: str) -> Numbers:
    values = pa.chunked_array([chunk for rows in tables for chunk in rows[column].cast(pa.string()).chunks])
    codes = values.combine_chunks().dictionary_encode().indices
    return np.asarray(pc.fill_null(codes, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _affordable(engine: Any, records: _Records, rules: Rules) -> list[tuple[str, ...]]:
    """Return the rules that fit these records, leaving out those whose pairs grow beyond all use.

    A birthday names few of a thousand people and forty of a million: then it is no reason to compare two records, and
    a rule of two columns finds them. The three rules of fewest pairs always stay.
    """
    found: list[tuple[float, tuple[str, ...]]] = []
    for rule in rules:
        if set(rule) <= set(records.roles):
            keys = ", ".join(rule)
            there = " and ".join(f"{column} is not null" for column in rule)
            sides = [
                f"select {keys}, count(*) as n from side_{at} where {there} group by all"
                for at, _ in enumerate(records.tables)
            ]
            one = f"select sum(n * (n - 1) / 2) from ({sides[0]})"
            two = f"select sum(l.n * r.n) from ({sides[0]}) l join ({sides[-1]}) r using ({keys})"
            n_pairs = engine.execute(one if len(sides) == 1 else two).fetchone()[0] or 0
            found.append((float(n_pairs), rule))
    budget = _PAIRS_PER_RECORD * len(records.names)
    cheapest = sorted(found)[:3]
    return [rule for n_pairs, rule in found if n_pairs <= budget or (n_pairs, rule) in cheapest]


def _predicted(records: _Records, seed: int) -> pa.Table:
    """Return the probable pairs: `left`, `right`, `match_probability`."""
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)  # it speaks to analysts in a notebook
    engine = scratch_session()
    api = DuckDBAPI(connection=engine)
    for at, rows in enumerate(records.tables):
        engine.register(f"side_{at}", rows)

    useful = {of: _affordable(engine, records, of) for of in (_CANDIDATES, _SURE, _TAUGHT_BY)}

    def rules(of: Rules) -> list[Any]:
        return [block_on(*names) for names in useful[of]]

    settings = SettingsCreator(
        link_type="dedupe_only" if len(records.tables) == 1 else "link_only",
        comparisons=_comparisons(records.roles),
        blocking_rules_to_generate_predictions=rules(_CANDIDATES),
        retain_matching_columns=False,
    )
    frames = [api.register(rows) for rows in records.tables]
    linker = Linker(frames[0] if len(frames) == 1 else frames, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed + 1, num_chunks=1)
    sure = rules(_SURE)
    if sure:
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    for rule in rules(_TAUGHT_BY)[:3]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found: Any = linker.inference.predict(threshold_match_probability=_KEPT_FROM)  # Splink ships few types
    predicted = found.as_pyarrow_table()
    left = pc.min_element_wise(predicted["unique_id_l"], predicted["unique_id_r"])
    right = pc.max_element_wise(predicted["unique_id_l"], predicted["unique_id_r"])
    return pa.table({"left": left, "right": right, "match_probability": predicted["match_probability"]})


def _comparisons(roles: tuple[str, ...]) -> list[Any]:
    import splink.comparison_library as cl

    found: list[Any] = []
    if {"first_name", "last_name"} <= set(roles):
        found.append(cl.ForenameSurnameComparison("first_name", "last_name"))  # people swap the two
    else:
        found += [cl.NameComparison(role) for role in ("first_name", "last_name") if role in roles]
    if "email" in roles:
        found.append(_email())
    found += [cl.DamerauLevenshteinAtThresholds(role, [1, 2]) for role in _DISTANCES if role in roles]
    found += [cl.JaroWinklerAtThresholds(role, [0.9, 0.75]) for role in _LIKENESS if role in roles]
    if "region" in roles:
        found.append(cl.ExactMatch("region"))
    return found


def _email() -> Any:
    """Forgive slips of the pen, not likeness: two namesakes' addresses at one provider are alike without meaning it."""
    import splink.comparison_level_library as levels
    from splink.comparison_library import CustomComparison

    # Counting edits is slow on long text: first look whether the beginnings and the lengths allow it.
    is_near = "substr(email_l, 1, 3) = substr(email_r, 1, 3) and abs(length(email_l) - length(email_r)) <= 2"
    slip = levels.CustomLevel(f"{is_near} and damerau_levenshtein(email_l, email_r) <= 2", "at most two slips")
    digits_l, digits_r = (f"regexp_replace(email_{side}, '[^0-9]', '', 'g')" for side in "lr")
    is_possible = "substr(email_l, 1, 1) = substr(email_r, 1, 1) and abs(length(email_l) - length(email_r)) <= 4"
    # Namesakes differ by a number, so that one that is the same makes four slips believable.
    mangled = levels.CustomLevel(
        f"{is_possible} and {digits_l} = {digits_r} and damerau_levenshtein(email_l, email_r) <= 4", "mangled"
    )
    equal = levels.ExactMatchLevel("email", term_frequency_adjustments=True)
    found: list[Any] = [levels.NullLevel("email"), equal, slip, mangled, levels.ElseLevel()]
    return CustomComparison(output_column_name="email", comparison_levels=found)


def _one_to_one(pairs: pa.Table) -> pa.Table:
    """Keep each record's best partner, the most probable pairs first."""
    ordered = pairs.sort_by([("match_probability", "descending"), ("left", "ascending"), ("right", "ascending")])
    left, right = ordered["left"].to_pylist(), ordered["right"].to_pylist()
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    kept = []
    for place, (one, other) in enumerate(zip(left, right, strict=True)):
        if one not in taken_left and other not in taken_right:
            taken_left.add(one)
            taken_right.add(other)
            kept.append(place)
    return ordered.take(kept)


def _groups(n_records: int, left: Numbers, right: Numbers) -> Numbers:
    """Return the group of each record: those that links join, however long the chain."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n_records, n_records))
    _, groups = connected_components(graph, directed=False)
    return np.asarray(groups, dtype=np.int64)


def _n_pairs(codes: Numbers) -> int:
    """Return how many pairs have the same code; -1 is nobody's."""
    counts = np.unique(codes[codes >= 0], return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def _measured(records: _Records, groups: Numbers, *, n_right: int | None, n_pairs: int) -> dict[str, object]:
    true = records.truth
    assert true is not None
    if n_right is None:  # within one table, every pair of a group counts
        n_right = _n_pairs(np.where(true >= 0, groups * (int(true.max()) + 2) + true, -1))
    n_true = _n_pairs(true)
    if len(records.tables) == 2:
        first = records.tables[0].num_rows
        n_true -= _n_pairs(true[:first]) + _n_pairs(true[first:])
    precision = n_right / n_pairs if n_pairs else None
    recall = n_right / n_true if n_true else None
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    return {"true_pairs": n_true, "precision": precision, "recall": recall, "f1": f1}


def _rows(records: _Records, groups: Numbers) -> pa.Table:
    tables = np.repeat(np.arange(len(records.tables)) + 1, [rows.num_rows for rows in records.tables])
    return pa.table({"table": tables, "record": records.names, "cluster": groups})


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
