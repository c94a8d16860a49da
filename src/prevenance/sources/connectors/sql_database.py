"""Read a table or a query of an SQL database: a SQLite file, or any address that SQLAlchemy understands.

Example:
    >>> import tempfile, pathlib, sqlite3
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "erp.sqlite"
    ...     with sqlite3.connect(path) as connection:
    ...         _ = connection.execute("create table orders (order_no text, amount real)")
    ...         _ = connection.execute("insert into orders values ('C1', 12.5)")
    ...     reading = Reading(("order_no", "amount"), "erp.sqlite", {"table": "orders"})
    ...     SQL_DATABASE.read(reading, str(path)).read_all().select(["order_no", "amount"]).to_pylist()
    [{'order_no': 'C1', 'amount': '12.5'}]
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from prevenance.kit.problems import SourceError
from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows, require_columns

_PAGE_ROWS = 50_000
_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "postgresql": "postgresql+psycopg"}
"""Which driver an address means that names none."""


@dataclass(frozen=True)
class SqlDatabase(Connector):
    """Reads rows through SQLAlchemy; with a `cursor` column only those at or after where it stood last time."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the columns of the table or query."""
        engine = _engine(location)
        try:
            with engine.connect() as connection:
                return tuple(connection.execute(sa.select(sa.text("*")).select_from(_origin(options)).limit(0)).keys())
        except SQLAlchemyError as problem:
            raise _failed(location, problem) from problem
        finally:
            engine.dispose()

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the rows as text, page by page."""
        require_columns(reading, self.columns(location, reading.options))
        cursor = reading.option("cursor", "") or None
        wanted = list(dict.fromkeys([*reading.columns, *([cursor] if cursor else [])]))
        query: sa.Select[*tuple[Any, ...]] = sa.select(*(sa.column(name) for name in wanted)).select_from(
            _origin(reading.options)
        )
        if cursor and reading.since is not None:
            # At or after: rows of the same instant may have come later; those already known change nothing.
            query = query.where(sa.or_(sa.column(cursor) >= reading.since, sa.column(cursor).is_(None)))
        return raw_rows(_pages(location, query, wanted), reading, cursor=cursor)


def _pages(location: str, query: sa.Select[*tuple[Any, ...]], names: Sequence[str]) -> Iterator[pa.Table]:
    engine = _engine(location)
    try:
        with engine.connect().execution_options(stream_results=True, yield_per=_PAGE_ROWS) as connection:
            for page in connection.execute(query).partitions(_PAGE_ROWS):
                columns = zip(*page, strict=True)
                yield pa.table(
                    {name: pa.array(map(_text, c), pa.string()) for name, c in zip(names, columns, strict=True)}
                )
    except SQLAlchemyError as problem:
        raise _failed(location, problem) from problem
    finally:
        engine.dispose()


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _origin(options: Mapping[str, object]) -> sa.FromClause:
    if "query" in options:
        return sa.text(str(options["query"]).strip().rstrip(";")).columns().subquery("asked")
    if "table" not in options:
        message = "A stream of an SQL database needs `table` or `query` in its options."
        raise SourceError(message, retry=False)
    schema, _, table = str(options["table"]).rpartition(".")
    return sa.table(table, schema=schema or None)


def _engine(location: str) -> sa.Engine:
    if "://" in location:
        url = sa.make_url(location)
        return sa.create_engine(url.set(drivername=_DRIVERS.get(url.drivername, url.drivername)))
    # Read only, so that a mapping can never change the company's own database.
    address = f"file:{quote(location)}?mode=ro"
    # The engine that stores the rows pulls them from a thread of its own, one at a time.
    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False))


def _failed(location: str, problem: SQLAlchemyError) -> SourceError:
    url = sa.make_url(location) if "://" in location else None
    shown = url.render_as_string(hide_password=True) if url else Path(location).name
    reason = str(problem.__cause__ or problem).split("\n", maxsplit=1)[0].rstrip(".")
    if url is not None and url.password:
        reason = reason.replace(url.password, "***")
    message = f"The database {shown} did not answer: {reason}. Check its address, and the table or query."
    return SourceError(message, place=shown, retry=True)


SQL_DATABASE = SqlDatabase(
    name="sql_database",
    words=Words(fr="base de données SQL", en="SQL database"),
    option_words={
        "table": Words(fr="la table à lire", en="the table to read"),
        "query": Words(fr="ou une requête SELECT", en="or a SELECT query"),
        "cursor": Words(fr="la colonne qui grandit à chaque changement", en="the column that grows with each change"),
    },
)
