"""Keep the live window open in a process of its own while the pages are served."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MAIN = "from prevenance.cli.face import main; main()"


@contextmanager
def watching(project: Path) -> Iterator[None]:
    """Run `prevenance intake watch` beside this process, and end it with this one, however this one ends."""
    command = [sys.executable, "-c", _MAIN, "intake", "watch", "--json", "--with-parent", "--project", str(project)]
    # The pipe is never written to: when this process is gone, even killed, it closes, and the child ends.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:  # noqa: S603 - ourselves
        try:
            yield
        finally:
            child.terminate()


def end_with_parent() -> None:
    """End this process when the one that started it is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
