"""Run real products beside us, each in a Python of its own: they are no dependency of ours, whatever their licence."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[1]
UV = PROJECT / ".tools/bin/uv"


def product_python(name: str, *packages: str) -> Path:
    """Return the Python of a product, installed once into `.cache/products`; what fails is told in full."""
    folder = PROJECT / ".cache/products" / name
    python = folder / "bin/python"
    if not (folder / "complete").exists():
        run([str(UV), "venv", "-q", "--clear", "-p", sys.executable, str(folder)])
        run([str(UV), "pip", "install", "-q", "-p", str(python), *packages])
        (folder / "complete").touch()
    return python


def run(command: list[str], environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """Run a command to its end; its whole output is told when it fails."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}"
        raise RuntimeError(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], address: str, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Run a server until the block ends; its log is told when it does not come up."""
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env={**os.environ, **environment}, cwd=folder, stdout=output, stderr=output)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(address, timeout=2).close()
            except urllib.error.HTTPError:
                break
            except OSError as problem:
                if server.poll() is not None:
                    raise RuntimeError(log.read_text()) from problem
                time.sleep(0.25)
            else:
                break
        else:
            raise RuntimeError(log.read_text())
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
