"""Measure the live intake beside a no-op handler and a bare durable store of the same server, in the same run.

    python benchmarks/intake.py [--events 10000] [--repeat 3] [--json]

Three applications take turns behind the same uvicorn, each in a process of its own, new for every measurement:

    no-op       reads the request and answers 200
    bare        splits it into events with msgspec and keeps them in one SQLite table; commits are synchronous
                (WAL, synchronous=FULL), shared by the requests that wait, and each request is answered after its own
    intake      `prevenance serve`: the same with keys, judgement, deduplication, quarantine, clock correction and books

The client (a process of its own, on the same machine) sends the events one by one over 64 connections, and in batches of
50 over 16. Printed are medians: events per second, 99th percentile of the wait, CPU seconds of the server per 1,000
events, and the share of the bare store's speed that the intake keeps (goal: 0.35; p99 at most 100 ms).
"""

import argparse
import asyncio
import base64
import json
import queue
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

APPLICATIONS = ("no-op", "bare", "intake")
SHAPES = {"single": (1, 64), "batches of 50": (50, 16)}  # events in a request, connections
GOAL, LONGEST_MS = 0.35, 100
DONE = b'{"success":true}'


# The applications.


async def _answer(receive: Any, send: Any, work: Callable[[bytes], Future[None]] | None) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if work is not None:
        await asyncio.wrap_future(work(body))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(DONE)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": DONE})


async def no_op(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await _answer(receive, send, None)


class Batch(msgspec.Struct):
    batch: list[msgspec.Raw] | None = None


class BareStore:
    """Keeps events in one table: the least that a durable intake can do."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bare.db"
        self._waiting: queue.SimpleQueue[tuple[list[bytes], Future[None]]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await _answer(receive, send, self._keep)

    def _keep(self, body: bytes) -> Future[None]:
        events = msgspec.json.decode(body, type=Batch).batch
        done: Future[None] = Future()
        self._waiting.put(([bytes(one) for one in events] if events is not None else [body], done))
        return done

    def _write(self) -> None:
        file = sqlite3.connect(self._path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            file.execute(f"PRAGMA {pragma}")
        file.execute("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, payload BLOB)")
        while True:
            group = [self._waiting.get()]
            while not self._waiting.empty() and len(group) < 5_000:
                group.append(self._waiting.get())
            file.execute("BEGIN IMMEDIATE")
            rows = ((event,) for events, _ in group for event in events)
            file.executemany("INSERT INTO events (payload) VALUES (?)", rows)
            file.execute("COMMIT")
            for _, done in group:
                done.set_result(None)


def serve(name: str, folder: Path, port: int) -> None:
    if name == "intake":
        from prevenance.cli.talk import serve_page

        serve_page(folder, port=port)
        return
    application: Any = no_op if name == "no-op" else BareStore(folder)
    uvicorn.run(application, port=port, log_level="warning", server_header=False, proxy_headers=False)


# The client.


def requests_of(n_events: int, size: int, key: str) -> list[bytes]:
    """Make the requests, each message with an id of its own, as a web shop's server would send them."""
    token = base64.b64encode(f"{key}:".encode()).decode()
    path = "/v1/track" if size == 1 else "/v1/batch"
    made = []
    for start in range(0, n_events, size):
        events = [_event(n) for n in range(start, start + size)]
        body = json.dumps(events[0] if size == 1 else {"batch": events, "sentAt": "2026-11-01T12:00:01.000Z"}).encode()
        made.append(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {token}\r\nContent-Type: application/json"
            f"\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return made


def _event(n: int) -> dict[str, Any]:
    return {
        "type": "track", "event": "Order Completed", "messageId": f"bench-{n:09}", "userId": f"customer-{n % 5000}",
        "timestamp": "2026-11-01T12:00:00.000Z", "context": {"library": {"name": "bench", "version": "1"}, "locale": "fr-FR"},
        "properties": {"order_id": f"o-{n}", "total": 12.5, "currency": "EUR", "products": [{"sku": "a", "quantity": 2}]},
    }  # fmt: skip


async def _send_all(port: int, requests: list[bytes], n_connections: int) -> list[float]:
    waits: list[float] = []
    rest = iter(requests)

    async def one_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in rest:  # shared: whoever is free takes the next
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            waits.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or body != DONE:
                raise SystemExit(f"the answer was {head!r} {body!r}")
        writer.close()

    await asyncio.gather(*(one_client() for _ in range(n_connections)))
    return waits


def drive(port: int, n_events: int, shape: str, key: str) -> dict[str, float]:
    size, n_connections = SHAPES[shape]
    requests = requests_of(n_events, size, key)
    began = time.perf_counter()
    waits = sorted(asyncio.run(_send_all(port, requests, n_connections)))
    seconds = time.perf_counter() - began
    return {"events_per_second": n_events / seconds, "p99_ms": waits[int(len(waits) * 0.99)] * 1000}


# The bench.


def measure(name: str, shape: str, n_events: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name_of_folder, socket.socket() as free:
        folder = Path(name_of_folder)
        key = _new_installation(folder) if name == "intake" else "none"
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        mine = [sys.executable, __file__]
        server = subprocess.Popen(
            [*mine, "--serve", name, "--folder", str(folder), "--port", str(port)], stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port)
            asyncio.run(_send_all(port, requests_of(200, 1, key), 4))  # warm
            before = _cpu_seconds(server.pid)
            asked = ["--drive", shape, "--events", str(n_events), "--port", str(port), "--key", key]
            client = subprocess.run([*mine, *asked], stdout=subprocess.PIPE, text=True, check=True)
            found: dict[str, float] = json.loads(client.stdout)
            cpu = (_cpu_seconds(server.pid) - before) / n_events * 1000
            return {**found, "cpu_seconds_per_1000": cpu, "peak_mb": _peak_mb(server.pid)}
        finally:
            server.kill()
            server.wait()


def _new_installation(folder: Path) -> str:
    from prevenance.app import make_project, open_application

    make_project(folder, company="Bench", language="en")
    (folder / "data").mkdir(exist_ok=True)
    with open_application(folder) as application:
        _, secret = application.write_keys.add("bench", actor="bench")
    return secret


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start within a minute")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _peak_mb(pid: int) -> float:
    (line,) = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def bench(n_events: int, repeat: int, tell: Callable[[str], None]) -> dict[str, Any]:
    found: dict[str, dict[str, list[dict[str, float]]]] = {
        shape: {name: [] for name in APPLICATIONS} for shape in SHAPES
    }
    for turn in range(repeat):
        for shape in SHAPES:
            for name in APPLICATIONS:
                tell(f"{turn + 1}/{repeat} {shape}: {name}")
                found[shape][name].append(measure(name, shape, n_events * (1 if shape == "single" else 5)))
    result: dict[str, Any] = {}
    for shape, by_name in found.items():
        result[shape] = {
            name: {what: statistics.median(one[what] for one in runs) for what in runs[0]}
            for name, runs in by_name.items()
        }
        speed = [[one["events_per_second"] for one in by_name[name]] for name in ("intake", "bare")]
        result[shape]["share_of_bare"] = statistics.median(ours / bare for ours, bare in zip(*speed, strict=True))
        cost = [result[shape][name]["cpu_seconds_per_1000"] for name in ("intake", "bare")]
        result[shape]["share_of_bare_in_cpu"] = cost[1] / cost[0]
    return result


def told(result: dict[str, Any]) -> str:
    lines = []
    for shape, figures in result.items():
        lines.append(f"{shape:15}  events/s   p99 ms   CPU s/1000   peak MB")
        for name in APPLICATIONS:
            one = figures[name]
            lines.append(
                f"  {name:13}{one['events_per_second']:10,.0f}{one['p99_ms']:9.1f}{one['cpu_seconds_per_1000']:13.3f}"
                f"{one['peak_mb']:10.0f}"
            )
        share, p99 = figures["share_of_bare"], figures["intake"]["p99_ms"]
        met = "met" if share >= GOAL and p99 <= LONGEST_MS else "MISSED"
        lines.append(
            f"  the intake keeps {share:.2f} of the bare store's speed, {figures['share_of_bare_in_cpu']:.2f} in CPU seconds"
            f" (goal {GOAL}; p99 <= {LONGEST_MS} ms): {met}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000, help="single events; five times as many in batches")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    for hidden in ("--serve", "--drive", "--key"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder, asked.port)
    elif asked.drive:
        print(json.dumps(drive(asked.port, asked.events, asked.drive, asked.key)))
    else:
        result = bench(asked.events, asked.repeat, lambda text: print(text, file=sys.stderr))
        print(json.dumps(result) if asked.json else told(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
