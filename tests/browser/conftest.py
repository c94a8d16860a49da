"""Starts a real Chromium and a real server in front of the stand-in; a missing browser fails, it does not skip."""

import importlib.util
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from prevenance.kit.clock import FixedClock
from prevenance.web import create_web
from prevenance.web.visits import hash_of

CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _load_stand_in() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_stand_in", Path(__file__).with_name("stand_in.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Desk:
    """Holds the address of a running server, the services behind it, and a browser to look at it."""

    address: str
    services: Any  # the stand-in, whose file is loaded by path
    facts: ModuleType
    browser: Browser

    def look_at(self, page: Page) -> None:
        """Wait, as a person does, until the page is seen: Chromium drops the keys pressed before its first paint."""
        page.evaluate("() => new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)))")

    @contextmanager
    def open(
        self, *, language: str = "en", role: str | None = "agent", expected: Sequence[str] = (), **options: object
    ) -> Iterator[Page]:
        """Open a window of its own, signed in unless `role` is None; its console may say only what is expected."""
        context = self.browser.new_context(
            locale="fr-FR" if language == "fr" else "en-GB", base_url=self.address, **options
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if role is not None:
            token = f"{role:x<43}"
            self.services.open_session(role, hash_of(token))
            context.add_cookies([{"name": "prevenance", "value": token, "url": self.address}])
            page.goto("/today")
            if options.get("java_script_enabled", True):
                self.look_at(page)
        yield page
        context.close()
        # A refused script, a blocked style or a broken line of ours would all speak here.
        may_be_said = ("the server responded with a status of", *expected)
        assert [said for said in complaints if not any(part in said for part in may_be_said)] == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail(
            "Chromium is missing. Install the system package `chromium`; the screens are tested in a real browser."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    facts = _load_stand_in()
    services = facts.StandIn()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_web(services, public_url=address, clock=FixedClock(facts.NOW))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server under test did not start"
            time.sleep(0.02)
        yield Desk(address, services, facts, chromium)
        server.should_exit = True
        thread.join(timeout=10)
