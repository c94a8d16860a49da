"""Post to the live intake as the clients of Segment and RudderStack do, and look at what is kept."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.outreach import AT, MovingClock
from typer.testing import CliRunner

from prevenance.app import make_project
from prevenance.cli.face import build
from prevenance.intake import Intake, WriteKeys, balance
from prevenance.kit.problems import ConfigurationError
from prevenance.storage import Ledger, ledger_tables
from prevenance.web.tracking import CALLS, TrackingDoor

EVENTS, QUARANTINE = ledger_tables.intake_events, ledger_tables.intake_quarantine
SHOP_SITE = "https://shop.example"


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock(AT)


@pytest.fixture
def door(open_it: Callable[..., Ledger], moving: MovingClock) -> Iterator[SimpleNamespace]:
    """Return an open door with two keys: one for a server, one for the pages of a site."""
    ledger = open_it(moving)
    keys = WriteKeys(ledger)
    _, server = keys.add("shop", actor="ada")
    site_key, site = keys.add("shop_site", (SHOP_SITE,), actor="ada")
    intake = Intake(ledger)
    client = TestClient(TrackingDoor(Starlette(), intake=intake), base_url="http://intake.example")
    yield SimpleNamespace(
        ledger=ledger, keys=keys, server=server, site=site, site_key=site_key, intake=intake, client=client
    )
    intake.close()


def basic(secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode()}


def kept(ledger: Ledger, source: str = "shop") -> list[dict[str, Any]]:
    with ledger.read() as tx:
        rows = tx.execute(select(EVENTS.c.payload).where(EVENTS.c.source == source).order_by(EVENTS.c.seq)).scalars()
        return [json.loads(text) for text in rows]


def set_aside(ledger: Ledger) -> list[str]:
    with ledger.read() as tx:
        return list(tx.execute(select(QUARANTINE.c.reason).order_by(QUARANTINE.c.misfit_id)).scalars())


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Signed Up", "userId": "u7", "messageId": f"m{number}"} | more


def test_every_address_of_the_clients_takes_its_call(door: SimpleNamespace) -> None:
    whole = {"userId": "u7", "event": "Signed Up", "groupId": "g1", "previousId": "anon-1", "name": "Home"}
    for number, (path, kind) in enumerate(CALLS.items()):
        body = {"batch": [event(number)]} if kind == "batch" else whole
        answer = door.client.post(path, json=body, headers=basic(door.server))
        assert (path, answer.status_code, answer.json()) == (path, 200, {"success": True})
    kinds = ["track" if kind == "batch" else kind for kind in CALLS.values()]
    assert [one["type"] for one in kept(door.ledger)] == kinds
    assert set(kinds) == {"track", "identify", "page", "screen", "group", "alias"}


@pytest.mark.parametrize("way", ["basic", "no colon", "body", "bearer and body"])
def test_a_key_is_known_in_each_way_that_a_client_gives_it(door: SimpleNamespace, way: str) -> None:
    body, headers = event(), {}
    if way in {"basic", "no colon"}:
        pair = door.server + (":" if way == "basic" else "")
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        body["writeKey"] = door.server
    if way == "bearer and body":
        headers["Authorization"] = "Bearer something"
    assert door.client.post("/v1/track", json=body, headers=headers).status_code == 200


def test_the_address_carries_a_key_for_beacons_only(door: SimpleNamespace) -> None:
    body = {"batch": [event()]}
    assert door.client.post(f"/beacon/v1/batch?writeKey={door.server}", json=body).status_code == 200
    assert door.client.post(f"/v1/batch?writeKey={door.server}", json=body).status_code == 401


def test_refusals_carry_code_and_message_and_are_never_410(door: SimpleNamespace) -> None:
    good = basic(door.server)
    many = {"batch": [event(n) for n in range(2501)]}
    bomb = gzip.compress(b"0" * 50_000_000)
    cases = [
        (door.client.post("/v1/track", json=event()), 401, "unknown_key"),
        (door.client.post("/v1/track", content=b"{", headers=good), 400, "bad_json"),
        (door.client.post("/v1/track", content=b"[]", headers=good), 400, "no_object"),
        (door.client.post("/v1/batch", json={"batch": 1}, headers=good), 400, "no_batch"),
        (door.client.post("/v1/batch", json=many, headers=good), 400, "too_many"),
        (door.client.post("/v1/track", json=event(text="x" * 33_000), headers=good), 400, "too_large"),
        (door.client.post("/v1/batch", content=b" " * 5_000_000, headers=good), 400, "too_large"),
        (door.client.post("/b", content=bomb, headers=good | {"Content-Encoding": "gzip"}), 400, "too_large"),
        (door.client.post("/b", content=b"x", headers=good | {"Content-Encoding": "gzip"}), 400, "bad_gzip"),
        (door.client.post("/b", content=b"x", headers=good | {"Content-Encoding": "br"}), 400, "unknown_encoding"),
        (door.client.get("/v1/track", headers=good), 405, "wrong_method"),
    ]
    assert [(a.status_code, a.json()["code"]) for a, _, _ in cases] == [(status, code) for _, status, code in cases]
    assert all(answer.json()["message"] for answer, _, _ in cases)
    assert kept(door.ledger) == []


def test_the_same_message_sent_again_is_one_message_for_ever(door: SimpleNamespace, moving: MovingClock) -> None:
    batch = {"batch": [event(1), event(2), event(1)], "sentAt": "2026-11-02T09:00:00Z"}
    door.client.post("/v1/batch", json=batch, headers=basic(door.server))
    moving.at += timedelta(days=400)
    again = {"batch": [event(1), event(3)], "sentAt": "2027-12-07T09:00:00Z"}  # a client stamps each attempt anew
    assert door.client.post("/v1/batch", json=again, headers=basic(door.server)).status_code == 200
    assert [one["messageId"] for one in kept(door.ledger)] == ["m1", "m2", "m3"]
    assert [(b.received, b.stored, b.duplicate) for b in balance(door.ledger)] == [(3, 2, 1), (2, 1, 1)]
    assert all(line.is_balanced for line in balance(door.ledger))


def test_an_id_is_one_message_per_source_and_another_content_under_it_is_set_aside(door: SimpleNamespace) -> None:
    door.client.post("/v1/track", json=event(1), headers=basic(door.server))
    door.client.post("/v1/track", json=event(1), headers=basic(door.site))
    door.client.post("/v1/track", json=event(1, userId="u8"), headers=basic(door.server))
    assert (len(kept(door.ledger)), len(kept(door.ledger, "shop_site"))) == (1, 1)
    assert set_aside(door.ledger) == ["id_reuse"]


def test_a_bad_message_is_set_aside_and_its_neighbours_are_kept(door: SimpleNamespace) -> None:
    bad = [
        7,
        {"type": "visit", "userId": "u"},
        {"type": "track", "userId": "u"},
        {"type": "track", "event": "x"},
        {"type": "identify", "userId": {"a": 1}},
        {"type": "identify", "userId": "u", "messageId": "m" * 100},
        {"type": "group", "userId": "u"},
        {"type": "alias", "userId": "u"},
        event(9, text="é" * 20_000),
    ]
    answer = door.client.post("/v1/batch", json={"batch": [event(1), *bad, event(2)]}, headers=basic(door.server))
    assert answer.status_code == 200
    assert [one["messageId"] for one in kept(door.ledger)] == ["m1", "m2"]
    assert sorted(set_aside(door.ledger)) == sorted(
        ["no_object", "unknown_type", "no_event", *["bad_id"] * 2, *["no_subject"] * 3, "too_large"]
    )
    [line] = balance(door.ledger)
    assert (line.received, line.stored, line.quarantined, line.is_balanced) == (11, 2, 9, True)


def test_what_clients_really_send_is_tolerated(door: SimpleNamespace) -> None:
    odd = event(1, anonymousId=None, context={}, integrations={}, channel="server", _metadata={"nodeVersion": "20"})
    numbers = {"type": "identify", "userId": 1042, "traits": {"nom": "Éloïse"}, "context": {"ip": "10.0.0.1"}}
    batch = {"batch": [odd, numbers], "context": {"library": {"name": "x"}, "ip": "0"}}
    packed = gzip.compress(json.dumps(batch).encode())
    headers = basic(door.server) | {"Content-Encoding": "gzip"}
    assert door.client.post("/v1/batch", content=packed, headers=headers).status_code == 200
    first, second = kept(door.ledger)
    assert first["context"] == {"library": {"name": "x"}, "ip": "0"}
    assert (second["userId"], second["traits"]["nom"], second["context"]["ip"]) == ("1042", "Éloïse", "10.0.0.1")
    assert second["messageId"].startswith("own-")


@pytest.mark.parametrize(
    ("sent", "corrected", "flag"),
    [
        ({"timestamp": "2026-11-02T07:50:00Z", "sentAt": "2026-11-02T08:00:00Z"}, AT - timedelta(minutes=10), None),
        (
            {"originalTimestamp": "1999-01-01T00:00:00Z", "sentAt": "1999-01-01T01:00:00Z"},
            AT - timedelta(hours=1),
            None,
        ),
        ({"timestamp": "2025-01-01T10:00:00+01:00"}, AT.replace(2025, 1, 1, 9, 0), None),
        ({"timestamp": "9999-12-31T23:59:59Z", "sentAt": "0001-01-01T00:00:00Z"}, AT, "absurd"),
        ({"timestamp": "2036-01-01T00:00:00Z"}, AT, "ahead"),
        ({"timestamp": "-1"}, AT, "unreadable"),
        ({"timestamp": 12345678901234567890}, AT, "unreadable"),
        ({}, AT, None),
    ],
)
def test_a_wrong_clock_is_corrected_and_all_four_stamps_are_kept(
    door: SimpleNamespace, sent: dict[str, Any], corrected: Any, flag: str | None
) -> None:
    assert door.client.post("/v1/track", json=event(1, **sent), headers=basic(door.server)).status_code == 200
    [one] = kept(door.ledger)
    assert one["timestamp"] == corrected.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert one["receivedAt"] == AT.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert one.get("originalTimestamp") == sent.get("originalTimestamp", sent.get("timestamp"))
    assert ("sentAt" in one) == ("sentAt" in sent)
    assert one.get("timeFlag") == flag


def test_a_page_may_write_with_its_sites_key_only(door: SimpleNamespace) -> None:
    asked = {"Origin": SHOP_SITE, "Access-Control-Request-Method": "POST"}
    before = door.client.options("/v1/t", headers=asked)
    assert before.headers["access-control-allow-origin"] == SHOP_SITE
    assert "X-Retry-Count" in before.headers["access-control-allow-headers"]
    text = json.dumps(event(1, writeKey=door.site))
    plain = {"Content-Type": "text/plain", "Origin": SHOP_SITE}
    answer = door.client.post("/v1/t", content=text, headers=plain | basic(door.site))
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SHOP_SITE)
    assert door.client.post("/v1/t", json=event(2), headers=basic(door.server) | plain).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    refused = door.client.post("/v1/t", json=event(3), headers=basic(door.site) | foreign)
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


def test_the_browsers_clients_find_their_settings(door: SimpleNamespace) -> None:
    segment = door.client.get(f"/v1/projects/{door.site}/settings", headers={"Origin": SHOP_SITE})
    assert segment.json() == {"integrations": {"Segment.io": {"apiKey": door.site}}}
    rudder = door.client.get(f"/sourceConfig/?p=npm&v=3.34&build=modern&writeKey={door.site}").json()["source"]
    assert (rudder["id"], rudder["destinations"], rudder["enabled"]) == (door.site_key.key_id, [], True)
    assert door.client.get("/v1/projects/nobody/settings").status_code == 401


def test_keys_are_kept_as_hashes_and_end_when_revoked(door: SimpleNamespace) -> None:
    with door.ledger.read() as tx:
        rows = str(tx.execute(select(ledger_tables.intake_keys)).all())
        trail = str(tx.execute(select(ledger_tables.audit_trail)).all())
    assert door.server not in rows + trail
    door.keys.revoke(door.site_key.key_id, actor="ada")
    fresh = Intake(door.ledger)
    with TestClient(TrackingDoor(Starlette(), intake=fresh)) as client:
        assert client.post("/v1/track", json=event(), headers=basic(door.site)).status_code == 401
    fresh.close()
    with pytest.raises(ConfigurationError, match="No key"):
        door.keys.revoke(door.site_key.key_id, actor="ada")
    with pytest.raises(ConfigurationError, match="cannot name a source"):
        door.keys.add("../shop", actor="ada")
    with pytest.raises(ConfigurationError, match="no origin"):
        door.keys.add("shop", ("shop.example",), actor="ada")


def test_a_full_buffer_says_when_to_come_again(door: SimpleNamespace) -> None:
    small = Intake(door.ledger, most_waiting=2)
    with TestClient(TrackingDoor(Starlette(), intake=small)) as client:
        batch = {"batch": [event(n) for n in range(3)]}
        answer = client.post("/v1/batch", json=batch, headers=basic(door.server))
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        assert int(answer.headers["retry-after"]) > 0
        assert client.post("/v1/track", json=event(), headers=basic(door.server)).status_code == 200
    small.close()


def test_a_store_that_cannot_write_is_said_and_nothing_is_claimed(
    door: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(type(door.ledger), "hold", staticmethod(fail))
        answer = door.client.post("/v1/track", json=event(), headers=basic(door.server))
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
    assert kept(door.ledger) == []
    assert door.client.post("/v1/track", json=event(), headers=basic(door.server)).status_code == 200
    assert len(kept(door.ledger)) == 1


def test_the_command_line_makes_lists_and_revokes_keys(tmp_path: Path) -> None:
    make_project(tmp_path, company="Essai", language="fr")

    def say(*words: str, exit_code: int = 0) -> str:
        result = CliRunner().invoke(build(), ["intake", *words, "--project", str(tmp_path)])
        assert result.exit_code == exit_code, result.output
        return result.stdout

    secret = say("keys", "add", "shop", "--actor", "ada", "--origin", SHOP_SITE).strip()
    [key] = json.loads(say("keys", "list", "--json"))
    assert (key["source"], key["origins"], secret.startswith("wk_")) == ("shop", [SHOP_SITE], True)
    assert secret not in say("keys", "list")
    say("keys", "revoke", key["key_id"], "--actor", "ada")
    assert "revoked" in say("keys", "list")
    assert say("balance") == ""


def test_a_deleted_row_is_missed_by_the_books(door: SimpleNamespace) -> None:
    door.client.post("/v1/batch", json={"batch": [event(1), event(2)]}, headers=basic(door.server))
    with door.ledger.begin() as tx:
        tx.execute(EVENTS.delete().where(EVENTS.c.message_id == "m1"))
    assert [line.is_balanced for line in balance(door.ledger)] == [False]
