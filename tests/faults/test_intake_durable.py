"""Watch the system calls of the door: no answer leaves before the disk has said that it holds what is answered.

A kill cannot show this, because the machine's memory outlives the process; a power cut would.
`PREVENANCE_SYNCS` sets how many calls are watched (150 by default, 1,000 for the full proof).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tracking import Caller, Door

N_CALLS = int(os.environ.get("PREVENANCE_SYNCS", "150"))
WATCHED = "fdatasync,fsync,write,writev,sendto,sendmsg"
PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]
IS_SYNCED = re.compile(r"fdatasync\(\d+<[^>]*ledger\.db-wal>\) += 0|fdatasync resumed>\) += 0")
IS_ANSWERED = re.compile(r'(write|writev|sendto|sendmsg)\(.*"HTTP/1\.1 200')


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Door, Path]]:
    """Start a server under strace, and return it with the file of its system calls."""
    if shutil.which("strace") is None:
        pytest.fail("strace is missing. Install the system package `strace`, or run: make setup-tests")
    door, calls = Door(tmp_path / "acme"), tmp_path / "calls.txt"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "40", "-e", f"trace={WATCHED}", "-o", str(calls)]
    serve = [*PROGRAM, "serve", "--project", str(door.project), "--port", str(door.port)]
    server = subprocess.Popen([*strace, *serve], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(door, server)
        yield door, calls
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_every_answer_follows_a_sync_of_its_own(watched):
    door, calls = watched
    n_before = len(calls.read_text().splitlines())
    caller = Caller(door)
    for n in range(N_CALLS):  # one after the other: two answers could share one sync otherwise
        status, _ = caller.post("/v1/track", {"userId": "ada", "event": "Signed In", "messageId": f"m{n}"})
        assert status == 200
    history = _history(calls.read_text().splitlines()[n_before:])
    assert history.count("answer") == N_CALLS
    unsafe = sum(before != "sync" for before, what in zip(["", *history], history, strict=False) if what == "answer")
    assert unsafe == 0


def test_the_watcher_sees_an_answer_that_comes_too_early():
    lines = [
        "7 fdatasync(9</x/ledger.db-wal> <unfinished ...>",
        '8 write(12<socket:[1]>, "HTTP/1.1 200 OK\\r\\n", 90) = 90',
        "7 <... fdatasync resumed>) = 0",
        '8 sendto(12<socket:[1]>, "HTTP/1.1 200 OK\\r\\n", 90) = 90',
    ]
    assert _history(lines) == ["answer", "sync", "answer"]


def _history(lines: list[str]) -> list[str]:
    """Return in their order when a sync had ended and when an answer began to leave."""
    kinds = (("sync", IS_SYNCED), ("answer", IS_ANSWERED))
    return [kind for line in lines for kind, pattern in kinds if pattern.search(line)]


def _wait_for(door: Door, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended at its start; may strace trace here?"
        try:
            Caller(door).ask("GET", "/livez")
        except ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within two minutes")
