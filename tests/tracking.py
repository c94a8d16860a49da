"""Start the door for tracking clients as a real server that a test may kill, and speak to it as clients do."""

import base64
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.children import start

import prevenance.web  # noqa: F401 - imported here so that a server started by fork need not import it again
from prevenance.app import make_project, open_application
from prevenance.cli.talk import serve_page
from prevenance.intake import Line
from prevenance.storage import ledger_tables

SOURCE = "web_shop"


def _serve(project: Path, port: int) -> None:
    serve_page(project, port=port)


class Door:
    """Is an installation with one write key; its server may be started, killed and started again."""

    def __init__(self, project: Path, *, serve: Callable[[Path, int], None] = _serve) -> None:
        self.project = project
        self._serve = serve
        make_project(project, company="Société de l’Été", language="fr")
        (project / "data").mkdir(exist_ok=True)
        with open_application(project) as application:
            _, self.key = application.write_keys.add(SOURCE, actor="test")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: BaseProcess | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._server = start(self._serve, self.project, self.port)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                status, _ = Caller(self).ask("GET", "/livez")
            except OSError:
                assert self._server.is_alive(), "the server ended at its start"
                time.sleep(0.02)
            else:
                assert status == 200
                return
        raise AssertionError("the server did not answer within a minute")

    def kill(self) -> None:
        """Kill the server without warning."""
        if self._server is not None:
            self._server.kill()
            self._server.join()
            self._server = None

    def memory(self) -> int:
        """Return the largest memory the server ever held, in bytes."""
        assert self._server is not None
        status = Path(f"/proc/{self._server.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024

    def books(self) -> tuple[Line, ...]:
        """Return what came and what became of it."""
        with open_application(self.project) as application:
            return application.intake_books()

    def stored(self) -> list[tuple[str, str | None]]:
        """Return message id and payload of every stored message, in their order."""
        events = ledger_tables.intake_events
        with open_application(self.project) as application, application.ledger.read() as tx:
            return [tuple(row) for row in tx.execute(select(events.c.message_id, events.c.payload).order_by("seq"))]


@contextmanager
def open_door(project: Path) -> Iterator[Door]:
    """Start a server for a new project, and end it afterwards."""
    door = Door(project)
    door.start()
    try:
        yield door
    finally:
        door.kill()


class Caller:
    """Is one client with a connection that it keeps."""

    def __init__(self, door: Door) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
        self._headers = {"Authorization": "Basic " + base64.b64encode(f"{door.key}:".encode()).decode()}

    def post(self, path: str, content: Any) -> tuple[int, dict[str, Any]]:
        """Post JSON as a server's client does."""
        status, body = self.ask("POST", path, json.dumps(content).encode())
        return status, json.loads(body)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request, and return status and body."""
        try:
            self._connection.request(method, path, body, {**self._headers, **(headers or {})})
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()  # the next request opens a new one
            raise ConnectionError(str(problem)) from problem


def total(books: tuple[Line, ...]) -> dict[str, int]:
    """Return the books of all hours and sources together."""
    names = ("received", "stored", "duplicate", "quarantined", "refused")
    return {name: sum(getattr(line, name) for line in books) for name in names}
