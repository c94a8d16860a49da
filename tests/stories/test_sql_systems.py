"""Rows of real PostgreSQL and MariaDB servers arrive with types and accents, then from where they stood, read only."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from tests.mariadb import PASSWORD

from prevenance.kit.problems import SourceError
from prevenance.records.tables import FACTS
from prevenance.sources import SourceMapping, pull
from prevenance.sources.pull import StreamReport
from prevenance.storage import Lake, open_lake

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 3, 6, tzinfo=UTC)
MANY = 120_000  # more than two pages


def mapping(location: str, **options: str) -> dict[str, Any]:
    """Return a mapping of the orders at an address."""
    fields = ("no", "client", "placed", "amount", "paid", "note", "changed")
    return {
        "source": "erp",
        "grounds": {"contract": {"purpose": "carry out the contract", "basis": "contract"}},
        "streams": {
            "orders": {
                "connector": "sql_database",
                "location": location,
                "options": {"table": "orders", "cursor": "changed", **options},
                "record_id": "no",
                "subject": "erp:{client}",
                "fields": dict.fromkeys(fields, "contract"),
                "events": [
                    {"kind": "order_placed", "occurred_at": "placed", "amount": "amount", "label": "note"},
                    {"kind": "payment_received", "when": {"paid": ["1", "true"]}, "occurred_at": "changed"},
                ],
            }
        },
    }


@pytest.fixture(params=["postgresql", "mariadb"])
def address(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database, as a person would write it."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url.replace("postgresql+psycopg://", "postgresql://")
    port = request.getfixturevalue("mariadb_port")
    url = f"mariadb://root:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
    with _engine(url).connect() as connection:
        connection.execute(sa.text("drop database if exists firm"))
        connection.execute(sa.text("create database firm character set utf8mb4"))
    return f"{url}/firm"


def _engine(url: str) -> sa.Engine:
    with_driver = url.replace("postgresql://", "postgresql+psycopg://").replace("mariadb://", "mariadb+pymysql://")
    return sa.create_engine(with_driver, isolation_level="AUTOCOMMIT")


@pytest.fixture
def run(address: str) -> Callable[..., Any]:
    """Return how to run statements at that address, as the company's own system does."""
    engine = _engine(address)

    def said(*statements: str) -> Any:
        with engine.connect() as connection:
            for statement in statements:
                found = connection.execute(sa.text(statement))
            return found.fetchall() if found.returns_rows else None

    said(
        "create table orders (no varchar(20) primary key, client varchar(20), placed timestamp, amount decimal(12,2),"
        " paid boolean, note varchar(200), changed timestamp)",
        "insert into orders values ('C1', '7', '2026-03-11 10:05:00', 1234.50, true, 'Pièce n° 12 – réglée ✓',"
        " '2026-03-12 08:00:00')",
        "insert into orders values ('C2', '8', '2026-03-12 10:05:00', null, false, null, '2026-03-13 08:00:00')",
    )
    return said


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Return an empty lake."""
    return open_lake(tmp_path / "lake")


def load(lake: Lake, content: dict[str, Any], as_of: datetime) -> StreamReport:
    """Load by a mapping, and return the one report."""
    [report] = pull(lake, [SourceMapping.model_validate(content)], data_folder=Path(), as_of=as_of)
    return report


def test_rows_arrive_with_types_and_accents_and_again_only_from_where_the_cursor_stood(
    address: str, run: Callable[..., Any], lake: Lake
) -> None:
    first = load(lake, mapping(address), MONDAY)
    assert (first.rows_in, first.inserted, first.quarantined) == (2, 2, 0)
    told = {(row["record_id"], row["kind"]): row for row in lake.collect(lake.read(FACTS)).to_pylist()}
    order = told["C1", "order_placed"]
    assert order["amount"] == Decimal("1234.50")
    assert order["label"] == "Pièce n° 12 – réglée ✓"
    assert order["occurred_at"] == datetime(2026, 3, 11, 10, 5)  # noqa: DTZ001 - lake instants carry no zone
    assert ("C1", "payment_received") in told
    assert ("C2", "payment_received") not in told
    run(
        "update orders set amount = 99, changed = '2026-03-14 09:00:00' where no = 'C2'",
        "insert into orders values ('C3', '7', '2026-03-14 10:05:00', 3, false, 'é', '2026-03-14 09:30:00')",
    )
    second = load(lake, mapping(address), TUESDAY)
    assert (second.rows_in, second.inserted, second.updated) == (2, 1, 1), "C1 stays unread"


def test_many_rows_come_page_by_page(address: str, run: Callable[..., Any], lake: Lake) -> None:
    numbers = ", ".join(f"({n})" for n in range(1_000))
    run(
        "create table digits (n int)",
        f"insert into digits values {numbers}",
        "insert into orders select concat('N', a.n * 1000 + b.n), '9', '2026-01-05 08:00:00', 1, false, 'x',"
        f" '2026-02-01 08:00:00' from digits a, digits b where a.n < {MANY // 1000}",
    )
    report = load(lake, mapping(address), MONDAY)
    assert (report.rows_in, report.inserted) == (MANY + 2, MANY + 2)
    assert lake.count(lake.read(FACTS)) == MANY + 3


def test_a_mappings_query_can_never_change_the_companys_database(
    address: str, run: Callable[..., Any], lake: Lake
) -> None:
    if address.startswith("postgresql"):
        run("create function clear_out() returns int as 'delete from orders; select 1' language sql")
        wish = "select *, clear_out() as n from orders"
    else:
        run("create function clear_out() returns int begin delete from orders; return 1; end")
        wish = "select *, clear_out() as n from orders"
    options = {"query": wish, "cursor": ""}
    content = mapping(address)
    content["streams"]["orders"]["options"] = options
    content["streams"]["orders"]["fields"]["n"] = "contract"
    content["streams"]["orders"]["events"][0]["quantity"] = "n"
    with pytest.raises(SourceError, match=r"(?i)read.only"):
        load(lake, content, MONDAY)
    assert run("select count(*) from orders")[0][0] == 2
    assert lake.count(lake.read(FACTS)) == 0


def test_a_wrong_table_or_password_is_told_without_the_password(
    address: str, run: Callable[..., Any], lake: Lake
) -> None:
    with pytest.raises(SourceError, match="ordres"):
        load(lake, mapping(address, table="ordres"), MONDAY)
    if address.startswith("mariadb"):
        wrong = address.replace(quote(PASSWORD, safe=""), "motdepasse")
        with pytest.raises(SourceError, match="Access denied") as told:
            load(lake, mapping(wrong), MONDAY)
        assert "motdepasse" not in str(told.value)
    assert run("select count(*) from orders")[0][0] == 2


def test_a_server_that_is_not_there_is_told_for_every_kind_of_database(lake: Lake) -> None:
    for kind in ("postgresql", "mysql", "mariadb", "mssql"):
        with pytest.raises(SourceError, match=r"did not answer: \w") as told:
            load(lake, mapping(f"{kind}://reader:secret@127.0.0.1:1/firm"), MONDAY)
        assert "secret" not in str(told.value)
