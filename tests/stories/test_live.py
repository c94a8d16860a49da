"""What comes in is looked at within seconds, with the signals of the nightly run, and people see it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tests.outreach import AT, MovingClock

from prevenance import features, identity, live, sources, timeline
from prevenance.app import Application, make_project, open_application
from prevenance.records.tables import IDENTITIES, SIGNAL_HITS

CRM = """
source: crm
meaning: Customers
grounds:
  contract: {purpose: serve the customer, basis: contract}
streams:
  clients:
    connector: csv_file
    location: crm/clients.csv
    record_id: code
    subject: "crm:{code}"
    fields: {code: contract, name: contract, since: {ground: contract, parse: date_ymd}}
    party: {kind: account, name: name, created_at: since, known_at: since}
    events:
      - {kind: contract_started, occurred_at: since, object_id: code}
"""
APP = """
source: web_app
meaning: The product, as it is used
grounds:
  care: {purpose: notice early, basis: legitimate_interest, why: What is used and not what is written.}
streams:
  tracks:
    connector: ndjson_file
    location: intake/web_app/*.ndjson
    only: {type: track, filled: userId}
    record_id: messageId
    subject: "crm:{userId}"
    fields: {type: care, messageId: care, userId: care, event: care, timestamp: care, receivedAt: care,
             properties.code: care}
    events:
      - {kind: error_raised, when: {event: Error}, occurred_at: timestamp, known_at: receivedAt, label: properties.code}
      - {kind: login_recorded, when: {event: Logged In}, occurred_at: timestamp, known_at: receivedAt}
"""


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock(AT)


@pytest.fixture
def company(tmp_path: Path, moving: MovingClock) -> Iterator[Application]:
    """Return a company of three customers after its first night."""
    make_project(tmp_path, company="Société de l’Été", language="fr")
    (tmp_path / "mappings" / "crm.yaml").write_text(CRM, encoding="utf-8")
    (tmp_path / "mappings" / "app.yaml").write_text(APP, encoding="utf-8")
    (tmp_path / "files" / "crm").mkdir()
    rows = "code;name;since\nK1;Été SARL;2025-12-01\nK2;Harrow Tools;2026-01-05\nK3;Nord & Fils;2026-02-03\n"
    (tmp_path / "files" / "crm" / "clients.csv").write_text(rows, encoding="utf-8")
    with open_application(tmp_path, clock=moving) as application:
        night(application, moving)
        yield application


def night(company: Application, moving: MovingClock) -> None:
    """Do what the nightly run does, as far as the timeline."""
    company.move_messages()
    as_of = moving.now().replace(hour=0, minute=0)
    declared = sources.load_mappings(company.project.folder / "mappings")
    sources.pull(company.lake, declared, data_folder=company.data_folder, as_of=as_of)
    identity.resolve(company.lake, company.ledger, as_of=as_of)
    timeline.record(company.lake, as_of=as_of)


def tell(company: Application, *messages: dict[str, Any]) -> None:
    _, secret = company.write_keys.add("web_app", actor="ada")
    with closing(company.open_intake()) as intake:
        intake.take("batch", json.dumps({"batch": messages}).encode(), secrets=(secret,)).result()


def error(customer: str, number: int) -> dict[str, Any]:
    told = {"type": "track", "event": "Error", "userId": customer, "properties": {"code": "E42"}}
    return told | {"messageId": f"{customer}-{number}"}


def customer_of(company: Application, code: str) -> int:
    known = company.lake.read(IDENTITIES)
    [row] = company.lake.collect(known.filter(known.subject == f"crm:{code}")).to_pylist()
    return int(row["customer_id"])


def test_a_burst_of_errors_is_seen_within_seconds_and_shown(company: Application, moving: MovingClock) -> None:
    with closing(company.open_live_window()) as window:
        assert window.look().n_messages == 0
        tell(company, *(error("K1", n) for n in range(3)), error("nobody", 1))
        quiet = window.look()
        assert (quiet.n_messages, quiet.n_events, quiet.n_customers, quiet.hits) == (4, 4, 1, ())
        moving.move(minutes=5)
        tell(company, *(error("K1", n) for n in range(3, 8)))
        began = time.process_time()
        [hit] = window.look().hits
        assert time.process_time() - began < 8, "CPU seconds; with two between looks, ten at the most"
        assert (hit.signal, hit.customer_id, hit.received_at) == (
            "error_burst",
            customer_of(company, "K1"),
            moving.now(),
        )
        assert hit.words.en.startswith("8 errors on one day")
        tell(company, error("K1", 9))
        assert window.look().hits == (), "what fires already is not told twice"
    [line] = company.desk().live_hits()
    assert (line.customer_name, line.title.fr) == ("Été SARL", "rafale d’erreurs")
    moving.move(days=1)
    assert company.desk().live_hits() == ()


def test_the_live_window_finds_what_the_next_night_finds_and_then_it_is_no_news(
    company: Application, moving: MovingClock
) -> None:
    with closing(company.open_live_window()) as window:
        tell(company, *(error("K1", n) for n in range(6)), *(error("K2", n) for n in range(2)))
        company.move_messages()  # moved before they were looked at: they are found in their batch
        live = {(hit.signal, int(hit.customer_id), hit.words.fr, hit.words.en) for hit in window.look().hits}
        moving.at = (AT + timedelta(days=1)).replace(hour=6)
        night(company, moving)
        features.detect(company.lake, timeline.read(company.lake, as_of=moving.at.replace(hour=0)))
        listed = company.lake.collect(company.lake.read(SIGNAL_HITS)).to_pylist()
        found = {(row["signal"], row["customer_id"], row["fr"], row["en"]) for row in listed}
        assert live == {one for one in found if one[0] == "error_burst"} != set()
        tell(company, error("K1", 20))
        glance = window.look()
        assert (glance.n_messages, glance.n_customers, glance.hits) == (1, 1, ())


def test_a_message_that_comes_in_over_http_is_on_the_page_within_seconds(tmp_path: Path) -> None:
    """Serve for real: the last message of a burst, as a client sends it, to the hit that people see."""
    folder = started(tmp_path)
    with open_application(folder) as application:
        _, secret = application.write_keys.add("web_app", actor="ada")
    with serving(folder) as (address, _process):
        sent = time.monotonic()
        for number in range(8):
            message = {"event": "Error", "userId": "K1", "properties": {"code": "E42"}, "messageId": f"m{number}"}
            assert httpx.post(f"{address}/v1/track", json=message, auth=(secret, "")).status_code == 200
        with open_application(folder) as application:
            while not (hits := live.hits(application.ledger, since=datetime.now(UTC) - timedelta(days=1))):
                assert time.monotonic() - sent < 60, "nobody looked"
                time.sleep(0.1)
        sys.stdout.write(f"\nseen {time.monotonic() - sent:.1f} s after the first message was sent\n")
    assert [hit.words.fr for hit in hits]


def test_when_the_server_is_killed_nobody_goes_on_watching(tmp_path: Path) -> None:
    folder = started(tmp_path)
    with serving(folder) as (_address, process):
        watchers = psutil.Process(process.pid).children(recursive=True)
        assert any("watch" in watcher.cmdline() for watcher in watchers)
        process.kill()
        _gone, alive = psutil.wait_procs(watchers, timeout=20)
    assert not alive


def started(folder: Path) -> Path:
    """Make the company of three customers, after a night of today."""
    make_project(folder, company="Société de l’Été", language="fr")
    (folder / "mappings" / "crm.yaml").write_text(CRM, encoding="utf-8")
    (folder / "mappings" / "app.yaml").write_text(APP, encoding="utf-8")
    (folder / "files" / "crm").mkdir()
    (folder / "files" / "crm" / "clients.csv").write_text("code;name;since\nK1;Été SARL;2025-12-01\n", encoding="utf-8")
    with open_application(folder) as application:
        as_of = application.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        declared = sources.load_mappings(application.project.folder / "mappings")
        sources.pull(application.lake, declared, data_folder=application.data_folder, as_of=as_of)
        identity.resolve(application.lake, application.ledger, as_of=as_of)
        timeline.record(application.lake, as_of=as_of)
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-c", "from prevenance.cli.face import main; main()", "serve"]
    process = subprocess.Popen([*command, "--project", str(folder), "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _turn in range(600):
            with suppress(httpx.TransportError):
                if httpx.get(f"{address}/livez").status_code == 200:
                    break
            assert process.poll() is None, "the server did not start"
            time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=20)
