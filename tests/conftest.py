"""Fixtures that every test may use, and the count of what was left out without the shared data."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prevenance.kit.clock import FixedClock

collect_ignore = ["samples"]  # payloads, and settings of products that run in a Python of their own

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of public data sets; without it the test is left out, and CI fails."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI"):
        pytest.fail("../shared/data is missing, and CI must run the tests that read it")
    pytest.skip("needs ../shared/data")


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock that stands at noon of 1 November 2026, UTC."""
    return FixedClock(datetime(2026, 11, 1, 12, tzinfo=UTC))


# What goes through whole rooms, databases, processes or a browser is left to `make test`; `make check` stays quick.
SLOW_FOLDERS = frozenset({"browser", "engines", "faults", "oracles", "stories"})
QUICK_FILES = frozenset({"test_kit.py", "test_pipeline.py", "test_web.py"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in SLOW_FOLDERS and item.path.name not in QUICK_FILES:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "shared/data" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests left out: they read ../shared/data, which is not here.")
