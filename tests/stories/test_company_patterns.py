"""Rules in words on a company's own past: found where they are, told in both languages, and not claimed from chance."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.past_events import fading_company

from prevenance import features
from prevenance.app import make_project, open_application
from prevenance.insights.patterns import Shown, search
from prevenance.kit.words import Words
from prevenance.records.tables import EVENTS

_PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm") / "acme"
    make_project(folder, company="Acme", language="fr")
    with (folder / "prevenance.yaml").open("a", encoding="utf-8") as settings:
        settings.write("as_of: 2026-11-01\n")
    with open_application(folder, data_folder=folder) as application:
        application.lake.replace(EVENTS, fading_company(400, seed=2))
    return folder


def _asked(project: Path, *arguments: str, code: int = 0) -> str:
    ran = subprocess.run(
        [*_PROGRAM, "patterns", *arguments, "--project", str(project)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stderr
    return ran.stdout + ran.stderr


def test_what_goes_before_leaving_is_told_in_words(company: Path) -> None:
    found = json.loads(_asked(company, "churn", "--json"))
    assert found["target"] == "churn"
    about_logins = [one for one in found["patterns"] if re.search("login|active days", one["sentence_en"])]
    assert about_logins, "who logs in less leaves: that is how this past was made"
    best = about_logins[0]
    low, high = best["interval"]
    assert low <= best["rate"] <= high
    assert best["base_rate"] < best["rate"]
    assert all("{" not in one[f"sentence_{lang}"] for one in found["patterns"] for lang in ("fr", "en"))
    names = features.feature_cards()
    assert not any(name in one["sentence_fr"] + one["sentence_en"] for one in found["patterns"] for name in names)


def test_the_average_is_that_of_all_cases(company: Path) -> None:
    told = _asked(company, "churn", "--language", "en")
    shares = {int(share) for share in re.findall(r"against (\d+)% on average", told)}
    assert len(shares) == 1
    # Some 400 customers in eight quarters, of whom a third leave once: nearer to one in twenty than to one in three.
    assert 2 <= shares.pop() <= 12
    assert "cases in all" in told


def test_a_question_that_is_not_known_and_a_past_that_is_too_short_are_said(company: Path, tmp_path: Path) -> None:
    assert "Choose one of churn" in _asked(company, "chrun", code=2)
    make_project(tmp_path / "new", company="New", language="en")
    assert "are needed" in _asked(tmp_path / "new", "churn", code=1)


def test_what_customers_repeat_is_no_evidence() -> None:
    def rule(_lang: Any, figures: dict[str, str]) -> str:
        return figures["condition"]

    claimed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        owners = np.repeat(np.arange(120), 20)  # twenty rows a customer that say the same each time, by chance alone
        happened = np.repeat(rng.random(120) < 0.3, 20)
        columns = {name: pa.chunked_array([np.repeat(rng.normal(size=120), 20)]) for name in "abcd"}
        shown = {name: Shown(Words(fr=name, en=name)) for name in columns}
        claimed += len(search(columns, happened, shown, rule, seed=seed, customers=owners).found) > 0
    assert claimed <= 4
