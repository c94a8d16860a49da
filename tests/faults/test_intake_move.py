"""Kill those who move messages out of the ledger while more come in: each message ends in one file, once.

`PREVENANCE_MOVER_KILLS` sets how many are killed (10 on each database by default); the seed of each run is printed.
"""

import json
import os
import random
import time
from pathlib import Path

from tests.children import start
from tests.postgres import KEY

from prevenance.intake import Intake, WriteKeys, balance, move
from prevenance.kit.clock import SystemClock
from prevenance.storage import Ledger, open_ledger

KILLS = int(os.environ.get("PREVENANCE_MOVER_KILLS", "10"))


def open_it(url: str) -> Ledger:
    return open_ledger(url, clock=SystemClock(), key=KEY)


def fill(url: str, secret: str) -> None:
    intake = Intake(open_it(url))
    number = 0
    while True:
        ids = range(number, number + 50)
        batch = [{"type": "track", "event": "Clicked", "userId": "u", "messageId": f"m{n}"} for n in ids]
        intake.take("batch", json.dumps({"batch": batch}).encode(), secrets=(secret,)).result()
        number += len(batch)


def move_on(url: str, folder: Path) -> None:
    ledger = open_it(url)
    while True:
        move(ledger, folder, largest_batch=200)


def test_killed_movers_lose_and_double_nothing(ledger_url: str, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - shown when the test fails, to play it again
    chance = random.Random(seed)
    ledger = open_it(ledger_url)
    _, secret = WriteKeys(ledger).add("load", actor="ada")
    ledger.close()
    writer = start(fill, ledger_url, secret)
    for _ in range(KILLS // 2):
        movers = [start(move_on, ledger_url, tmp_path) for _ in range(2)]  # both at once: neither may trust the other
        for mover in movers:
            time.sleep(chance.uniform(0.1, 0.4))
            mover.kill()
            mover.join()
    writer.kill()
    writer.join()
    ledger = open_it(ledger_url)
    report = move(ledger, tmp_path, looks_again=True)
    files = sorted((tmp_path / "intake" / "load").iterdir())
    moved = [json.loads(line)["messageId"] for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(files) > 2, "the movers were killed before they began"
    assert {path.suffix for path in files} == {".ndjson"}, "a draft was left behind"
    assert sorted(moved) == sorted(f"m{n}" for n in range(report.n_stored))
    assert (report.n_waiting, report.damaged) == (0, ())
    assert all(line.is_balanced for line in balance(ledger))
    ledger.close()
