"""Measure `prevenance lab link` on generated persons beside Splink alone with its textbook settings.

    python benchmarks/identity.py [--persons 100000] [--threshold 0.95] [--json]

Makes persons (seeded): names with a long tail, birth dates, e-mail, phone, postcode and town; a third have a second record
and a tenth of those a third, each with slips of the pen, empty fields and changed addresses. Each side runs in a process of
its own on the same file; what is printed is wall and CPU seconds, peak memory, precision, recall and F1 over pairs. Splink's
settings are those of its own tutorial for persons, on the same columns and candidate rules of the same kind.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

GOAL_TIME, GOAL_PRECISION = 1.5, 0.995
_HEADS = [
    "du",
    "le",
    "ber",
    "mar",
    "del",
    "mo",
    "la",
    "gau",
    "ro",
    "bar",
    "che",
    "fer",
    "vi",
    "pe",
    "gi",
    "ca",
    "bo",
    "cor",
    "ma",
    "sau",
]
_MIDDLES = [
    "ran",
    "tin",
    "nar",
    "lau",
    "rin",
    "char",
    "vil",
    "bert",
    "mon",
    "ge",
    "li",
    "na",
    "se",
    "ta",
    "ri",
    "cou",
    "lou",
    "pi",
]
_TAILS = ["d", "eau", "ier", "ot", "et", "in", "on", "ard", "aud", "elle", "ais", "ez", "y", "lt", "sson", "ac"]


# --- make persons ---


def make(path: Path, n_persons: int) -> None:
    rng = np.random.default_rng(7)
    parts = [rng.integers(0, len(one), n_persons) for one in (_HEADS, _MIDDLES, _TAILS)]
    # Squared draws: a few names are common, most are rare; a fourth syllable makes a long tail.
    common = (rng.random(n_persons) ** 2 * 4000).astype(np.int64)
    last = _joined(
        np.array(_HEADS)[common % 20], np.array(_MIDDLES)[(common // 20) % 18], np.array(_TAILS)[common // 360 % 16],
        np.where(rng.random(n_persons) < 0.4, np.array(_MIDDLES)[parts[1]], ""),
    )  # fmt: skip
    given = (rng.random(n_persons) ** 2 * 900).astype(np.int64)
    first = _joined(np.array(_HEADS)[given % 20], np.array(_TAILS)[given // 20 % 16], np.array(_MIDDLES)[given // 320])
    born = np.datetime64("1930-01-01") + rng.integers(0, 28_000, n_persons)
    postcode = 1000 + (rng.random(n_persons) ** 2 * 6000).astype(np.int64) * 16
    host = np.array(["@a.example", "@b.example", "@c.example", "@d.example"])[rng.integers(0, 4, n_persons)]
    email = _joined(first, np.full(n_persons, "."), last, rng.integers(0, 10_000, n_persons).astype(str), host)
    phone = _joined(np.full(n_persons, "0"), (600_000_000 + rng.permutation(n_persons)).astype(str))
    street = _joined(
        rng.integers(1, 200, n_persons).astype(str), np.full(n_persons, " rue "), last[rng.permutation(n_persons)]
    )
    n_copies = 1 + (rng.random(n_persons) < 0.3) + (rng.random(n_persons) < 0.03)
    who = np.repeat(np.arange(n_persons), n_copies)
    is_copy = np.concatenate([[False], who[1:] == who[:-1]])

    def told(values: Any, *, slip: float, gone: float) -> Any:
        """Return the values as each record tells them: copies with slips, all with gaps."""
        values = values[who].astype(str)
        slipped = np.flatnonzero(is_copy & (rng.random(len(who)) < slip))
        values[slipped] = [
            _slip(value, int(at)) for value, at in zip(values[slipped], rng.integers(0, 99, len(slipped)), strict=True)
        ]
        return pa.array(values, mask=rng.random(len(who)) < gone)

    moved = np.where(is_copy & (rng.random(len(who)) < 0.15), rng.permutation(n_persons)[who], who)
    table = {
        "id": pa.array(np.arange(len(who)).astype(str)),
        "personne": pa.array(who),
        "prénom": told(first, slip=0.12, gone=0.01),
        "nom": told(last, slip=0.12, gone=0.01),
        "date de naissance": told(born, slip=0.06, gone=0.15),
        "e-mail": told(email, slip=0.25, gone=0.25),
        "téléphone": told(phone, slip=0.10, gone=0.30),
        "code postal": pa.array(postcode[moved].astype(str)),
        "adresse": pa.array(street[moved]),
    }
    order = rng.permutation(len(who))
    pq.write_table(pa.table(table).take(order), path)


def _joined(*parts: Any) -> Any:
    found = parts[0].astype("U40")
    for part in parts[1:]:
        found = np.char.add(found, part)
    return found


def _slip(value: str, at: int) -> str:
    place = at % max(len(value) - 1, 1)
    if at % 3 == 0:
        return value[:place] + value[place + 1 :]
    if at % 3 == 1:
        return value[:place] + value[place + 1 : place + 2] + value[place : place + 1] + value[place + 2 :]
    return value[:place] + chr(ord("0" if value[place].isdigit() else "a") + at % 10) + value[place + 1 :]


# --- the two sides, each in its own process ---


def ours(path: Path, threshold: float) -> dict[str, Any]:
    from prevenance.identity import link_table

    found: dict[str, Any] = dict(link_table(path, identifier="id", truth="personne", threshold=threshold).data)
    return {key: found[key] for key in ("pairs", "precision", "recall", "f1")}


def splink_alone(path: Path, threshold: float) -> dict[str, Any]:
    import logging

    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    engine = duckdb.connect()
    records = engine.sql(
        f"""select id::bigint as unique_id, personne as cluster, "prénom" as first_name, nom as surname,
            "date de naissance" as dob, "e-mail" as email, "téléphone" as phone, "code postal" as postcode
            from read_parquet('{path}')"""
    ).to_arrow_table()
    rules = [
        block_on("email"), block_on("phone"), block_on("first_name", "surname"), block_on("surname", "dob"),
        block_on("first_name", "dob"), block_on("surname", "postcode"), block_on("first_name", "postcode"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name"), cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True), cl.EmailComparison("email"),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]), cl.ExactMatch("postcode"),
        ],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )  # fmt: skip
    api = DuckDBAPI(connection=engine)
    linker = Linker(api.register(records), settings, log_level=logging.ERROR)
    sure = [block_on("first_name", "surname", "dob"), block_on("email"), block_on("phone")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("first_name", "surname"), block_on("dob", "postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs: Any = linker.inference.predict(threshold_match_probability=threshold)
    groups: Any = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=threshold
    )
    engine.register("groups_table", groups.as_pyarrow_table())
    engine.register("true_table", records)
    pairs_of = "select sum(n * (n - 1) / 2) from (select count(*) as n from {table} group by {by})"
    both = "(select g.cluster_id, t.cluster from groups_table g join true_table t using (unique_id))"

    def count(table: str, by: str) -> float:
        row = engine.execute(pairs_of.format(table=table, by=by)).fetchone()
        assert row is not None
        return float(row[0])

    n_found, n_true = count("groups_table", "cluster_id"), count("true_table", "cluster")
    n_right = count(both, "cluster_id, cluster")
    precision, recall = n_right / n_found, n_right / n_true
    return {
        "pairs": int(n_found),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def measured(side: str, path: Path, threshold: float) -> dict[str, Any]:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    found = {"ours": ours, "splink": splink_alone}[side](path, threshold)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - began, "cpu": cpu, "megabytes": used.ru_maxrss / 1024, **found}


def in_a_process(side: str, path: Path, *more: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--side", side, "--path", str(path), *more]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def told(found: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'':8}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'precision':>11}{'recall':>9}{'F1':>9}"]
    for side, at in found.items():
        lines.append(
            f"{side:8}{at['wall']:9.1f}{at['cpu']:9.1f}{at['megabytes']:9.0f}{at['precision']:11.4f}{at['recall']:9.4f}{at['f1']:9.4f}"
        )
    ratio = found["ours"]["cpu"] / found["splink"]["cpu"]
    lines.append(
        f"CPU seconds, ours over Splink alone: {ratio:.2f} (goal {GOAL_TIME}); precision goal {GOAL_PRECISION}"
    )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--threshold", type=float, default=0.95)
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    parser.add_argument("--side", choices=("make", "ours", "splink"), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side == "make":
        make(asked.path, asked.persons)
        print("{}")
        return 0
    if asked.side:
        print(json.dumps(measured(asked.side, asked.path, asked.threshold)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "persons.parquet"
        in_a_process("make", path, "--persons", str(asked.persons))
        found = {side: in_a_process(side, path, "--threshold", str(asked.threshold)) for side in ("ours", "splink")}
    print(json.dumps(found) if asked.json else told(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
