"""What a source changes without a word is noticed: nothing becomes silently null, and nobody is deleted by accident."""

import hashlib
import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prevenance.kit.problems import SourceError
from prevenance.records.tables import FACTS, PARTIES
from prevenance.sources import SourceMapping, pull
from prevenance.sources.gone import GONE_RECORDS
from prevenance.sources.pull import StreamReport
from prevenance.storage import Lake, open_lake

FIRST = datetime(2026, 11, 2, 6, tzinfo=UTC)
SECOND = datetime(2026, 11, 3, 6, tzinfo=UTC)

Rows = list[dict[str, str]]
CITIES = ("Orléans", "Besançon", "Nîmes", "Saint-Étienne", "Köln", "Angoulême", "Chalon-sur-Saône")


def orders(n: int = 200, seed: int = 1) -> Rows:
    """Return rows of a shop's export, drawn by chance."""
    draw = random.Random(seed)
    rows = []
    for number in range(n):
        at = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(hours=draw.randrange(6000))
        rows.append({
            "id": f"{seed}{number:05}",
            "customer": f"{draw.randrange(80):05}",
            "ordered_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "delivered_on": (at + timedelta(days=3)).strftime("%d/%m/%Y"),
            "amount": f"{draw.uniform(20, 900):.2f}",
            "seats": str(draw.randrange(1, 60)),
            "status": draw.choice(["open", "paid", "sent"]),
            "city": f"{draw.choice(CITIES)}, {draw.randrange(1, 90)} rue de l’Église n{number}",
            "mail": f"client{draw.randrange(80)}@exemple.fr",
            "comment": " ".join(["très bien"] * draw.randrange(3, 14)) + f" {number}" if draw.random() < 0.8 else "",
            "member": draw.choice(["true", "false"]),
        })  # fmt: skip
    return rows


def mapping(connector: str, location: str, **stream: Any) -> SourceMapping:
    fields: dict[str, Any] = dict.fromkeys(orders(1)[0], "contract")
    fields["delivered_on"] = {"ground": "contract", "parse": "date_dmy"}
    party = {"kind": "account", "name": "customer", "email": "mail", "city": "city", "is_key_account": "member"}
    placed = {"kind": "order_placed", "occurred_at": "ordered_at", "amount": "amount", "object_id": "id"}
    return SourceMapping.model_validate({
        "source": "shop",
        "grounds": {"contract": {"purpose": "carry out the order", "basis": "contract"}},
        "streams": {"orders": {
            "connector": connector, "location": location, "record_id": "id", "subject": "shop:{customer}",
            "fields": fields, "party": party, **stream,
            "events": [
                {**placed, "quantity": "seats", "attributes": ["status", "comment"]},
                {"kind": "order_delivered", "occurred_at": "delivered_on", "object_id": "id"},
            ],
        }},
    })  # fmt: skip


@dataclass
class Company:
    """A folder of exports and the lake they are loaded into."""

    folder: Path
    lake: Lake

    def load(self, told: SourceMapping, as_of: datetime) -> StreamReport:
        [report] = pull(self.lake, [told], data_folder=self.folder, as_of=as_of)
        return report

    def live(self) -> set[str]:
        told = self.lake.read(PARTIES)
        return set(self.lake.collect(told.filter(told.superseded_at.isnull()))["record_id"].to_pylist())


def write_csv(path: Path, rows: Rows, *, delimiter: str = ";", encoding: str = "utf-8") -> None:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)] if rows else [list(orders(1)[0])]
    text = "".join(delimiter.join(f'"{cell}"' for cell in line) + "\n" for line in lines)
    path.write_bytes(text.encode(encoding))


def write_ndjson(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def write_sqlite(path: Path, rows: Rows) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table orders ({', '.join(rows[0])})")
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into orders values ({marks})", [tuple(row.values()) for row in rows])
    connection.close()


WRITERS: dict[str, tuple[str, Callable[..., None], dict[str, Any]]] = {
    "csv": ("orders.csv", write_csv, {"connector": "csv_file"}),
    "json": ("orders.ndjson", write_ndjson, {"connector": "ndjson_file"}),
    "sql": ("erp.sqlite", write_sqlite, {"connector": "sql_database", "options": {"table": "orders"}}),
}


def renamed(old: str, new: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{new if name == old else name: value for name, value in row.items()} for row in rows]


def without(column: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{name: value for name, value in row.items() if name != column} for row in rows]


def changed(column: str, change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, column: change(row[column])} for row in rows]


def with_new(column: str, value: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, column: value} for row in rows]


def swapped(one: str, other: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, one: row[other], other: row[one]} for row in rows]


def as_month_first(text: str) -> str:
    day, month, year = text.split("/")
    return f"{month}/{day}/{year}"


def as_epoch(text: str) -> str:
    return str(int(datetime.fromisoformat(text).timestamp()))


def latin(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", errors="replace")


MUTATIONS: dict[str, tuple[str, Callable[[Rows], Rows]]] = {
    "a new column": ("csv", with_new("loyalty", "gold")),
    "a new field": ("json", with_new("loyalty", "gold")),
    "a new column of a table": ("sql", with_new("loyalty", "gold")),
    "a required column is missing": ("csv", without("amount")),
    "a required field is missing": ("json", without("amount")),
    "a column of a table is missing": ("sql", without("amount")),
    "an attribute is missing": ("csv", without("comment")),
    "an attribute field is missing": ("json", without("comment")),
    "the contact field is missing": ("json", without("mail")),
    "a column is renamed": ("csv", renamed("amount", "amount_net")),
    "a field is renamed": ("json", renamed("amount", "amountNet")),
    "a column of a table is renamed": ("sql", renamed("seats", "n_seats")),
    "a column changes its case": ("csv", renamed("status", "Status")),
    "a field changes its case": ("json", renamed("mail", "Mail")),
    "the header is translated": ("csv", renamed("amount", "montant")),
    "the id is renamed": ("json", renamed("id", "uuid")),
    "numbers become words": ("csv", changed("amount", lambda _: "high")),
    "amounts get a currency sign": ("csv", changed("amount", lambda v: f"{v} €")),
    "amounts get a decimal comma": ("csv", changed("amount", lambda v: v.replace(".", ","))),
    "amounts get a decimal comma in JSON": ("json", changed("amount", lambda v: v.replace(".", ","))),
    "amounts come in cents": ("csv", changed("amount", lambda v: str(round(float(v) * 100)))),
    "amounts come in cents, with a point": ("sql", changed("amount", lambda v: f"{float(v) * 100:.2f}")),
    "amounts come in thousands": ("csv", changed("amount", lambda v: f"{float(v) / 1000:.5f}")),
    "amounts come in powers of ten": ("csv", changed("amount", lambda v: f"{float(v):.3e}")),
    "a count becomes seconds": ("csv", changed("seats", lambda v: str(int(v) * 60))),
    "counts become floats": ("json", changed("seats", lambda v: f"{v}.0")),
    "ids lose their zeros": ("csv", changed("customer", lambda v: str(int(v) + 10))),
    "ids become floats": ("csv", changed("customer", lambda v: f"{int(v)}.0")),
    "ids become digests": ("json", changed("customer", lambda v: hashlib.sha256(v.encode()).hexdigest())),
    "days put the month first": ("csv", changed("delivered_on", as_month_first)),
    "days put the year first": ("csv", changed("delivered_on", lambda v: "-".join(reversed(v.split("/"))))),
    "instants lose their zone": ("csv", changed("ordered_at", lambda v: v.removesuffix("Z"))),
    "instants get another zone": ("sql", changed("ordered_at", lambda v: v.replace("Z", "+02:00"))),
    "instants become seconds": ("json", changed("ordered_at", as_epoch)),
    "instants lose their time": ("csv", changed("ordered_at", lambda v: v[:10])),
    "a status gets other words": ("csv", changed("status", {"open": "10", "paid": "20", "sent": "30"}.__getitem__)),
    "a status gets one more word": ("json", changed("status", lambda v: "archived" if v == "sent" else v)),
    "a status becomes free text": ("csv", lambda rows: [{**r, "status": f"order {r['id']} sent"} for r in rows]),
    "accents are broken": ("csv", changed("city", latin)),
    "accents are lost in JSON": ("json", changed("city", lambda v: v.replace("É", "\ufffd").replace("’", "\ufffd"))),
    "a column is emptied": ("csv", changed("mail", lambda _: "")),
    "a column says NULL": ("sql", changed("mail", lambda _: "NULL")),
    "texts are cut": ("csv", changed("comment", lambda v: v[:20])),
    "addresses are masked": ("csv", changed("mail", lambda _: "***")),
    "yes and no become something else": ("csv", changed("member", {"true": "A", "false": "B"}.__getitem__)),
    "two columns are swapped": ("csv", swapped("mail", "city")),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return, for each kind of place, a folder with a lake that holds its first load."""
    folders = {}
    for kind, (name, write, how) in WRITERS.items():
        folder = tmp_path_factory.mktemp(kind)
        write(folder / name, orders())
        report = Company(folder, open_lake(folder / "lake")).load(mapping(location=name, **how), FIRST)
        assert (report.rows_in, report.quarantined, report.drift) == (200, 0, ())
        folders[kind] = folder
    return folders


def second_load(
    loaded: dict[str, Path], tmp_path: Path, kind: str, rows: Rows
) -> tuple[Company, StreamReport | SourceError]:
    name, write, how = WRITERS[kind]
    shutil.copytree(loaded[kind], tmp_path / "company")
    write(tmp_path / "company" / name, rows)
    company = Company(tmp_path / "company", open_lake(tmp_path / "company" / "lake"))
    try:
        return company, company.load(mapping(location=name, **how), SECOND)
    except SourceError as refused:
        return company, refused


@pytest.mark.parametrize("change", MUTATIONS)
def test_a_change_of_schema_is_noticed_and_nothing_is_silently_null(
    change: str, loaded: dict[str, Path], tmp_path: Path
) -> None:
    kind, mutate = MUTATIONS[change]
    company, result = second_load(loaded, tmp_path, kind, mutate(orders(seed=2)))
    if isinstance(result, SourceError):
        told = company.lake.read(FACTS)
        assert company.lake.count(told) == 400, "a stopped stream leaves the lake as it was"
        assert "Correct the mapping" in str(result)
        return
    assert result.drift
    assert all(not drift.stops for drift in result.drift)
    assert len(result.remarks) == len(result.drift)
    told = company.lake.read(FACTS)
    assert company.lake.count(told.filter(told.kind == "order_placed", told.amount.isnull())) == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("kind", WRITERS)
def test_another_month_of_the_same_kind_is_no_drift(
    kind: str, seed: int, loaded: dict[str, Path], tmp_path: Path
) -> None:
    _, result = second_load(loaded, tmp_path, kind, orders(n=60 * seed, seed=seed))
    assert isinstance(result, StreamReport)
    assert result.drift == ()


@pytest.mark.slow
def test_a_person_who_has_looked_accepts_the_change(loaded: dict[str, Path], tmp_path: Path) -> None:
    rows = changed("amount", lambda v: str(round(float(v) * 100)))(orders(seed=2))
    company, refused = second_load(loaded, tmp_path, "csv", rows)
    assert isinstance(refused, SourceError)
    accepted = company.load(mapping("csv_file", "orders.csv", drift="accept"), SECOND)
    assert [(d.kind, d.column) for d in accepted.drift] == [("kind", "amount")]
    assert company.load(mapping("csv_file", "orders.csv"), SECOND).drift == ()


GONE = {"missing_records": "gone"}


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hundred")
    write_csv(folder / "orders.csv", orders(100))
    Company(folder, open_lake(folder / "lake")).load(mapping("csv_file", "orders.csv", **GONE), FIRST)
    return folder


@pytest.mark.parametrize(("n_left", "n_gone", "n_held_back"), [(0, 0, 100), (50, 0, 50), (70, 0, 30), (71, 29, 0)])
def test_an_empty_or_shrunken_extract_deletes_nobody_and_says_so(
    hundred: Path, tmp_path: Path, n_left: int, n_gone: int, n_held_back: int
) -> None:
    shutil.copytree(hundred, tmp_path / "company")
    company = Company(tmp_path / "company", open_lake(tmp_path / "company" / "lake"))
    write_csv(company.folder / "orders.csv", orders(100)[:n_left])
    report = company.load(mapping("csv_file", "orders.csv", **GONE), SECOND)
    assert (report.n_gone, report.n_held_back) == (n_gone, n_held_back)
    assert len(company.live()) == 100 - n_gone
    assert len(report.remarks) == 1
    assert company.lake.count(company.lake.read(GONE_RECORDS)) == n_gone
    assert company.lake.count(company.lake.read(FACTS)) == 200, "history stays"


@pytest.mark.slow
def test_a_record_that_comes_back_lives_again(hundred: Path, tmp_path: Path) -> None:
    shutil.copytree(hundred, tmp_path / "company")
    company = Company(tmp_path / "company", open_lake(tmp_path / "company" / "lake"))
    told = mapping("csv_file", "orders.csv", **GONE)
    write_csv(company.folder / "orders.csv", orders(100)[:-1])
    assert company.load(told, SECOND).n_gone == 1
    write_csv(company.folder / "orders.csv", orders(100))
    back = company.load(told, SECOND + timedelta(days=1))
    assert (back.updated, back.n_gone, len(company.live())) == (1, 0, 100)


@pytest.mark.slow
def test_a_database_read_by_cursor_still_shows_what_is_missing(tmp_path: Path) -> None:
    company = Company(tmp_path, open_lake(tmp_path / "lake"))
    told = mapping("sql_database", "erp.sqlite", options={"table": "orders", "cursor": "ordered_at"}, **GONE)
    write_sqlite(tmp_path / "erp.sqlite", orders(100))
    company.load(told, FIRST)
    write_sqlite(tmp_path / "erp.sqlite", [row for row in orders(100) if row["id"] not in {"100003", "100007"}])
    assert company.load(told, SECOND).n_gone == 2
    assert company.load(told, SECOND).n_gone == 0
    assert not company.live() & {"100003", "100007"}


def test_a_row_marked_deleted_takes_its_record_back_though_it_tells_nothing_else(tmp_path: Path) -> None:
    company = Company(tmp_path, open_lake(tmp_path / "lake"))
    told = mapping("ndjson_file", "orders.ndjson", deleted={"status": "deleted"})
    write_ndjson(tmp_path / "orders.ndjson", orders(3))
    company.load(told, FIRST)
    write_ndjson(tmp_path / "orders.ndjson", [*orders(3)[1:], {"id": "100000", "status": "deleted"}])
    report = company.load(told, SECOND)
    assert (report.n_gone, report.quarantined) == (1, 0)
    assert company.live() == {"100001", "100002"}
