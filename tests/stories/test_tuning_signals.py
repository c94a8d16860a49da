"""Thresholds are chosen on older months, judged on newer ones, shown, and written only when somebody says so."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from tests.past_events import events_table

from prevenance.app import make_project, open_application
from prevenance.records.tables import EVENTS

_PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]
_MONTHS = 28
_BEGIN = datetime(2024, 7, 1)  # noqa: DTZ001 - the lake stores UTC without a zone


def _tuned(project: Path, *arguments: str, code: int = 0) -> Any:
    ran = subprocess.run(
        [*_PROGRAM, "signals", "tune", "support_load", "--project", str(project), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    return json.loads(ran.stdout)["signals"][0] if "--json" in arguments else ran.stdout + ran.stderr


def _company(folder: Path, rows: Iterable[dict[str, Any]]) -> Path:
    make_project(folder, company="Acme", language="en")
    with (folder / "prevenance.yaml").open("a", encoding="utf-8") as settings:
        settings.write("as_of: 2026-11-01\n")
    with open_application(folder, data_folder=folder) as application:
        application.lake.replace(EVENTS, events_table(rows))
    return folder


def _crowded(*, seven_means_leaving: bool) -> Iterable[dict[str, Any]]:
    """Tell a past in which four requests a month mean nothing, and seven (or nothing at all) that a customer leaves."""
    rng = np.random.default_rng(3)
    for customer in range(1, 101):
        yield {"customer_id": customer, "kind": "contract_started", "occurred_at": _BEGIN, "object_id": str(customer)}
    for month in range(3, _MONTHS):
        begins = (_BEGIN + timedelta(31 * month)).replace(day=8)
        leaver = 3 * (month - 3) + 1  # three customers begin to leave each month, from the first on
        bursts = {int(c): 4 for c in rng.choice(np.arange(80, 101), 8, replace=False)}
        bursts |= dict.fromkeys(range(leaver, leaver + 3) if seven_means_leaving else rng.choice(79, 3) + 1, 7)
        for customer, n in bursts.items():
            for nth in range(n):
                at = begins + timedelta(hours=50 * nth)
                yield {
                    "customer_id": customer,
                    "kind": "ticket_opened",
                    "occurred_at": at,
                    "object_id": f"{customer}-{at}",
                }
        for customer in range(leaver, leaver + 3):
            yield {"customer_id": customer, "kind": "contract_ended", "occurred_at": begins + timedelta(60)}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return _company(tmp_path / "acme", _crowded(seven_means_leaving=True))


def test_what_did_better_and_is_confirmed_is_proposed_and_nothing_is_changed(company: Path) -> None:
    before = (company / "signals.yaml").read_bytes()
    found = _tuned(company, "--json")
    assert found["verdict"] == "better"
    assert found["present"] == {"n_tickets": 3.0}
    assert 4 <= found["proposed"]["n_tickets"] < 7
    was, now = (found["newer"][name] for name in ("present", "proposed"))
    assert was["precision"] < 0.5
    assert now["precision"] == 1.0 >= now["recall"] == was["recall"]
    assert now["precision_low"] < 1.0, "a share of few is told with its interval"
    assert found["older"]["present"]["n_months"] > found["newer"]["present"]["n_months"] > 2
    assert (company / "signals.yaml").read_bytes() == before


def test_an_adopted_threshold_stands_in_the_file_with_every_comment_and_in_the_trail(company: Path) -> None:
    before = (company / "signals.yaml").read_text("utf-8")
    assert "--actor" in _tuned(company, "--adopt", code=2)
    assert (company / "signals.yaml").read_text("utf-8") == before
    _tuned(company, "--adopt", "--actor", "ada", "--reason", "too many alerts")
    after = (company / "signals.yaml").read_text("utf-8")
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][0].partition("#")[2] == changed[0][1].partition("#")[2] != ""
    assert yaml.safe_load(after)["support_load"]["n_tickets"] > 3
    with open_application(company, data_folder=company) as application:
        assert application.ledger.verify_audit().n_entries == 1
    assert _tuned(company, "--json")["verdict"] == "no better"


def test_the_users_limits_are_kept(company: Path) -> None:
    kept = _tuned(company, "--json", "--within", "support_load.n_tickets=2..3")
    assert kept["proposed"]["n_tickets"] in {2.0, 3.0}
    few = _tuned(company, "--json", "--alerts", "4")
    assert few["older"]["proposed"]["alerts_a_month"] <= 4 < few["older"]["present"]["alerts_a_month"]
    assert "not a range" in _tuned(company, "--within", "support_load.n_tickets=few", code=2)
    assert "no threshold support_load.tickets" in _tuned(company, "--within", "support_load.tickets=1..2", code=2)


def test_where_nothing_leads_to_anything_nothing_is_proposed(tmp_path: Path) -> None:
    found = _tuned(_company(tmp_path / "acme", _crowded(seven_means_leaving=False)), "--json")
    assert found["verdict"] in {"no better", "not confirmed"}


def test_too_short_a_past_is_said(tmp_path: Path) -> None:
    late = ({**row, "occurred_at": row["occurred_at"] + timedelta(600)} for row in _crowded(seven_means_leaving=True))
    rows = [row for row in late if row["occurred_at"] < datetime(2026, 10, 30)]  # noqa: DTZ001 - as above
    project = _company(tmp_path / "acme", rows)
    assert _tuned(project, "--json")["verdict"] == "too little past"
    assert "too few past months" in _tuned(project)


def test_a_fact_has_no_thresholds_to_learn(company: Path) -> None:
    ran = subprocess.run(
        [*_PROGRAM, "signals", "tune", "birthday", "--project", str(company)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "predicts nothing" in ran.stderr
