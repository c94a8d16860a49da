"""Two real products are filled through their own interfaces, loaded, changed and loaded again: the counts agree."""

import base64
import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.products import free_port, product_python, run, running

from prevenance.records.tables import FACTS, PARTIES
from prevenance.sources import SourceMapping, pull
from prevenance.sources.pull import StreamReport
from prevenance.storage import Lake, open_lake

pytestmark = pytest.mark.slow
SAMPLES = Path(__file__).parents[1] / "samples/products"
START = datetime(2027, 1, 4, 6, tzinfo=UTC)
Ask = Callable[..., Any]


def asking(address: str, user: str, password: str) -> Ask:
    """Return a plain client of a product: what the test fills, changes and counts with, apart from ours."""
    sign_in = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def ask(path: str, body: Any = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": sign_in}
        request = urllib.request.Request(address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    return ask


def rpc(ask: Ask, method: str, *parameters: Any) -> Any:
    answer = ask("/erp/rpc/", {"id": 1, "method": method, "params": [*parameters, {}]})
    assert "error" not in answer, answer
    return answer["result"]


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Ask]]:
    """Run trytond with the modules party and product on SQLite."""
    python = product_python("tryton", "trytond==8.2.*", "trytond-party==8.2.*", "trytond-product==8.2.*")
    folder, port = tmp_path_factory.mktemp("tryton"), free_port()
    (folder / "erp.sqlite").touch()
    (folder / "password").write_text("right-and-long\n")
    (folder / "trytond.conf").write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
    )
    told = ["-c", str(folder / "trytond.conf"), "-d", "erp"]
    admin = [str(python.parent / "trytond-admin"), *told, "-u", "party", "product", "--activate-dependencies"]
    run([*admin, "--email", "it@exemple.fr"], {"TRYTONPASSFILE": str(folder / "password")})
    address = f"http://127.0.0.1:{port}"
    with running([str(python.parent / "trytond"), *told], address, {}, folder):
        yield address, asking(address, "admin", "right-and-long")


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Ask]]:
    """Run django-helpdesk on SQLite with one agent and one queue."""
    python = product_python("helpdesk", "django-helpdesk==2.6.*", "djangorestframework")
    folder, port = tmp_path_factory.mktemp("helpdesk"), free_port()
    environment = {
        "PRODUCT_FOLDER": str(folder), "PYTHONPATH": str(SAMPLES), "DJANGO_SETTINGS_MODULE": "helpdesk_settings",
        "DJANGO_SUPERUSER_PASSWORD": "right",
    }  # fmt: skip
    django = [str(python), "-m", "django"]
    run([*django, "migrate"], environment, folder)
    run([*django, "loaddata", "emailtemplate.json"], environment, folder)
    run(
        [*django, "createsuperuser", "--noinput", "--username", "agent", "--email", "a@exemple.fr"], environment, folder
    )
    queue = (
        "import django; django.setup(); from helpdesk.models import Queue; Queue.objects.create(title='S', slug='s')"
    )
    run([str(python), "-c", queue], environment, folder)
    address = f"http://127.0.0.1:{port}"
    with running([*django, "runserver", "--noreload", f"127.0.0.1:{port}"], f"{address}/api/", environment, folder):
        yield address, asking(address, "agent", "right")


def load(lake: Lake, folder: Path, stream: dict[str, Any], day: int) -> StreamReport:
    mapping = SourceMapping.model_validate({
        "source": "product", "time_zone": "UTC", "streams": {"rows": {"connector": "rest_api", **stream}},
        "grounds": {"care": {"purpose": "serve customers", "basis": "contract"}},
    })  # fmt: skip
    [report] = pull(lake, [mapping], data_folder=folder, as_of=START + timedelta(days=day))
    assert report.quarantined == report.n_held_back == 0
    return report


def live(lake: Lake, table: Any, column: str) -> dict[str, str]:
    stored = lake.read(table)
    rows = lake.collect(stored.filter(stored.superseded_at.isnull())).to_pylist()
    assert len({row["record_id"] for row in rows}) == len(rows)
    return {row["record_id"]: row[column] for row in rows}


def test_tryton_is_loaded_changed_and_loaded_again(
    tryton: tuple[str, Ask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, ask = tryton
    monkeypatch.setenv("TRYTON_USER", "admin")
    monkeypatch.setenv("TRYTON_PASSWORD", "right-and-long")
    lake = open_lake(tmp_path / "lake")
    stream = {
        "location": address, "record_id": "id", "subject": "erp:{id}", "missing_records": "gone",
        "options": {"template": "tryton", "stream": "records", "requests_per_minute": 60_000,
                    "with": {"database": "erp", "model": "party.party"}},
        "fields": {"id": "care", "name": "care", "code": "care", "create_date": "care"},
        "party": {"kind": "account", "name": "name", "created_at": "create_date"}, "identifiers": {"erp_code": "code"},
    }  # fmt: skip

    ids = rpc(ask, "model.party.party.create", [{"name": f"Société n° {n} – Orléans"} for n in range(450)])
    assert load(lake, tmp_path, stream, 1).inserted == rpc(ask, "model.party.party.search_count", []) == 450

    rpc(ask, "model.party.party.create", [{"name": f"Nouvelle {n}"} for n in range(30)])
    rpc(ask, "model.party.party.write", ids[:7], {"name": "Café Müller"})
    rpc(ask, "model.party.party.delete", ids[10:14])
    again = load(lake, tmp_path, stream, 2)
    assert (again.inserted, again.updated, again.n_gone) == (30, 7, 4)
    theirs = rpc(ask, "model.party.party.search_read", [], 0, None, None, ["name"])
    assert live(lake, PARTIES, "name") == {str(row["id"]): row["name"] for row in theirs}
    assert len(theirs) == rpc(ask, "model.party.party.search_count", []) == 476

    same = load(lake, tmp_path, stream, 3)
    assert (same.inserted, same.updated, same.n_gone, same.unchanged) == (0, 0, 0, 476)


def test_django_helpdesk_is_loaded_changed_and_loaded_again(
    helpdesk: tuple[str, Ask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, ask = helpdesk
    monkeypatch.setenv("HELPDESK_USER", "agent")
    monkeypatch.setenv("HELPDESK_PASSWORD", "right")
    lake = open_lake(tmp_path / "lake")
    stream = {
        "location": address, "record_id": "id", "subject": "email:{submitter_email}", "missing_records": "gone",
        "options": {"template": "django_helpdesk", "stream": "tickets", "requests_per_minute": 60_000},
        "fields": {**dict.fromkeys(["id", "title", "submitter_email", "description", "priority"], "care"),
                   "followup_set[title=Ticket Opened].date": "care"},
        "events": [{"kind": "ticket_opened", "occurred_at": "followup_set[title=Ticket Opened].date",
                    "object_id": "id", "text": "title"}],
    }  # fmt: skip

    def open_ticket(n: int) -> int:
        ticket = {"queue": 1, "title": f"Fuite n° {n} à l’atelier", "submitter_email": f"zoe{n % 9}@exemple.fr",
                  "description": "Le joint fuit.", "status": 1, "priority": 3}  # fmt: skip
        return int(ask("/api/tickets/", ticket)["id"])

    ids = [open_ticket(n) for n in range(130)]
    assert load(lake, tmp_path, stream, 1).inserted == ask("/api/tickets/")["count"] == 130

    for n in range(12):
        open_ticket(200 + n)
    for number in ids[:5]:
        ask(f"/api/tickets/{number}/", {"title": "C’est réparé"}, "PATCH")
    for number in ids[20:23]:
        ask(f"/api/tickets/{number}/", method="DELETE")
    again = load(lake, tmp_path, stream, 2)
    assert (again.inserted, again.updated, again.n_gone) == (12, 5, 3)
    theirs = ask("/api/tickets/?page_size=500")
    assert live(lake, FACTS, "text") == {str(row["id"]): row["title"] for row in theirs["results"]}
    assert theirs["count"] == 139

    same = load(lake, tmp_path, stream, 3)
    assert (same.inserted, same.updated, same.n_gone, same.unchanged) == (0, 0, 0, 139)
