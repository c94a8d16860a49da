"""Send the door what no client should send: it never breaks, and each message is accounted for.

`PREVENANCE_HOSTILE` sets how many inputs: 2,000 by default, 10,000 for the full proof. The seed of each run is printed.
"""

import contextlib
import gzip
import json
import os
import random
import socket
import statistics
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from tests.hostile import KINDS, Attack, attack
from tests.tracking import Caller, Door, open_door, total

N_INPUTS = int(os.environ.get("PREVENANCE_HOSTILE", "2000"))
N_CALLERS = 4
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with open_door(tmp_path_factory.mktemp("hostile") / "acme") as door:
        yield door


def test_no_input_breaks_the_door_and_each_message_is_accounted_for(door):
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)  # noqa: T201 - shown when the test fails, to play it again
    _polite(door, 50)
    before, memory = total(door.books()), door.memory()
    answers, polite = _attacked(door, seed)
    after = total(door.books())
    came = {name: after[name] - before[name] for name in after}
    _tell(answers, polite, came, door.memory() - memory)

    assert {status for _, status, _ in answers} <= {200, 400, 401, 403, 413}
    assert came["received"] == sum(_n_messages(one) for one, status, _ in answers if status == 200) + len(polite)
    assert came["refused"] == sum(status != 200 for _, status, _ in answers)
    assert all(line.is_balanced for line in door.books())
    assert came["stored"] > len(polite), "nothing hostile was good enough to be kept"
    assert came["quarantined"] > N_INPUTS // 10, "too little was bad for the test to mean something"
    assert max(seconds for _, _, seconds in answers) < 5
    assert door.memory() - memory < 200 * MEGABYTE
    for message_id, payload in door.stored():
        _assert_can_be_used(message_id, json.loads(payload))


def _attacked(door: Door, seed: int) -> tuple[list[tuple[Attack, int, float]], list[float]]:
    """Return each attack with its answer, and how long a polite client waited meanwhile."""
    answers: list[tuple[Attack, int, float]] = []

    def work(number: int) -> None:
        chance, caller = random.Random(f"{seed}/{number}"), Caller(door)
        for _ in range(N_INPUTS // N_CALLERS):
            one = attack(chance)
            began = time.monotonic()
            status, body = caller.ask("POST", one.path, one.body, one.headers)
            answers.append((one, status, time.monotonic() - began))
            said = json.loads(body)
            assert said == {"success": True} if status == 200 else {"code", "message"} <= set(said)

    attackers = [threading.Thread(target=work, args=(n,)) for n in range(N_CALLERS)]
    for one in attackers:
        one.start()
    polite = []
    while any(one.is_alive() for one in attackers):
        polite += _polite(door, 1)
        time.sleep(0.01)
    assert len(answers) == N_INPUTS // N_CALLERS * N_CALLERS, "an attacker found an answer that is no answer"
    return answers, polite


def _polite(door: Door, n: int) -> list[float]:
    caller, waits = Caller(door), []
    for _ in range(n):
        began = time.monotonic()
        status, _ = caller.post("/v1/track", {"userId": "ada", "event": "Signed In", "n": began})
        assert status == 200
        waits.append(time.monotonic() - began)
    return waits


def _tell(answers: list[tuple[Attack, int, float]], polite: list[float], came: dict[str, int], memory: int) -> None:
    print(Counter(status for _, status, _ in answers), came)  # noqa: T201 - the figures of the full proof
    slowest = max(seconds for _, _, seconds in answers)
    print(f"slowest {slowest:.2f} s; a polite client waited {statistics.median(polite) * 1000:.0f} ms,"  # noqa: T201
          f" at most {max(polite) * 1000:.0f} ms; memory +{memory / MEGABYTE:.0f} MB")  # fmt: skip


def _n_messages(one: Attack) -> int:
    """Count the messages of a body that was accepted, by another parser than the door's."""
    content = json.loads(one.plain)
    return len(content["batch"]) if one.path.endswith(("batch", "/b")) else 1


def _assert_can_be_used(message_id: str, kept: dict[str, object]) -> None:
    """Check that a stored message can be believed by those who read it later."""
    assert 0 < len(message_id) < 100
    assert kept["messageId"] == message_id
    assert kept["type"] in KINDS
    assert kept["type"] != "track" or str(kept["event"]).strip()
    assert kept["type"] == "alias" or kept.get("userId") or kept.get("anonymousId")
    received = datetime.fromisoformat(str(kept["receivedAt"]))
    assert (
        datetime(1970, 1, 1, tzinfo=UTC)
        <= datetime.fromisoformat(str(kept["timestamp"]))
        <= received + timedelta(hours=24)
    )


@pytest.mark.parametrize("megabytes", [10, 100])
def test_a_gzip_bomb_is_refused_without_being_unpacked(door, megabytes):
    memory = door.memory()
    bomb = gzip.compress(b" " * (megabytes * MEGABYTE), 9)
    status, body = Caller(door).ask("POST", "/v1/batch", bomb, {"Content-Encoding": "gzip"})
    assert (status, json.loads(body)["code"]) == (400, "too_large")
    assert door.memory() - memory < 50 * MEGABYTE


TRACK = b"POST /v1/track HTTP/1.1\r\nHost: x\r\n"
BROKEN = {
    "smuggled": TRACK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /today HTTP/1.1\r\n\r\n",
    "two lengths": TRACK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nhello",
    "bad chunk": TRACK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    "negative length": TRACK + b"Content-Length: -1\r\n\r\n",
    "no such version": b"POST /v1/track HTTP/9.9\r\n\r\n",
    "greets as if for TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    "endless address": b"POST /v1/" + b"a" * 1_000_000,
    "endless header": TRACK + b"X: " + b"a" * 1_000_000,
    "endless headers": TRACK + b"X: a\r\n" * 200_000,
    "endless trailers": TRACK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * 200_000,
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
def test_a_broken_request_ends_its_own_connection_only(door, said):
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", door.port), timeout=10) as line,
        contextlib.suppress(ConnectionError, BrokenPipeError),  # the door may hang up at once
    ):
        line.sendall(said)
        while piece := line.recv(65536):
            answer += piece
    assert not answer.startswith(b"HTTP/1.1 5")
    assert b"HTTP/1.1 200" not in answer
    assert len(_polite(door, 1)) == 1
