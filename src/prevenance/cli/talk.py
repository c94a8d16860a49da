"""Talk on stderr, answer on stdout, and draw progress bars where somebody looks."""

import json
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_console = Console(stderr=True, highlight=False)


def talk(text: str) -> None:
    """Say something to the person, on stderr."""
    _console.print(text, markup=False, soft_wrap=True)


def answer(text: str) -> None:
    """Give a result, on stdout."""
    print(text)


def answer_json(content: Any) -> None:
    """Give a result as one JSON object, on stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def serve_page(project: Path, *, host: str = "127.0.0.1", port: int = 8700) -> None:
    """Serve the pages of a project until interrupted, and say where.

    The server finds the page and its line by name: the two faces do not know each other.
    """
    import uvicorn

    os.environ["PREVENANCE_PROJECT"] = str(project)
    os.environ["PREVENANCE_HOSTS"] = f"{host}:{port},localhost:{port}"
    talk(f"Prévenance listens on http://{host}:{port} (Ctrl+C ends it).")
    uvicorn.run(
        "prevenance.web:from_environment",
        factory=True,
        http="prevenance.web:BoundedLine",
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
    )


class TerminalProgress:
    """Shows each step of a long piece of work: a bar on a terminal, a line elsewhere."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=_console,
            disable=is_quiet or not _console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing; the last bar is finished only when nothing went wrong."""
        if kind is None:
            self._finish()
        self._bars.stop()

    def step(self, name: str, total: int | None = None) -> None:
        """Begin a step."""
        self._finish()
        self._task = self._bars.add_task(name, total=total)
        if self._bars.disable and not self._is_quiet:
            print(f"- {name}", file=sys.stderr, flush=True)

    def advance(self, n: int = 1) -> None:
        """Say that `n` more pieces are done."""
        if self._task is not None:
            self._bars.advance(self._task, n)

    def say(self, text: str) -> None:
        """Tell something in passing."""
        if not self._is_quiet:
            _console.print(f"  {text}", markup=False)

    def _finish(self) -> None:
        if self._task is not None:
            task = self._bars.tasks[self._bars.task_ids.index(self._task)]
            done = task.total if task.total is not None else max(1, int(task.completed))
            self._bars.update(self._task, total=done, completed=done)
