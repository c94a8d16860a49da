"""A system asked over REST is read whole, then only where it changed, whatever it does on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests import rest_fakes
from tests.rest_fakes import Answer, Asked, FakeSystem, serving

from prevenance.kit.problems import SourceError
from prevenance.records.tables import PARTIES
from prevenance.sources import SourceMapping, pull
from prevenance.sources.cursors import SOURCE_CURSORS
from prevenance.sources.pull import StreamReport
from prevenance.sources.rest_template import template_names
from prevenance.storage import Lake, open_lake

START = datetime(2026, 11, 2, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """Says how one system is asked, and what a test may expect of it."""

    answer: Callable[[FakeSystem, Asked], Answer]
    stream: str
    id: str
    name: str
    email: str
    created: str
    variables: dict[str, str]
    created_parser: str = "iso_datetime"
    options: dict[str, Any] = field(default_factory=dict)
    deleted: dict[str, str] | None = None
    more_fields: tuple[str, ...] = ()
    is_incremental: bool = True
    renamed: str = "email"


CASES = {
    "zendesk": Case(
        rest_fakes.zendesk, "users", "id", "name", "email", "created_at",
        {"ZENDESK_USER": "a@b.fr/token", "ZENDESK_TOKEN": "right"},
        deleted={"active": "false"}, more_fields=("active",),
    ),
    "hubspot": Case(
        rest_fakes.hubspot, "contacts", "id", "properties.lastname", "properties.email", "createdAt",
        {"HUBSPOT_TOKEN": "right"}, is_incremental=False,
    ),
    "salesforce": Case(
        rest_fakes.salesforce, "records", "Id", "LastName", "Email", "CreatedDate",
        {"SALESFORCE_CLIENT_ID": "us", "SALESFORCE_CLIENT_SECRET": "right"},
        options={"with": {"object": "Contact"}}, deleted={"IsDeleted": "true"},
        more_fields=("IsDeleted", "SystemModstamp"), renamed="Email",
    ),
    "odoo": Case(
        rest_fakes.odoo, "records", "id", "name", "email", "create_date", {"ODOO_KEY": "right"},
        options={"with": {"model": "res.partner", "database": "acme"}},
    ),
    "odoo_jsonrpc": Case(
        rest_fakes.odoo_jsonrpc, "records", "id", "name", "email", "create_date", {"ODOO_KEY": "right"},
        options={"with": {"model": "res.partner", "database": "acme", "user_id": 2}},
    ),
    "pipedrive": Case(
        rest_fakes.pipedrive, "persons", "id", "name", "emails[primary=true].value", "add_time",
        {"PIPEDRIVE_TOKEN": "right"}, renamed="value",
    ),
    "chatwoot": Case(
        rest_fakes.chatwoot, "contacts", "id", "name", "email", "created_at", {"CHATWOOT_TOKEN": "right"},
        created_parser="epoch", options={"with": {"account": 7}}, is_incremental=False,
    ),
    "stripe": Case(
        rest_fakes.stripe, "customers", "id", "name", "email", "created", {"STRIPE_KEY": "right"},
        created_parser="epoch", is_incremental=False,
    ),
}  # fmt: skip


@dataclass
class Connected:
    """A fake system, the mapping that reads it, and the lake."""

    case: Case
    system: FakeSystem
    mapping: SourceMapping
    folder: Path
    lake: Lake
    as_of: datetime = START

    def load(self) -> StreamReport:
        self.as_of += timedelta(hours=1)
        [report] = pull(self.lake, [self.mapping], data_folder=self.folder, as_of=self.as_of)
        return report

    def people(self) -> dict[str, str]:
        told = self.lake.read(PARTIES)
        rows = self.lake.collect(told.filter(told.superseded_at.isnull())).to_pylist()
        assert len({row["record_id"] for row in rows}) == len(rows)
        return {row["record_id"].rpartition("_")[2].removeprefix("003").lstrip("0"): row["name"] for row in rows}

    def expected(self) -> dict[str, str]:
        return {str(person.number): person.name for person in self.system.listed()}


def mapping_of(name: str, case: Case, address: str) -> SourceMapping:
    fields: dict[str, Any] = dict.fromkeys([case.id, case.name, case.email, *case.more_fields], "care")
    fields[case.created] = {"ground": "care", "parse": case.created_parser}
    return SourceMapping.model_validate({
        "source": name,
        "grounds": {"care": {"purpose": "serve customers", "basis": "contract"}},
        "streams": {"people": {
            "connector": "rest_api", "location": address, "record_id": case.id, "subject": f"{name}:{{{case.id}}}",
            "options": {"template": name, "stream": case.stream, "requests_per_minute": 60_000, **case.options},
            "fields": fields, "deleted": case.deleted,
            "missing_records": "stay" if case.deleted else "gone",
            "party": {"kind": "person", "name": case.name, "email": case.email, "created_at": case.created},
        }},
    })  # fmt: skip


@pytest.fixture
def connected(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connected]:
    name = getattr(request, "param", "zendesk")
    case = CASES[name]
    for variable, value in case.variables.items():
        monkeypatch.setenv(variable, value)
    system = FakeSystem(case.answer)
    system.hire(45)
    with serving(system) as address:
        yield Connected(case, system, mapping_of(name, case, address), tmp_path, open_lake(tmp_path / "lake"))


def test_every_template_is_proven_here() -> None:
    assert set(template_names()) == {*CASES, "django_helpdesk", "tryton"}, "the last two: test_real_products"


def every_system(test: Callable[..., None]) -> Callable[..., None]:
    parameters = [pytest.param(name, marks=[] if name == "zendesk" else [pytest.mark.slow]) for name in CASES]
    return pytest.mark.parametrize("connected", parameters, indirect=True)(test)


@every_system
def test_a_system_is_read_whole_then_where_it_changed(connected: Connected) -> None:
    first = connected.load()
    assert (first.inserted, first.quarantined) == (45, 0)
    assert connected.people() == connected.expected()

    connected.system.hire(3)
    connected.system.rename(2, "Zoé d’Arc")
    connected.system.delete(5)
    connected.system.n_throttled, connected.system.n_broken = 1, 1
    second = connected.load()
    assert connected.people() == connected.expected()
    assert (second.inserted, second.updated, second.n_gone) == (3, 1, 1)
    if connected.case.is_incremental:
        assert second.rows_in < 10, "only what changed was read"

    third = connected.load()
    assert (third.inserted, third.updated, third.n_gone) == (0, 0, 0)
    assert connected.people() == connected.expected()


@every_system
def test_a_field_that_changes_its_name_stops_the_reading(connected: Connected) -> None:
    connected.load()
    before = connected.people()
    connected.system.renamed = {connected.case.renamed: "mail_address"}
    for number in range(1, 41):
        connected.system.rename(number, f"Renée {number}")
    with pytest.raises(SourceError):
        connected.load()
    assert connected.people() == before


@every_system
def test_a_wrong_secret_is_refused_without_being_told(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in connected.case.variables:
        monkeypatch.setenv(variable, "wr0ng-s3cret")
    connected.system.token = "another"
    if connected.case.answer is rest_fakes.zendesk:
        monkeypatch.setattr(connected.system, "answer", lambda *_: (401, {"error": "Couldn't authenticate you"}))
    with pytest.raises(SourceError) as caught:
        connected.load()
    assert "wr0ng" not in str(caught.value) + repr(caught.value.facts)
    assert connected.people() == {}


@pytest.mark.slow
@pytest.mark.parametrize("connected", ["salesforce"], indirect=True)
def test_a_token_that_runs_out_in_the_middle_is_renewed(connected: Connected) -> None:
    answer, n_answers = connected.system.answer, 0

    def expiring(system: FakeSystem, asked: Asked) -> Answer:
        nonlocal n_answers
        n_answers += 1
        if n_answers == 4:
            system.token = "expired"
        return answer(system, asked)

    connected.system.answer = expiring
    connected.load()
    assert connected.people() == connected.expected()
    assert connected.system.n_tokens_given >= 2


@pytest.mark.slow
@pytest.mark.parametrize("connected", ["chatwoot", "odoo", "pipedrive"], indirect=True)
def test_a_page_that_comes_twice_changes_nothing(connected: Connected) -> None:
    answer, pages = connected.system.answer, []

    def repeating(system: FakeSystem, asked: Asked) -> Answer:
        pages.append(answer(system, asked))
        page = pages[-1][1]
        if isinstance(page, dict) and page.get("data"):
            return 200, {**page, "data": [*page["data"], *page["data"]]}
        if isinstance(page, dict) and page.get("payload"):
            return 200, {**page, "payload": [*page["payload"], *page["payload"]]}
        return pages[-1]

    connected.system.answer = repeating
    connected.load()
    assert connected.people() == connected.expected()


def test_a_system_that_goes_round_in_circles_is_stopped(connected: Connected) -> None:
    connected.system.answer = lambda *_: (
        200,
        {"users": [{"id": 1, "name": "Zoé"}], "after_cursor": "c1", "end_of_stream": False},
    )
    with pytest.raises(SourceError, match="again and again"):
        connected.load()
    assert connected.system.n_requests <= 4


def test_an_answer_without_its_list_is_no_empty_extract(connected: Connected) -> None:
    connected.load()
    connected.system.renamed = {"users": "people"}
    with pytest.raises(SourceError, match="without a list of records"):
        connected.load()
    assert connected.people() == connected.expected()


@pytest.mark.slow
def test_a_position_is_kept_only_after_the_rows(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(import_module("prevenance.sources.pull"), "save_cursors", crash)
        with pytest.raises(KeyboardInterrupt):
            connected.load()
    assert connected.lake.count(connected.lake.read(SOURCE_CURSORS)) == 0
    again = connected.load()
    assert (again.inserted, again.unchanged) == (0, 45)
    assert connected.people() == connected.expected()


@pytest.mark.slow
@pytest.mark.parametrize("connected", ["salesforce"], indirect=True)
def test_a_link_to_another_host_is_not_followed(connected: Connected) -> None:
    answer = connected.system.answer

    def elsewhere(system: FakeSystem, asked: Asked) -> Answer:
        status, content = answer(system, asked)
        if isinstance(content, dict) and "nextRecordsUrl" in content:
            content["nextRecordsUrl"] = "http://127.0.0.2:9/steal"
        return status, content

    connected.system.answer = elsewhere
    with pytest.raises(SourceError, match="another host"):
        connected.load()
