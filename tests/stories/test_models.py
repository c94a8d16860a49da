"""A company's past becomes a model that is judged later, calibrated, explained, kept once, and asked every morning."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.past_events import AS_OF, events_table, fading_company, few_features

from prevenance import features, timeline
from prevenance.kit.clock import FixedClock
from prevenance.kit.problems import ConfigurationError
from prevenance.models import Versions, model_card, predict, target_cards, train
from prevenance.models.calibration import calibrate
from prevenance.models.ladder import Fold
from prevenance.models.matrix import Matrix, split_in_time
from prevenance.models.scores import auc
from prevenance.models.training_report import TrainingReport
from prevenance.privacy import Wishes
from prevenance.records.ids import CustomerId
from prevenance.records.tables import EVENTS, PREDICTIONS
from prevenance.storage import Lake, Ledger, open_lake, open_ledger


@dataclass(frozen=True)
class Company:
    lake: Lake
    ledger: Ledger
    folder: Path

    @property
    def past(self) -> timeline.Timeline:
        return timeline.read(self.lake, as_of=AS_OF)

    def train(self, **changes: Any) -> TrainingReport:
        asked = {"folder": self.folder, "compute": few_features, **changes}
        return train(self.lake, self.ledger, self.past, "churn", **asked)

    def predict(self) -> list[dict[str, Any]]:
        predict(self.lake, self.ledger, self.past, "churn", folder=self.folder, compute=few_features)
        return self.lake.collect(self.lake.read(PREDICTIONS)).to_pylist()


def found(tmp_path: Path, events: pa.Table) -> Company:
    lake = open_lake(tmp_path / "lake")
    lake.replace(EVENTS, events)
    return Company(lake, open_ledger(f"sqlite:///{tmp_path}/ledger.db", clock=FixedClock(AS_OF)), tmp_path / "models")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return found(tmp_path_factory.mktemp("company"), fading_company())


@pytest.fixture(scope="module")
def trained(company: Company) -> TrainingReport:
    return company.train()


def test_a_model_is_judged_on_a_later_period_beside_the_plain_rule(trained: TrainingReport) -> None:
    said = trained.to_json()
    assert said["verdict"] == "models"
    low, high = said["auc_interval"]
    assert low < said["auc"] < high
    assert said["auc"] > said["baseline_auc"]
    first, last, _ = trained.manifest["cutoffs"]
    assert first < trained.manifest["test_cutoffs"][0] <= trained.manifest["test_cutoffs"][1] == last


def test_no_label_that_was_learned_from_reaches_into_the_time_that_judges() -> None:
    cutoffs = np.array([f"2025-{month:02}-01" for month in range(1, 13)], "datetime64[us]")
    n = 40
    matrix = Matrix(
        ("x",), np.zeros((n * 12, 1)), np.tile([0, 1], n * 6).astype(np.int8), np.tile(np.arange(n), 12),
        np.repeat(cutoffs, n),
    )  # fmt: skip
    split = split_in_time(matrix, 90)
    assert split is not None
    horizon = np.timedelta64(90, "D")
    assert split.learn.cutoffs.max() + horizon <= split.later.cutoffs.min()
    for fold in split.folds:
        assert split.learn.cutoffs[fold.train].max() + horizon <= split.learn.cutoffs[fold.check].min()
    assert len(split.folds) >= 2


def test_the_sentence_says_what_was_measured(trained: TrainingReport) -> None:
    share = trained.manifest["measures"]["precision_at_flagged"]
    assert f"{100 * share:.0f} left" in trained.reason.en
    assert trained.reason.fr.startswith("Sur 100 clients signalés, ")


def test_the_leak_checks_pass_on_an_honest_past(trained: TrainingReport) -> None:
    assert trained.manifest["leak_checks"]["is_clean"]
    assert trained.manifest["leak_checks"]["n_compared"] > 100


def test_a_feature_that_looks_into_the_future_is_caught_and_left_out(company: Company) -> None:
    def peeking(history: Any, grid: ibis.Table) -> ibis.Table:
        honest = few_features(history, grid)
        ends = history.events.filter(history.events.kind == "contract_ended")
        ends = ends.group_by("customer_id").aggregate(end=ends.occurred_at.max())
        both = honest.left_join(ends, "customer_id", rname="{name}_again").drop("customer_id_again")
        return both.mutate(
            days_to_the_end=both.end.epoch_seconds() / 86_400 - both.cutoff.epoch_seconds() / 86_400
        ).drop("end")

    report = company.train(compute=peeking)
    assert "days_to_the_end" in report.manifest["leak_checks"]["out_of_time"]
    assert "days_to_the_end" not in report.manifest["features"]
    company.train()  # the honest model speaks again


def test_training_again_on_the_same_past_changes_nothing(company: Company, trained: TrainingReport) -> None:
    files = {path: path.stat().st_mtime_ns for path in company.folder.rglob("*") if path.is_file()}
    again = company.train()
    assert not again.is_new
    assert again.to_json()["model_id"] == trained.to_json()["model_id"]
    assert {path: path.stat().st_mtime_ns for path in company.folder.rglob("*") if path.is_file()} == files


def test_every_customer_under_contract_gets_a_probability_in_its_range_and_reasons(
    company: Company, trained: TrainingReport
) -> None:
    rows = company.predict()
    under_contract = target_cards()["churn"].population
    grid = company.lake.stage(pa.table({
        "customer_id": pa.array(range(1, 501), pa.int64()),
        "cutoff": pa.array([AS_OF.replace(tzinfo=None)] * 500, pa.timestamp("us")),
    }))  # fmt: skip
    assert len(rows) == company.lake.count(under_contract(company.past, grid))
    assert all(0 < row["low"] <= row["probability"] <= row["high"] < 1 for row in rows)
    assert {row["evidence_level"] for row in rows} == {"model"}
    flagged = [row for row in rows if row["flagged"]]
    assert 0 < len(flagged) < len(rows) / 2
    for row in flagged:
        reasons = json.loads(row["reasons"])
        assert 1 <= len(reasons) <= 3
        assert all(reason["direction"] in ("up", "down") and reason["fr"] and reason["en"] for reason in reasons)


def test_no_reason_shows_the_name_of_a_column(company: Company, trained: TrainingReport) -> None:
    names = set(features.feature_cards())
    sentences = [
        reason[language]
        for row in company.predict()
        for reason in json.loads(row["reasons"])
        for language in ("fr", "en")
    ]
    assert sentences
    assert not any(name in sentence or "_" in sentence for sentence in sentences for name in names)


def test_without_a_reason_the_prediction_moves_as_the_reason_says(company: Company, trained: TrainingReport) -> None:
    moved = [
        (row["probability"] - reason["without"]) * (1 if reason["direction"] == "up" else -1)
        for row in company.predict()
        for reason in json.loads(row["reasons"])
        if reason["weight"] >= 0.1
    ]
    assert len(moved) > 100
    assert min(moved) >= -1e-4  # probabilities are written with four decimals
    assert np.mean(moved) > 0.02


def test_facts_have_their_day(company: Company, trained: TrainingReport) -> None:
    reasons = [reason for row in company.predict() for reason in json.loads(row["reasons"])]
    dated = [reason for reason in reasons if re.search(r"\d{4}", reason["en"])]
    assert len(dated) > 0.9 * len([r for r in reasons if r["feature"] != "n_orders_364" or "since" in r["en"]])
    for reason in dated:
        year = re.search(r"(?:20\d\d)(?!\d)", reason["en"])
        assert year is not None
        assert year[0] in reason["fr"]
    ends = [reason for reason in reasons if reason["feature"] == "days_to_contract_end"]
    assert all(re.match(r"The end of the term: (on \d+ \w+ \d{4}, in \d+ days?|today)", r["en"]) for r in ends)
    assert all(
        re.match(r"L’échéance\u00a0: (le 1?\d*(er)? .* \d{4}, dans \d+ jours?|aujourd’hui)", r["fr"]) for r in ends
    )
    assert ends


def test_predicting_twice_writes_once(company: Company, trained: TrainingReport) -> None:
    first = company.predict()
    version = company.lake.version(PREDICTIONS)
    assert company.predict() == first
    assert company.lake.version(PREDICTIONS) == version


def test_probabilities_come_true_about_as_often_as_they_say(trained: TrainingReport) -> None:
    assert trained.manifest["measures"]["ece"] < 0.05


def test_who_objects_to_profiling_is_neither_scored_nor_learned_from(tmp_path: Path) -> None:
    company = found(tmp_path, fading_company(400, seed=3))
    with_all = company.train()
    objector = company.predict()[0]["customer_id"]
    with company.ledger.begin() as tx:
        wishes = Wishes(tx, at=AS_OF, actor="test")
        wishes.object_to("profiling", customer_id=CustomerId(objector), source="preference page")
    assert objector not in {row["customer_id"] for row in company.predict()}
    without_one = company.train()
    assert without_one.manifest["n_customers"] == with_all.manifest["n_customers"] - 1
    assert without_one.is_new


def test_one_step_goes_back_to_the_model_before(tmp_path: Path) -> None:
    company = found(tmp_path, fading_company(400, seed=4))
    first, second = company.train(seed=0), company.train(seed=1)
    assert second.manifest["model_id"] != first.manifest["model_id"]
    shelf = Versions(company.ledger, company.folder)
    back = shelf.roll_back("churn", actor="ada", reason="odd scores")
    assert back == first.manifest["model_id"]
    assert {row["model_version"] for row in company.predict()} == {back}


def test_no_training_overrules_a_person_until_she_lets_it(tmp_path: Path) -> None:
    company = found(tmp_path, fading_company(400, seed=4))
    first, second = company.train(seed=0), company.train(seed=1)
    shelf = Versions(company.ledger, company.folder)
    shelf.roll_back("churn", actor="ada", reason="odd scores")
    for seed in (1, 2):  # the same data as before, and others
        report = company.train(seed=seed)
        assert report.speaking["model_id"] == first.manifest["model_id"]
        assert "ada chose model 1" in report.reason.en
        assert report.to_json()["waits"]
    assert [(one.version, one.status, one.chosen_by) for one in shelf.all()] == [
        (3, "challenger", None), (2, "challenger", None), (1, "champion", "ada"),
    ]  # fmt: skip
    assert {row["model_version"] for row in company.predict()} == {first.manifest["model_id"]}
    newest = shelf.release("churn", actor="ada", reason="looked at it")
    assert newest not in {first.manifest["model_id"], second.manifest["model_id"]}
    assert not company.train(seed=2).to_json()["waits"]
    assert shelf.choose("churn", 2, actor="ada", reason="why not") == second.manifest["model_id"]
    with pytest.raises(ConfigurationError, match=r"no model 9; it has 3, 2, 1"):
        shelf.choose("churn", 9, actor="ada", reason="a slip")


def test_a_worse_model_waits_for_a_person(tmp_path: Path) -> None:
    company = found(tmp_path, fading_company(400, seed=4))
    first = company.train()
    events = company.lake.collect(company.lake.read(EVENTS))
    company.lake.replace(EVENTS, events.filter(pc.not_equal(events["kind"], "login_recorded")))  # a source fell silent
    report = company.train()
    assert report.is_new
    assert report.speaking["model_id"] == first.manifest["model_id"]
    assert "tells customers apart less well" in report.reason.en
    assert "distingue moins bien" in report.reason.fr
    assert report.to_json()["auc"] == first.manifest["measures"]["auc"]
    assert {row["model_version"] for row in company.predict()} == {first.manifest["model_id"]}
    assert company.train().speaking["model_id"] == first.manifest["model_id"]  # the same data again: it waits still
    assert Versions(company.ledger, company.folder).release("churn", actor="ada", reason="the source is gone for good")
    assert company.train().speaking["model_id"] == report.manifest["model_id"]


def test_a_company_too_small_for_a_model_is_told_so_and_gets_no_prediction(tmp_path: Path) -> None:
    company = found(tmp_path, fading_company(40))
    report = company.train()
    assert report.verdict == "signals_only"
    assert "60" in report.reason.en
    assert company.predict() == []


def test_nothing_is_trained_when_the_audit_says_signals_only(company: Company) -> None:
    report = company.train(adequacy="signals_only")
    assert report.verdict == "signals_only"
    assert report.manifest == {}


def test_a_past_without_events_is_no_error(tmp_path: Path) -> None:
    company = found(tmp_path, events_table([]))
    assert company.train().verdict == "not_enough"
    assert company.predict() == []


def test_later_facts_change_no_earlier_row(company: Company, trained: TrainingReport, tmp_path: Path) -> None:
    """What becomes known after `as_of` leaves the model as it is, down to its fingerprint."""
    events = company.lake.collect(company.lake.read(EVENTS))
    later = AS_OF.replace(tzinfo=None) + timedelta(days=20)
    news = events_table(
        {"customer_id": customer, "kind": "contract_ended", "occurred_at": later, "event_id": f"news-{customer}"}
        for customer in range(1, 200)
    )
    other = found(tmp_path, pa.concat_tables([events, news.cast(events.schema)]))
    assert other.train().manifest["training_fingerprint"] == trained.manifest["training_fingerprint"]


def test_the_card_tells_it_in_both_languages_on_a_page_of_its_own(company: Company, trained: TrainingReport) -> None:
    for language in ("fr", "en"):
        html = model_card(company.ledger, "churn", folder=company.folder, language=language)  # type: ignore[arg-type]
        assert html is not None
        assert html.count("<svg") == 3
        assert (trained.reason.fr if language == "fr" else trained.reason.en) in html
        assert "churn" not in html.replace(trained.manifest["model_id"], "").lower()
        assert not {"<script", " style=", "http"} & {bad for bad in ("<script", " style=", "http") if bad in html}
    assert model_card(company.ledger, "next_purchase", folder=company.folder, language="en") is None


def test_ranges_are_wide_where_little_is_known() -> None:
    rng = np.random.default_rng(0)

    def width(n: int) -> float:
        p = rng.uniform(0.05, 0.6, n)
        found_ranges = calibrate((rng.random(n) < p).astype(np.int8), p, np.arange(n)).ranges(np.array([0.3]))
        return float(found_ranges[1][0] - found_ranges[0][0])

    assert width(150) > 1.5 * width(3_000)


def test_the_range_of_a_probability_holds_the_truth_about_nine_times_in_ten() -> None:
    held = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        p = rng.beta(2, 5, 800)
        calibration = calibrate((rng.random(800) < p).astype(np.int8), p, np.arange(800))
        asked = np.quantile(p, [0.1, 0.5, 0.9])
        low, high = calibration.ranges(calibration.apply(asked))
        held += ((low <= asked) & (asked <= high)).tolist()
    assert 0.8 < np.mean(held) <= 1


def test_one_bad_fold_does_not_make_a_label_of_its_own() -> None:
    assert auc(np.zeros(3, dtype=np.int8), np.arange(3.0)) == 0.5
    assert replace(Fold(np.arange(2), np.arange(2)), train=np.arange(3)).train.tolist() == [0, 1, 2]
