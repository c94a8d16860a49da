"""Segment's and RudderStack's own clients, as they are published, deliver to us without a change.

`PREVENANCE_CLIENT_EVENTS` sets how many messages each sends: 300 by default, 10,000 for the full proof. Node's clients
are fetched once into `.cache/`; without Node or without them the test fails, it does not skip.
"""

import json
import os
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from tests.tracking import SOURCE, Door, open_door, total

N_EVENTS = int(os.environ.get("PREVENANCE_CLIENT_EVENTS", "300"))
ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "samples" / "tracking_clients"
KINDS = ("track", "identify", "page", "screen", "group", "alias")
PYTHON_CLIENTS = {"segment": segment, "rudder": rudder}


@pytest.fixture(scope="module")
def node_clients() -> Path:
    """Return the folder with the Node clients, fetched when they are not there or are of another version."""
    folder = ROOT / ".cache" / "tracking_clients"
    wanted = (SCRIPTS / "package.json").read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SCRIPTS / "send.mjs", folder)
    manifest = folder / "package.json"
    if not (folder / "node_modules").is_dir() or not manifest.is_file() or manifest.read_bytes() != wanted:
        manifest.write_bytes(wanted)
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        fetched = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if fetched.returncode != 0:
            manifest.unlink()
            pytest.fail(f"the Node clients could not be fetched:\n{fetched.stderr[-2000:]}")
    return folder


@pytest.mark.parametrize("name", PYTHON_CLIENTS)
def test_a_python_client_delivers_every_message(name, tmp_path):
    failures: list[Any] = []
    with open_door(tmp_path / "acme") as door:
        client = _client(PYTHON_CLIENTS[name], door, failures)
        _send(client, N_EVENTS)
        client.flush()
        client.join()
        assert failures == []
        _assert_all_arrived(door)


@pytest.mark.parametrize("name", ["segment", "rudder"])
def test_a_node_client_delivers_every_message(name, tmp_path, node_clients):
    with open_door(tmp_path / "acme") as door:
        command = ["node", "send.mjs", name, door.url, door.key, str(N_EVENTS)]
        sent = subprocess.run(command, cwd=node_clients, capture_output=True, text=True, check=False)
        assert sent.returncode == 0, sent.stderr
        assert json.loads(sent.stdout.splitlines()[-1]) == {"answered": N_EVENTS, "failures": []}
        _assert_all_arrived(door)


@pytest.mark.parametrize("name", PYTHON_CLIENTS)
def test_a_client_with_a_wrong_key_is_told_once_and_gives_up(name, tmp_path):
    failures: list[Any] = []
    with open_door(tmp_path / "acme") as door:
        door.key = "wk_of_somebody_else"
        client = _client(PYTHON_CLIENTS[name], door, failures)
        client.track("ada", "Signed Up")
        client.flush()
        client.join()
        (problem,) = failures
        assert (problem.status, problem.code) == (401, "unknown_key")
    assert total(door.books()) == {"received": 0, "stored": 0, "duplicate": 0, "quarantined": 0, "refused": 1}


@pytest.mark.parametrize("name", PYTHON_CLIENTS)
def test_a_client_outlives_the_death_of_our_server(name, tmp_path):
    failures: list[Any] = []
    with open_door(tmp_path / "acme") as door:
        client = _client(PYTHON_CLIENTS[name], door, failures)
        _send(client, N_EVENTS // 2)
        door.kill()
        _send(client, N_EVENTS - N_EVENTS // 2, first=N_EVENTS // 2)
        door.start()
        client.flush()
        client.join()
        assert failures == []
        _assert_all_arrived(door)


def _client(module: ModuleType, door: Door, failures: list[Any]) -> Any:
    return module.Client(
        door.key, host=door.url, max_queue_size=0, on_error=lambda problem, _: failures.append(problem),
        upload_interval=0.1, max_retries=8,
    )  # fmt: skip


def _send(client: Any, n: int, first: int = 0) -> None:
    """Send messages of every kind."""
    now = datetime.now(UTC)
    for i in range(first, first + n):
        person = f"élève-{i % 50}"
        at = {"timestamp": now - timedelta(seconds=i)}
        calls = [
            lambda: client.track(person, "Order Completed", {"n": i, "total": 12.5, "currency": "EUR"}, **at),  # noqa: B023
            lambda: client.identify(person, {"n": i, "email": f"n{i % 50}@acme.example"}, **at),  # noqa: B023
            lambda: client.page(person, "docs", "Accueil", {"n": i}, **at),  # noqa: B023
            lambda: client.screen(person, "app", "Panier", {"n": i}, **at),  # noqa: B023
            lambda: client.group(person, f"g-{i % 7}", {"n": i}, **at),  # noqa: B023
            lambda: client.alias(f"avant-{i}", person, **at),  # noqa: B023
        ]
        calls[i % len(calls)]()


def _assert_all_arrived(door: Door) -> None:
    """Check that each message lies in the buffer once, as it was sent, with its stamps."""
    books = door.books()
    assert all(line.is_balanced for line in books)
    assert {line.source for line in books} == {SOURCE}
    assert total(books) | {"received": 0, "duplicate": 0} == {
        "received": 0, "duplicate": 0, "stored": N_EVENTS, "quarantined": 0, "refused": 0,
    }  # fmt: skip
    kept = [json.loads(payload) for _, payload in door.stored() if payload is not None]
    assert len(kept) == N_EVENTS
    assert Counter(one["type"] for one in kept) == Counter(KINDS[n % 6] for n in range(N_EVENTS))
    numbers = [_number(one) for one in kept if one["type"] != "alias"]
    assert sorted(numbers) == [n for n in range(N_EVENTS) if n % 6 != 5]
    assert {one["userId"] for one in kept} == {f"élève-{n}" for n in range(50)}
    for one in kept:
        assert {"timestamp", "originalTimestamp", "sentAt", "receivedAt"} <= set(one)
        gap = datetime.fromisoformat(one["timestamp"]) - datetime.fromisoformat(one["originalTimestamp"])
        assert abs(gap) < timedelta(minutes=2), "one clock on one machine has no skew"


def _number(message: dict[str, Any]) -> int:
    """Return the number in a message; RudderStack's clients put the traits of a person into the context."""
    said = message.get("properties") or message.get("traits") or message["context"]["traits"]
    return int(said["n"])
