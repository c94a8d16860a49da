"""The audit as a manager meets it: what to repair first, and whether there is enough to predict with."""

import html.parser
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.stories.rows import AS_OF, LONG_AGO, arrow, fact, lake_with, naive, party
from typer.testing import CliRunner

from prevenance.app import make_practice_project, open_application
from prevenance.audit import AuditReport, adequacy, inspect, to_json
from prevenance.audit.adequacy import judge
from prevenance.audit.history import History
from prevenance.audit.render import to_html
from prevenance.cli.face import build
from prevenance.kit.progress import SilentProgress
from prevenance.pipeline import floor_to_day
from prevenance.records.tables import PARTIES, QUARANTINE
from prevenance.sources import load_mappings, pull

LAST_YEAR = naive(2025, 11, 3)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    """Return the audit of a company whose CRM has a hostile name, bare records and a refused row."""
    firms = [party("crm", f"C{i}", name=f"Firm {i}zur", email=None if i < 30 else f"ada@firm{i}.fr") for i in range(60)]
    firms[0]["name"] = "<script>alert(1)</script>"
    facts = [
        fact(
            "contract_ended" if week % 26 == 0 else "invoice_issued", f"crm:C{i}", LAST_YEAR + timedelta(days=7 * week)
        )
        for i in range(60)
        for week in range(52)
    ]
    refused = {"source": "erp", "stream": "orders", "record_id": "7", "row_hash": "1", "as_of": LONG_AGO}
    refused |= {"reason": "impossible_date", "field": "ordered_on", "value": "<b>2024-02-30</b>"}
    lake = lake_with(tmp_path_factory.mktemp("audit"), firms, facts, quarantine=[refused])
    return inspect(lake, as_of=AS_OF)


def test_the_report_counts_what_each_source_sent(report: AuditReport) -> None:
    by_name = {source.source: source for source in report.sources}
    assert (by_name["crm"].n_accounts, by_name["crm"].n_facts, by_name["crm"].n_refused) == (60, 0, 0)
    assert (by_name["erp"].n_facts, by_name["erp"].n_refused) == (60 * 52, 1)
    assert by_name["erp"].first_on == LAST_YEAR.date()


def test_findings_come_with_what_gains_most_first(report: AuditReport) -> None:
    order = ["serious", "important", "advice"]
    ranks = [order.index(finding.severity) for finding in report.findings]
    assert ranks == sorted(ranks)
    first = next(finding for finding in report.findings if finding.check == "contact_details")
    assert (first.severity, first.n_rows, first.share) == ("serious", 30, 0.5)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_is_one_file_in_one_language_and_shows_hostile_text_as_text(
    report: AuditReport, language: str
) -> None:
    page = to_html(report, "fr" if language == "fr" else "en")
    html.parser.HTMLParser().feed(page)
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert "<b>2024" not in page
    assert "http" not in page.replace("http-equiv", ""), "nothing is fetched"
    assert ("À corriger, dans cet ordre" in page) is (language == "fr")
    assert ("churn" in page) is False, "nobody is shown that word"


def test_french_is_set_as_french_is(report: AuditReport) -> None:
    page = to_html(report, "fr")
    assert "«\u202f" in page
    assert "50\u00a0%" in page
    assert " ;" not in page.split("</style>")[1]


def test_the_json_can_be_written_and_holds_the_same_figures(report: AuditReport) -> None:
    data = json.loads(json.dumps(to_json(report)))
    assert len(data["findings"]) == len(report.findings)
    assert data["history"]["n_customers"] == 60
    assert data["adequacy"]["churn"]["answer"] == adequacy(report)["churn"].answer


ENOUGH = History(n_customers=1000, n_months=36, first_on=date(2023, 11, 1), n_outcomes={"churn": 240})


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, "models"),
        ({"n_customers": 400}, "models"),
        ({"n_customers": 80}, "signals_only"),
        ({"n_customers": 49}, "not_enough"),
        ({"n_months": 11}, "signals_only"),
        ({"n_months": 2}, "not_enough"),
        ({"n_outcomes": {"churn": 99}}, "signals_only"),
    ],
)
def test_the_gate_answers_by_customers_months_and_past_cases(change: dict[str, object], answer: str) -> None:
    verdict = judge(replace(ENOUGH, **change))["churn"]  # type: ignore[arg-type]  # each change fits its field
    assert verdict.answer == answer
    assert verdict.reason.fr
    assert verdict.reason.en


def test_few_customers_get_models_with_a_word_about_wide_intervals() -> None:
    assert "wide" in judge(replace(ENOUGH, n_customers=400))["churn"].reason.en
    assert "wide" not in judge(ENOUGH)["churn"].reason.en


def test_an_old_contract_does_not_make_a_long_history(tmp_path: Path) -> None:
    facts = [
        fact("invoice_issued", f"crm:C{i}", LAST_YEAR + timedelta(days=7 * week))
        for i in range(20)
        for week in range(40)
    ]
    facts.append(fact("asset_installed", "crm:C1", naive(2009, 1, 1)))
    report = inspect(lake_with(tmp_path, [party("crm", "C1")], facts), as_of=AS_OF)
    assert report.history.first_on == date(2025, 11, 1)
    assert report.history.n_months == 10


def test_a_fact_that_became_known_later_is_not_counted(tmp_path: Path) -> None:
    late = fact("order_placed", "crm:C1", LAST_YEAR, known_at=naive(2026, 12, 1))
    report = inspect(lake_with(tmp_path, [party("crm", "C1")], [late]), as_of=AS_OF)
    assert report.history.n_outcomes["next_purchase"] == 0


def test_the_command_writes_both_pages_and_the_data(tmp_path: Path) -> None:
    make_practice_project(tmp_path / "firm", size="tiny", kind="dirty", seed=7, progress=SilentProgress())
    with open_application(tmp_path / "firm") as application:
        mappings = load_mappings(tmp_path / "firm" / "mappings")
        few = [mapping for mapping in mappings if mapping.source == "crm"]
        as_of = floor_to_day(application.clock.now())
        pull(application.lake, few, data_folder=application.data_folder, as_of=as_of)
    ran = CliRunner().invoke(build(), ["audit", "--project", str(tmp_path / "firm"), "--out", str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    assert "crm / contacts" in ran.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "audit.en.html",
        "audit.fr.html",
        "audit.json",
    ]
    assert json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))["findings"]


def test_refused_rows_are_listed_with_their_reason_in_words(tmp_path: Path) -> None:
    ran = CliRunner().invoke(build(), ["init", str(tmp_path / "firm"), "--company", "Firm"])
    assert ran.exit_code == 0, ran.output
    row = {"source": "erp", "stream": "orders", "row_hash": "1", "as_of": LONG_AGO, "reason": "impossible_date"}
    refused = [{**row, "record_id": str(n), "field": "ordered_on", "value": "2024-02-30"} for n in range(3)]
    with open_application(tmp_path / "firm") as application:
        application.lake.upsert(QUARANTINE, arrow(QUARANTINE, [*refused, {**refused[0], "source": "crm"}]))
    words = ["quarantine", "list", "--project", str(tmp_path / "firm"), "--source", "erp", "--limit", "2", "--json"]
    told = json.loads(CliRunner().invoke(build(), words).stdout)
    assert (told["n_rows"], len(told["rows"])) == (3, 2)
    assert told["rows"][0]["value"] == "2024-02-30"
    assert told["rows"][0]["said"] in ("Cette date n’est pas possible.", "This date is not possible.")


def test_a_column_that_was_lost_is_told_with_the_trend_and_a_second_look_changes_nothing(tmp_path: Path) -> None:
    firms = [party("crm", f"C{i}", email=f"ada@firm{i}.fr") for i in range(20)]
    facts = [fact("order_placed", f"crm:C{i}", LAST_YEAR, source="crm") for i in range(20)]
    lake = lake_with(tmp_path, firms, facts)
    first = inspect(lake, as_of=AS_OF)
    first.keep(lake)
    first.keep(lake)
    assert [(source.score, source.previous_score) for source in first.sources] == [(100, None)]
    lake.upsert(PARTIES, arrow(PARTIES, [{**firm, "email": None} for firm in firms]))
    second = inspect(lake, as_of=AS_OF + timedelta(days=1))
    assert [(source.score, source.previous_score) for source in second.sources] == [(67, 100)]
    [told] = [
        finding
        for finding in second.findings
        if "e-mail addresses" not in finding.title.en and finding.check == "drift"
    ]
    assert told.detail.en == "0%, against 100% last time."
    assert "(−33)" in to_html(second, "en")
