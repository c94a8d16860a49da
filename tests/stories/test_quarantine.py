"""Refused rows are corrected in a workbook and let in as if their source had sent them so; nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from typer.testing import CliRunner, Result

from prevenance import sources
from prevenance.app import open_application
from prevenance.cli.face import build
from prevenance.kit.problems import ConfigurationError, DataError
from prevenance.kit.spreadsheet import write_workbook
from prevenance.records.tables import FACTS, QUARANTINE
from prevenance.sources.pull import StreamReport
from prevenance.sources.sheets import look_at, read_sheet

SHOP: dict[str, Any] = {
    "source": "shop",
    "grounds": {"contract": {"purpose": "keep the order history", "basis": "contract"}},
    "streams": {
        "orders": {
            "connector": "csv_file",
            "location": "orders*.csv",
            "record_id": "no",
            "subject": "shop:{client}",
            "fields": {
                "no": "contract",
                "client": "contract",
                "day": {"ground": "contract", "parse": "date_dmy"},
                "amount": {"ground": "contract", "parse": "decimal_comma"},
            },
            "events": [{"kind": "order_placed", "occurred_at": "day", "object_id": "no", "amount": "amount"}],
        }
    },
}
ORDERS = "no;client;day;amount\nA1;0007;11/03/2024;12,50\nA2;0008;31/02/2024;7,00\nA3;;12/03/2024;-5\nA4;9;13/03/2024\n"


def shop(folder: Path, orders: str = ORDERS) -> Path:
    assert CliRunner().invoke(build(), ["init", str(folder), "--company", "Shop"]).exit_code == 0
    for old in (folder / "mappings").glob("*.yaml"):
        old.unlink()
    (folder / "mappings" / "shop.yaml").write_text(yaml.safe_dump(SHOP), encoding="utf-8")
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / "orders.csv").write_text(orders, encoding="utf-8")
    return folder


def load(folder: Path) -> StreamReport:
    with open_application(folder, as_of="2026-11-02") as application:
        mappings = sources.load_mappings(folder / "mappings")
        as_of = application.clock.now()
        [report] = sources.pull(application.lake, mappings, data_folder=application.data_folder, as_of=as_of)
    return report


def orders_of(folder: Path) -> dict[str, str]:
    with open_application(folder, as_of="2026-11-02") as application:
        facts = application.lake.read(FACTS)
        rows = application.lake.collect(facts.filter(facts.superseded_at.isnull())).to_pylist()
    return {row["record_id"]: f"{row['subject']} {row['occurred_at']:%d.%m.%Y} {row['amount']}" for row in rows}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(build(), ["quarantine", *map(str, words)], catch_exceptions=False)


def exported(folder: Path) -> pa.Table:
    path = folder / "data" / "reports" / "quarantine" / "shop.orders.xlsx"
    assert run("export", "--project", folder).exit_code == 0
    names = look_at(path, path.name).names
    return read_sheet(path, path.name, sheet=look_at(path, path.name).name, decimal=".", wanted=names)[1]


def corrected(folder: Path, table: pa.Table, changes: dict[str, dict[str, str]]) -> Path:
    """Write the workbook again with some cells changed; rows are named by the value at fault or the order's number."""
    rows = [dict(row) for row in table.drop_columns(["_row"]).to_pylist()]
    for row in rows:
        row.update(changes.get(row.get("no") or "?", {}))
    path = folder / "corrected.xlsx"
    write_workbook(path, "corrections", list(rows[0]), [[row[name] for name in rows[0]] for row in rows])
    return path


def test_corrected_rows_are_let_in_and_the_books_balance(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    first = load(folder)
    assert (first.rows_in, first.inserted, first.quarantined) == (4, 1, 3)
    table = exported(folder)
    path = corrected(folder, table, {"A2": {"day": "29/02/2024"}, "A3": {"client": "0042", "amount": "5"}})
    said = run("fix", path, "--actor", "ada", "--project", folder).stdout
    assert said.startswith("2 rows let in, 0 refused again, 1 left as before.")
    assert orders_of(folder) == {
        "A1": "shop:0007 11.03.2024 12.50",
        "A2": "shop:0008 29.02.2024 7.00",
        "A3": "shop:0042 12.03.2024 5.00",
    }
    again = load(folder)
    assert (again.rows_in, again.inserted, again.updated, again.unchanged, again.quarantined) == (4, 0, 0, 3, 1)
    left = json.loads("[" + run("list", "--project", folder, "--json").stdout + "]")[0]
    assert left["n_rows"] == 1
    with open_application(folder, as_of="2026-11-02") as application:
        rows = application.lake.collect(application.lake.read(QUARANTINE)).to_pylist()
    assert sorted((row["record_id"], row["repaired_by"]) for row in rows if row["repaired_at"]) == [
        ("A2", "ada"),
        ("A3", "ada"),
    ]


def test_a_wrong_correction_comes_back_with_its_own_reason_and_can_be_corrected_again(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    load(folder)
    path = corrected(folder, exported(folder), {"A2": {"day": "31/04/2024"}})
    assert "0 rows let in, 1 refused again" in run("fix", path, "--actor", "ada", "--project", folder).stdout
    assert "A2" not in orders_of(folder)
    listed = run("list", "--project", folder).stdout
    assert "day = '31/04/2024'" in listed


def test_when_the_source_says_something_else_its_new_word_counts(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    load(folder)
    path = corrected(folder, exported(folder), {"A2": {"day": "29/02/2024"}})
    run("fix", path, "--actor", "ada", "--project", folder)
    (folder / "files" / "orders.csv").write_text(ORDERS.replace("31/02/2024", "01/03/2024"), encoding="utf-8")
    load(folder)
    assert orders_of(folder)["A2"] == "shop:0008 01.03.2024 7.00"


def test_fixing_twice_changes_nothing_and_an_old_workbook_is_refused_in_words(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    load(folder)
    path = corrected(folder, exported(folder), {"A2": {"day": "29/02/2024"}})
    run("fix", path, "--actor", "ada", "--project", folder)
    before = orders_of(folder)
    with pytest.raises(DataError, match="is not in quarantine"):
        run("fix", path, "--actor", "ada", "--project", folder)
    assert orders_of(folder) == before
    write_workbook(folder / "other.xlsx", "a", ["no", "day"], [["A2", "01/01/2024"]])
    with pytest.raises(ConfigurationError, match="prevenance quarantine export"):
        run("fix", folder / "other.xlsx", "--actor", "ada", "--project", folder)


def test_nothing_in_quarantine_writes_nothing_and_says_so(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop", "no;client;day;amount\nA1;0007;11/03/2024;12,50\n")
    load(folder)
    assert run("export", "--project", folder).stdout == ""
    assert not (folder / "data" / "reports" / "quarantine").exists()
