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
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from prevenance.kit.problems import SourceError
from prevenance.kit.words import Words
from prevenance.sources.base import CURSOR, Connector, Reading, raw_rows, require_columns

_PAGE_ROWS = 50_000
_DRIVERS = {
    "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "postgresql": "postgresql+psycopg", "mssql": "mssql+pytds",
}  # fmt: skip
"""Which driver an address means that names none."""
_READ_ONLY = {
    "mysql": "SET SESSION TRANSACTION READ ONLY", "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
}  # fmt: skip
"""What keeps a mapping's query from ever changing the company's own database; SQL Server has no such word."""


@dataclass(frozen=True)
class SqlDatabase(Connector):
    """Reads rows through SQLAlchemy; with a `cursor` column only those at or after where it stood last time."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the columns of the table or query."""
        engine = _engine(location)
        try:
            with engine.connect() as connection:
                return tuple(connection.execute(sa.select(sa.text("*")).select_from(_origin(options)).limit(0)).keys())
        except (SQLAlchemyError, OSError) as problem:
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
        return raw_rows(_pages(location, query, wanted, cursor, reading.since), reading, cursor=cursor)


def _pages(
    location: str, query: sa.Select[*tuple[Any, ...]], names: Sequence[str], cursor: str | None, since: str | None
) -> Iterator[pa.Table]:
    engine = _engine(location)
    try:
        if cursor and since is not None:
            with engine.connect() as connection:
                held = connection.execute(
                    query.with_only_columns(sa.column(cursor)).where(sa.column(cursor).is_not(None)).limit(1)
                ).scalar()
            # At or after: rows of the same instant may have come later; those already known change nothing.
            query = query.where(sa.or_(sa.column(cursor) >= _as_held(since, held), sa.column(cursor).is_(None)))
        with engine.connect().execution_options(stream_results=True, yield_per=_PAGE_ROWS) as connection:
            for page in connection.execute(query).partitions(_PAGE_ROWS):
                columns = zip(*page, strict=True)
                values = dict(zip(names, columns, strict=True))
                texts = {name: pa.array(map(_text, column), pa.string()) for name, column in values.items()}
                at = {CURSOR: pa.array(map(_in_order, values[cursor]), pa.string())} if cursor else {}
                yield pa.table(texts | at)
    except (SQLAlchemyError, OSError) as problem:
        raise _failed(location, problem) from problem
    finally:
        engine.dispose()


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _in_order(value: object) -> str | None:
    """Return where a row stands as text that sorts as the values do: the greatest is kept for the next reading."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()  # summer and winter time would not sort
    if isinstance(value, int) and value >= 0:
        return f"{value:020d}"
    return _text(value)


def _as_held(since: str, held: object) -> object:
    """Return where the last reading stood in the column's own type: databases compare no date with a text."""
    match held:
        case datetime():
            return datetime.fromisoformat(since)
        case date():
            return date.fromisoformat(since)
        case int() | float() | Decimal():
            return Decimal(since)
        case bytes():
            return bytes.fromhex(since)
        case _:
            return since


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
        engine = sa.create_engine(url.set(drivername=_DRIVERS.get(url.drivername, url.drivername)))
        guard = _READ_ONLY.get(engine.dialect.name)
        if guard is not None:
            sa.event.listen(engine, "connect", lambda connection, _record: _say(connection, guard))
        return engine
    address = f"file:{quote(location)}?mode=ro"
    # The engine that stores the rows pulls them from a thread of its own, one at a time.
    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False))


def _say(connection: Any, statement: str) -> None:  # Any: a connection of whatever driver
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.commit()


def _failed(location: str, problem: Exception) -> SourceError:
    url = sa.make_url(location) if "://" in location else None
    shown = url.render_as_string(hide_password=True) if url else Path(location).name
    cause = problem.__cause__ or problem
    # MySQL's driver gives a number, then the words.
    told = str(cause.args[1] if len(cause.args) > 1 else cause) or type(cause).__name__
    reason = told.split("\n", maxsplit=1)[0].rstrip(".")
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
