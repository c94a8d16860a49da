"""Start a real MariaDB for the tests. A conftest imports the fixture by name."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

PASSWORD = "sesame/ouvre%toi"  # of a server that lives as long as the tests; awkward in an address on purpose


@pytest.fixture(scope="session")
def mariadb_port() -> Iterator[int]:
    """Start a server of its own, and return the port at which `root` gets in with `PASSWORD`."""
    missing = [name for name in ("mariadbd", "mariadb-install-db") if _program(name) is None]
    assert not missing, f"{missing} not found: tools/setup tests installs mariadb-server"
    folder = Path(tempfile.mkdtemp(prefix="prevenance-mariadb-"))
    user = ["--user=root"] if Path.home() == Path("/root") else []
    subprocess.run(
        [str(_program("mariadb-install-db")), "--no-defaults", f"--datadir={folder}/data",
         "--auth-root-authentication-method=normal", *user],
        check=True, capture_output=True,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(_program("mariadbd")), "--no-defaults", f"--datadir={folder}/data", f"--socket={folder}/s",
         f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
         f"--log-error={folder}/log", *user],
    )  # fmt: skip
    try:
        _wait(folder / "s", server)
        with pymysql.connect(unix_socket=str(folder / "s"), user="root") as connection, connection.cursor() as cursor:
            cursor.execute("create or replace user root@'127.0.0.1' identified by %s", (PASSWORD,))
            cursor.execute("grant all on *.* to root@'127.0.0.1' with grant option")
        yield port
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    return shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def _wait(place: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, f"MariaDB stopped: {(place.parent / 'log').read_text()}"
        try:
            pymysql.connect(unix_socket=str(place), user="root").close()
        except pymysql.err.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("MariaDB did not start within 30 seconds")
