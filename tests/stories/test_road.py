"""The main job from end to end, by the command line: files in, the list out; replays and kills change nothing."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from prevenance.records.tables import LAKE_TABLES
from prevenance.storage import open_lake

pytestmark = pytest.mark.slow

_PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]
_LEDGER = ("consents", "objections", "decisions", "kpi_baselines")
_STAMPS = {"proposed_at", "updated_at", "frozen_at", "consent_id", "objection_id"}


def _prevenance(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [*_PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def _run(project: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(_prevenance("run", "--project", project, "--json").stdout)
    return report


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a practice project of eighty customers that was never run."""
    folder = tmp_path_factory.mktemp("company") / "tiny"
    _prevenance("demo", "start", folder, "--size", "tiny", "--no-run", "--no-serve")
    return folder


@pytest.fixture(scope="module")
def finished(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the same project after one undisturbed run, and what the run said."""
    folder = tmp_path_factory.mktemp("finished") / "tiny"
    shutil.copytree(company, folder)
    return folder, _run(folder)


def _tables(project: Path) -> dict[str, tuple[int, str]]:
    """Return rows and digest of every table of the lake, and of the ledger's tables but for its stamps."""
    lake = open_lake(project / "data" / "lake")
    found = {name: _digest(lake.collect(lake.read(table)).to_pylist()) for name, table in LAKE_TABLES.items()}
    with sqlite3.connect(project / "data" / "ledger.db") as ledger:
        ledger.row_factory = sqlite3.Row
        for name in _LEDGER:
            rows = [dict(row) for row in ledger.execute(f"select * from {name}")]
            found[name] = _digest(
                [{k: v for k, v in row.items() if k not in _STAMPS and "key" not in k} for row in rows]
            )
    return found


def _digest(rows: list[dict[str, Any]]) -> tuple[int, str]:
    lines = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
    return len(rows), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_road_ends_with_a_list_that_gives_its_reasons(finished: tuple[Path, dict[str, Any]]) -> None:
    folder, report = finished
    assert report["stages"][0]["name"] == "sources"
    assert report["decisions"]["acted"] > 0
    proposals = json.loads(_prevenance("today", "--project", folder, "--json").stdout)
    assert proposals
    for proposal in proposals:
        assert proposal["customer"]
        assert proposal["reasons"][0]["fr"] != proposal["reasons"][0]["en"]


def test_eighty_customers_get_signals_only_and_no_false_promise(finished: tuple[Path, dict[str, Any]]) -> None:
    _folder, report = finished
    assert {target["verdict"] for target in report["targets"]} <= {"signals_only", "not_enough"}
    assert all(target["auc"] is None for target in report["targets"])


def test_every_row_is_accounted_for(finished: tuple[Path, dict[str, Any]]) -> None:
    folder, _report = finished
    with sqlite3.connect(folder / "data" / "ledger.db") as ledger:
        detail = ledger.execute("select detail from stages where name = 'sources'").fetchone()[0]
    for stream in json.loads(detail)["streams"]:
        told = stream["inserted"] + stream["updated"] + stream["unchanged"] + stream["quarantined"]
        assert told == stream["rows_in"], stream


def test_a_second_run_changes_nothing(finished: tuple[Path, dict[str, Any]]) -> None:
    folder, _report = finished
    before = _tables(folder)
    again = _run(folder)
    assert {stage["name"]: stage["rows_new"] for stage in again["stages"]} == dict.fromkeys(
        (stage["name"] for stage in again["stages"]), 0
    )
    assert _tables(folder) == before


def test_ten_kills_at_random_moments_change_nothing(company: Path, tmp_path: Path, finished: tuple[Path, Any]) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(company, folder)
    chance = random.Random(20261122)
    n_killed = 0
    for _turn in range(10):
        process = subprocess.Popen(
            [*_PROGRAM, "run", "--project", str(folder), "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
        time.sleep(chance.uniform(2.5, 9.0))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            n_killed += 1
        process.wait()
    assert n_killed >= 3, "the run is too quick for these kills to mean anything"
    _run(folder)
    assert _tables(folder) == _tables(finished[0])


def test_a_dry_run_shows_and_sends_nothing(finished: tuple[Path, dict[str, Any]]) -> None:
    folder, _report = finished
    proposal = json.loads(_prevenance("today", "--project", folder, "--json").stdout)[0]
    _prevenance("approve", proposal["decision_id"], "--actor", "ada", "--project", folder)
    shown = json.loads(_prevenance("deliver", "--project", folder, "--json").stdout)
    assert (shown["sent"], shown["previewed"]) == (0, 1)


def test_the_doctor_finds_everything_in_order(finished: tuple[Path, dict[str, Any]]) -> None:
    folder, _report = finished
    checks = json.loads(_prevenance("doctor", "--project", folder, "--json").stdout)
    assert all(check["is_fine"] for check in checks), checks


def test_facts_that_come_later_change_no_earlier_list(company: Path, tmp_path: Path) -> None:
    early, late = tmp_path / "early", tmp_path / "late"
    for folder in (early, late):
        shutil.copytree(company, folder)
    _prevenance("run", "--project", late, "--json")
    _prevenance("run", "--project", late, "--json", "--as-of", "2026-06-01")
    _prevenance("run", "--project", early, "--json", "--as-of", "2026-06-01")
    for table in ("signal_hits", "signal_records"):
        assert _as_of_june(late, table) == _as_of_june(early, table)


def _as_of_june(project: Path, name: str) -> tuple[int, str]:
    lake = open_lake(project / "data" / "lake")
    rows: pa.Table = lake.collect(lake.read(LAKE_TABLES[name]))
    return _digest([row for row in rows.to_pylist() if str(row["as_of"]).startswith("2026-06-01")])
