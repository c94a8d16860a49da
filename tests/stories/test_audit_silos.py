"""What joining the sources adds, on which basis each field is used, and who repairs what."""

from pathlib import Path

import pytest
from tests.stories.rows import AS_OF, Row, arrow, fact, lake_with, naive, party

from prevenance import audit
from prevenance.audit import AuditReport
from prevenance.records.tables import IDENTITIES, QUARANTINE
from prevenance.sources import SourceMapping
from prevenance.storage import Lake

JUNE = naive(2026, 6, 1)
CRM = SourceMapping.model_validate(
    {
        "source": "crm",
        "owner": "Camille",
        "grounds": {
            "contract": {"purpose": "serve the customer", "basis": "contract", "retention_days": 730},
            "wishes": {"purpose": "birthday wishes", "basis": "consent"},
        },
        "streams": {
            "clients": {
                "connector": "csv_file",
                "location": "clients.csv",
                "record_id": "no",
                "subject": "crm:{no}",
                "fields": {"no": "contract", "name": "contract", "born": "wishes", "religion": None},
                "party": {"kind": "account", "name": "name"},
            }
        },
    }
)


def lake_of(folder: Path, placed: dict[str, int]) -> Lake:
    parties = [party("crm", "1", name="A"), party("crm", "2", name="B"), party("helpdesk", "9", name="A")]
    facts: list[Row] = [
        fact("order_placed", "crm:1", JUNE, source="crm"),
        fact("ticket_opened", "helpdesk:9", JUNE, source="helpdesk"),
        fact("ticket_opened", "helpdesk:9", JUNE, source="helpdesk"),
    ]
    lake = lake_with(folder, parties, facts=facts)
    rows = [{"subject": subject, "customer_id": customer} for subject, customer in placed.items()]
    lake.replace(IDENTITIES, arrow(IDENTITIES, rows))
    refused = {"source": "crm", "stream": "clients", "record_id": "7", "row_hash": "1", "reason": "missing_time"}
    lake.replace(QUARANTINE, arrow(QUARANTINE, [{**refused, "field": "day", "payload": "{}", "as_of": JUNE}]))
    return lake


@pytest.fixture
def report(tmp_path: Path) -> AuditReport:
    lake = lake_of(tmp_path, {"crm:1": 1, "crm:2": 2, "helpdesk:9": 1})
    return audit.inspect(lake, as_of=AS_OF, mappings=[CRM])


def test_two_sources_are_told_with_whom_both_know_and_what_each_adds(report: AuditReport) -> None:
    (silo,) = report.silos
    assert (silo.left, silo.right, silo.n_left, silo.n_right, silo.n_both) == ("crm", "helpdesk", 2, 1, 1)
    assert (silo.kinds_left, silo.kinds_right) == (("order_placed",), ("ticket_opened",))
    assert silo.n_facts_right == 2


def test_sources_that_share_nobody_are_told_too_and_before_the_first_run_nothing_is_claimed(tmp_path: Path) -> None:
    apart = audit.inspect(lake_of(tmp_path / "apart", {"crm:1": 1, "helpdesk:9": 9}), as_of=AS_OF)
    assert [silo.n_both for silo in apart.silos] == [0]
    assert audit.inspect(lake_of(tmp_path / "first", {}), as_of=AS_OF).silos == ()


def test_the_register_names_every_field_that_is_used_and_none_that_is_not(report: AuditReport) -> None:
    lines = {line.purpose: line for line in report.register}
    assert lines["serve the customer"].fields == ("clients.no", "clients.name")
    assert lines["serve the customer"].retention_days == 730
    assert lines["birthday wishes"].basis == "consent"
    assert not any("religion" in field for line in report.register for field in line.fields)


def test_a_finding_says_whom_to_see_and_what_to_type(report: AuditReport, tmp_path: Path) -> None:
    refused = next(finding for finding in report.findings if finding.check == "quarantine_share")
    assert (refused.source, refused.command) == ("crm", "prevenance quarantine export --source crm")
    bare = next(finding for finding in report.findings if finding.check == "legal_basis")
    assert bare.command == 'mappings/crm.yaml, streams.clients.fields:  "religion": contract'
    pages = audit.write(report, tmp_path / "out")
    french = pages[0].read_text(encoding="utf-8")
    assert "Camille" in french
    assert "prevenance quarantine export --source crm" in french
    assert "demande ouverte" in french
