"""Fixtures of this folder: the ledger on each of its databases, and a MariaDB."""

from tests.mariadb import mariadb_port
from tests.postgres import ledger, ledger_url, open_it, postgres_server, postgres_url

__all__ = ["ledger", "ledger_url", "mariadb_port", "open_it", "postgres_server", "postgres_url"]
