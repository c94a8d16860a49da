"""What a company sent arrives in the lake: once, judged, accounted for row by row, and corrected without forgetting."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from tests.samples.make_practice import make_practice

from prevenance.kit.hashing import stable_id
from prevenance.kit.problems import ConfigurationError, SourceError
from prevenance.records.tables import CONSENT_RECORDS, FACTS, IDENTIFIERS, LAKE_TABLES, PARTIES, QUARANTINE, LakeTable
from prevenance.sources import QUARANTINE_REASONS, SourceMapping, load_mappings, pull
from prevenance.sources.cursors import SOURCE_CURSORS
from prevenance.sources.pull import StreamReport
from prevenance.storage import Lake, open_lake

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 3, 6, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 4, 6, tzinfo=UTC)
PRACTICE_MAPPINGS = Path(__file__).parents[2] / "src/prevenance/demo/project/mappings"
EXAMPLES = Path(__file__).parents[2] / "examples"

SHOP: dict[str, Any] = {  # Any: what a YAML file may hold
    "source": "shop",
    "time_zone": "Europe/Paris",
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
                "day": {"ground": "contract", "parse": "datetime_dmy"},
                "amount": {"ground": "contract", "parse": "decimal_comma"},
                "status": {"ground": "contract", "optional": True},
                "diet": None,
            },
            "events": [
                {"kind": "order_placed", "occurred_at": "day", "object_id": "no", "amount": "amount"},
                {"kind": "order_delivered", "when": {"status": "arrived"}, "occurred_at": "day", "object_id": "no"},
            ],
        }
    },
}


@dataclass
class Shop:
    """A shop with one folder of order files, and the lake they are loaded into."""

    folder: Path
    lake: Lake

    def write(self, *lines: str, name: str = "orders.csv") -> None:
        (self.folder / name).write_text("no;client;day;amount;status;diet\n" + "".join(f"{line}\n" for line in lines))

    def pull(self, as_of: datetime, mapping: dict[str, Any] | None = None) -> StreamReport:
        [report] = pull(
            self.lake, [SourceMapping.model_validate(mapping or SHOP)], data_folder=self.folder, as_of=as_of
        )
        assert report.rows_in == report.inserted + report.updated + report.unchanged + report.quarantined
        return report

    def facts(self) -> list[dict[str, Any]]:
        return rows_of(self.lake, FACTS)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, open_lake(tmp_path / "lake"))


def rows_of(lake: Lake, table: LakeTable) -> list[dict[str, Any]]:
    return list(lake.collect(lake.read(table).order_by(list(table.key))).to_pylist())


def contents(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    return {name: rows_of(lake, table) for name, table in LAKE_TABLES.items()}


def forget_cursors(lake: Lake) -> None:
    """Leave things as a crash between the rows and their cursor does."""
    lake.forget(SOURCE_CURSORS, "source", ["shop", "crm", "erp", "helpdesk", "product", "survey", "field_reports"])


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lake, dict[str, StreamReport]]:
    files = make_practice(tmp_path_factory.mktemp("files"))
    lake = open_lake(tmp_path_factory.mktemp("lake"))
    reports = pull(lake, load_mappings(PRACTICE_MAPPINGS), data_folder=files, as_of=MONDAY)
    return files, lake, {f"{report.source}.{report.stream}": report for report in reports}


Practice = tuple[Path, Lake, dict[str, StreamReport]]


def events(lake: Lake, kind: str) -> list[dict[str, Any]]:
    return [fact for fact in rows_of(lake, FACTS) if fact["kind"] == kind]


def test_every_row_of_the_practice_company_is_accounted_for(practice: Practice) -> None:
    _, _, reports = practice
    for name, report in reports.items():
        assert report.rows_in == report.inserted + report.updated + report.unchanged + report.quarantined, name
        assert report.rows_in > 0, name
    assert reports["crm.clients"].quarantined == 1
    assert reports["erp.orders"].quarantined == 3
    assert (reports["product.tracks"].n_duplicates, reports["product.tracks"].quarantined) == (1, 2)


def test_rejected_rows_are_kept_with_reason_field_and_value(practice: Practice) -> None:
    _, lake, _ = practice
    found = {(q["stream"], q["reason"], q["field"], q["value"]) for q in rows_of(lake, QUARANTINE)}
    assert {reason for _, reason, _, _ in found} <= set(QUARANTINE_REASONS)
    assert {
        ("clients", "unreadable_row", "", "C100021;Trop de cases;1;2;3"),
        ("clients", "impossible_date_left_blank", "Créé le", "31/02/2022"),
        ("clients", "unreadable_value_left_blank", "CA annuel", "#VALEUR!"),
        ("contacts", "impossible_date_left_blank", "Date de naissance", "15/13/1970"),
        ("interactions", "missing_subject", "Code contact, Code client", None),
        ("orders", "impossible_date", "ordered_on", "2024-02-30"),
        ("orders", "negative_amount", "amount", "-532.0"),
        ("orders", "impossible_amount", "amount", "999999999999.0"),
        ("payments", "missing_subject", "invoices.customer_no", None),
        ("tracks", "unknown_kind", "event", "Teleported"),
        ("answers", "totals_row", "Date", "Total"),
    } <= found
    payload = next(q["payload"] for q in rows_of(lake, QUARANTINE) if q["record_id"] == "O-2")
    assert json.loads(payload)["product"] == "A-3004"


def test_parties_are_described_with_what_each_system_knows(practice: Practice) -> None:
    _, lake, _ = practice
    parties = {party["party_id"]: party for party in rows_of(lake, PARTIES)}
    client = parties["crm:clients:C100019"]
    assert (client["name"], client["postal_code"], client["country"]) == ("Müller Usinage", "01000", "FR")
    assert (client["registration_number"], client["phone"]) == ("552100554", "+33261915025")
    assert client["is_key_account"] is True
    assert json.loads(client["attributes"])["CA annuel"] == "1028272,72"
    contact = parties["crm:contacts:P200001"]
    assert (contact["name"], contact["account_subject"]) == ("Zoé LEGRAND", "crm:C100019")
    assert parties["erp:customers:K10042"]["registration_number"] == "552100554"
    assert parties["product:users:u_1"]["account_subject"] == "product:w_1"


def test_identifiers_join_the_systems_and_leave_placeholders_out(practice: Practice) -> None:
    _, lake, _ = practice
    found = {(i["party_id"], i["namespace"], i["value"]) for i in rows_of(lake, IDENTIFIERS)}
    assert ("crm:clients:C100019", "crm", "C100019") in found
    assert ("product:workspaces:w_1", "erp", "K10042") in found
    assert ("helpdesk:organizations:3601", "crm", "C100019") in found
    assert {value for _, namespace, value in found if namespace == "siren"} == {"552100554"}
    assert "n/a" not in {value for _, _, value in found}


def test_choices_are_recorded_per_channel_and_a_blank_one_is_no_choice(practice: Practice) -> None:
    _, lake, _ = practice
    found = {(c["subject"], c["channel"], c["purpose"]): c["is_given"] for c in rows_of(lake, CONSENT_RECORDS)}
    assert found == {
        ("crm:C100019", "email", "marketing"): True,
        ("crm:P200001", "email", "marketing"): True,
        ("crm:P200001", "phone", "marketing"): False,
        ("crm:P200001", "email", "profiling"): False,
    }


def test_events_carry_what_the_vocabulary_says(practice: Practice) -> None:
    _, lake, _ = practice
    [ticket] = [t for t in events(lake, "ticket_opened") if t["object_id"] == "1"]
    assert (ticket["label"], ticket["subject"]) == ("parts", "helpdesk:3801")
    assert ticket["text"] == "Besoin d’une pièce\n\nBonjour,\n\nla lame est usée."
    [solved] = events(lake, "ticket_solved")
    assert solved["quantity"] == 12.0
    [payment] = events(lake, "payment_received")
    assert (payment["subject"], payment["amount"], payment["due_at"]) == (
        "erp:K10042",
        Decimal("1596.00"),
        at("2026-06-05"),
    )
    [ended] = events(lake, "contract_ended")
    assert (ended["label"], ended["occurred_at"], ended["known_at"]) == (
        "not renewed",
        at("2025-01-01"),
        at("2024-11-15"),
    )
    assert [e["label"] for e in events(lake, "contract_renewed")] == ["Pro"]
    assert [(e["label"], e["quantity"], e["limit_quantity"]) for e in events(lake, "usage_measured")] == [
        ("seats", 9, 10)
    ]
    assert {e["subject"] for e in events(lake, "survey_answered")} == {"email:zoe.legrand@muller.example"}
    assert {e["subject"] for e in events(lake, "rating_given") if e["stream"] == "answers"} == {
        "email:zoe.legrand@muller.example",
        "survey:Davies Brewing",
    }
    assert [e["subject"] for e in events(lake, "site_visited")] == ["erp:K10042"]


def test_an_offset_is_taken_off_and_notes_among_colleagues_are_left_aside(practice: Practice) -> None:
    _, lake, reports = practice
    assert [message["occurred_at"] for message in events(lake, "message_sent")] == [at("2026-09-01T10:00:00")]
    assert reports["helpdesk.messages"].n_left_aside == 1


def test_loading_twice_changes_nothing_even_when_everything_is_read_again(practice: Practice) -> None:
    files, lake, first = practice
    before, versions = contents(lake), {name: lake.version(table) for name, table in LAKE_TABLES.items()}
    skipped = pull(lake, load_mappings(PRACTICE_MAPPINGS), data_folder=files, as_of=TUESDAY)
    forget_cursors(lake)
    reread = pull(lake, load_mappings(PRACTICE_MAPPINGS), data_folder=files, as_of=TUESDAY)
    for report in (*skipped, *reread):
        known = first[f"{report.source}.{report.stream}"]
        assert (report.rows_in, report.quarantined) == (known.rows_in, known.quarantined)
        assert report.unchanged == report.rows_in - report.quarantined
    assert all(report.n_places_read == 0 for report in skipped)
    assert all(report.n_places_skipped == 0 for report in reread)
    assert contents(lake) == before
    assert {name: lake.version(table) for name, table in LAKE_TABLES.items()} == versions


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_event_ids_are_those_anyone_can_compute(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026 10:05;12,50;;")
    shop.pull(MONDAY)
    assert [fact["event_id"] for fact in shop.facts()] == [stable_id("shop", "orders", "order_placed", "C1")]


def test_a_local_time_becomes_utc_and_a_day_stays_that_day(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026 10:05;1;;", "C2;7;11/07/2026 10:05;1;;", "C3;7;11/07/2026;1;;")
    shop.pull(MONDAY)
    found = {fact["record_id"]: fact["occurred_at"] for fact in shop.facts()}
    assert found == {"C1": at("2026-03-11T09:05"), "C2": at("2026-07-11T08:05"), "C3": at("2026-07-11")}


def test_a_correction_supersedes_what_was_said_from_the_load_on(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;12,50;;", "C2;7;12/03/2026;8,00;;")
    shop.pull(MONDAY)
    shop.write("C1;7;11/03/2026;13,50;;", "C2;7;12/03/2026;8,00;;")
    report = shop.pull(TUESDAY)
    assert (report.updated, report.unchanged) == (1, 1)
    old, new = sorted((f for f in shop.facts() if f["record_id"] == "C1"), key=lambda f: f["amount"])
    assert (old["amount"], old["superseded_at"]) == (Decimal("12.50"), at("2026-11-03T06:00"))
    assert (new["amount"], new["known_at"], new["superseded_at"]) == (Decimal("13.50"), at("2026-11-03T06:00"), None)
    assert old["event_id"] == new["event_id"]


def test_a_source_that_returns_to_what_it_once_said_keeps_its_whole_history(shop: Shop) -> None:
    for day, amount in ((MONDAY, "12"), (TUESDAY, "13"), (WEDNESDAY, "12")):
        shop.write(f"C1;7;11/03/2026;{amount};;")
        shop.pull(day)
    history = sorted(shop.facts(), key=lambda f: f["known_at"])
    assert [int(f["amount"]) for f in history] == [12, 13, 12]
    assert [f["superseded_at"] for f in history] == [at("2026-11-03T06:00"), at("2026-11-04T06:00"), None]
    forget_cursors(shop.lake)
    assert shop.pull(WEDNESDAY).unchanged == 1


STAMPED = SHOP | {
    "streams": {
        "orders": SHOP["streams"]["orders"]
        | {
            "changed_at": "changed",
            "fields": SHOP["streams"]["orders"]["fields"] | {"changed": {"ground": "contract", "parse": "date_dmy"}},
        }
    }
}


def test_an_old_export_adds_what_was_missing_and_leaves_the_present_alone(shop: Shop) -> None:
    def write(name: str, *lines: str) -> None:
        head = "no;client;day;amount;status;diet;changed\n"
        (shop.folder / name).write_text(head + "".join(f"{line}\n" for line in lines))

    write("orders_now.csv", "C1;7;11/03/2026;15;arrived;;01/06/2026", "C2;7;12/03/2026;8;;;12/03/2026")
    shop.pull(MONDAY, STAMPED)
    write(
        "orders_old.csv",
        "C1;7;11/03/2026;12;;;11/03/2026",
        "C2;7;12/03/2026;8;;;12/03/2026",
        "C0;7;10/03/2026;5;;;10/03/2026",
    )
    report = shop.pull(TUESDAY, STAMPED)
    assert (report.inserted, report.updated) == (1, 0)
    live = {(f["record_id"], f["kind"]): f["amount"] for f in shop.facts() if f["superseded_at"] is None}
    assert live["C1", "order_placed"] == Decimal("15.00")
    assert ("C1", "order_delivered") in live, "what the old row does not say yet is no withdrawal"
    assert live["C0", "order_placed"] == Decimal("5.00")
    write("orders_touched.csv", "C2;7;12/03/2026;8;;;01/07/2026")
    assert shop.pull(WEDNESDAY, STAMPED).updated == 0
    write("orders_between.csv", "C2;7;12/03/2026;9;;;01/05/2026")
    assert shop.pull(WEDNESDAY, STAMPED).updated == 0, "changed before it was last touched"
    write("orders_later.csv", "C2;7;12/03/2026;10;;;01/08/2026", "C2;7;12/03/2026;9;;;02/07/2026")
    assert shop.pull(WEDNESDAY, STAMPED).updated == 1
    [now] = [f for f in shop.facts() if f["record_id"] == "C2" and f["superseded_at"] is None]
    assert now["amount"] == Decimal("10.00"), "within one reading, too, the last change counts"


def test_what_a_record_no_longer_says_ends_and_may_come_back(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;12;arrived;")
    shop.pull(MONDAY)
    shop.write("C1;7;11/03/2026;12;lost;")
    assert shop.pull(TUESDAY).updated == 1
    live = [f["kind"] for f in shop.facts() if f["superseded_at"] is None]
    assert live == ["order_placed"]
    shop.write("C1;7;11/03/2026;12;arrived;")
    assert shop.pull(WEDNESDAY).updated == 1
    [back] = [f for f in shop.facts() if f["kind"] == "order_delivered" and f["superseded_at"] is None]
    assert back["known_at"] == at("2026-11-04T06:00")


def test_a_row_turned_bad_leaves_what_it_said_before_alone(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;12;;")
    shop.pull(MONDAY)
    shop.write("C1;7;31/02/2026;12;;")
    assert shop.pull(TUESDAY).quarantined == 1
    assert [f["superseded_at"] for f in shop.facts()] == [None]


def test_an_empty_or_shrunken_extract_deletes_nothing(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;12;;", "C2;7;12/03/2026;8;;")
    shop.pull(MONDAY)
    before = shop.facts()
    shop.write("C2;7;12/03/2026;8;;")
    shop.pull(TUESDAY)
    shop.write()
    assert shop.pull(WEDNESDAY).rows_in == 0
    assert shop.facts() == before


def test_overlapping_files_collapse_and_the_last_file_has_the_last_word(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;1;;", "C2;7;12/03/2026;2;;", name="orders-01.csv")
    shop.write("C2;7;12/03/2026;3;;", "C3;7;13/03/2026;4;;", name="orders-02.csv")
    report = shop.pull(MONDAY)
    assert (report.rows_in, report.inserted, report.n_duplicates) == (4, 3, 1)
    assert {f["record_id"]: int(f["amount"]) for f in shop.facts()} == {"C1": 1, "C2": 3, "C3": 4}
    shop.write("C1;7;11/03/2026;9;;", "C2;7;12/03/2026;2;;", name="orders-01.csv")
    assert shop.pull(TUESDAY).updated == 1
    live = {f["record_id"]: int(f["amount"]) for f in shop.facts() if f["superseded_at"] is None}
    assert live == {"C1": 9, "C2": 3, "C3": 4}


def test_only_new_files_are_read(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;1;;", name="orders-01.csv")
    shop.pull(MONDAY)
    shop.write("C2;7;12/03/2026;2;;", name="orders-02.csv")
    report = shop.pull(TUESDAY)
    assert (report.n_places_read, report.n_places_skipped) == (1, 1)
    assert (report.rows_in, report.inserted, report.unchanged) == (2, 1, 1)


def test_a_changed_mapping_reads_everything_again(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;1;arrived;")
    shop.pull(MONDAY)
    changed = json.loads(json.dumps(SHOP))
    changed["streams"]["orders"]["events"][0]["text"] = None
    changed["streams"]["orders"]["events"][0]["attributes"] = ["status"]
    assert shop.pull(TUESDAY, changed).updated == 1


def test_a_column_without_a_ground_is_reported_and_reaches_no_table(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;1;arrived;halal-4711", "C2;7;31/02/2026;1;arrived;halal-4711")
    report = shop.pull(MONDAY)
    assert report.without_ground == ("diet",)
    assert "halal-4711" not in repr(contents(shop.lake))


def test_a_column_that_the_mapping_does_not_know_is_reported(shop: Shop) -> None:
    (shop.folder / "orders.csv").write_text("no;client;day;amount;diet;loyalty\nC1;7;11/03/2026;1;;gold\n")
    assert shop.pull(MONDAY).unmapped == ("loyalty",)


def test_a_missing_column_stops_with_the_nearest_name(shop: Shop) -> None:
    (shop.folder / "orders.csv").write_text("no;clients;day;amount\nC1;7;11/03/2026;1\n")
    with pytest.raises(SourceError, match=r"no column 'client'.*'clients'"):
        shop.pull(MONDAY)


def test_a_failure_half_way_through_a_stream_is_told_in_words_and_writes_nothing(shop: Shop) -> None:
    shop.write("C1;7;11/03/2026;1;;", name="orders-01.csv")
    (shop.folder / "orders-02.csv").write_bytes(b"no;client;day;amount\n" + b"C2;7;11/03/2026;\xff\xfe\x00\n")
    mapping = json.loads(json.dumps(SHOP))
    mapping["streams"]["orders"]["options"] = {"encoding": "utf-8"}
    with pytest.raises(SourceError, match=r"orders-02\.csv cannot be read"):
        shop.pull(MONDAY, mapping)
    assert shop.facts() == []


def test_a_database_is_read_from_where_its_cursor_stood(tmp_path: Path) -> None:
    lake, file = open_lake(tmp_path / "lake"), tmp_path / "erp.sqlite"
    stream = SHOP["streams"]["orders"] | {
        "connector": "sql_database",
        "location": "erp.sqlite",
        "options": {"table": "orders", "cursor": "changed"},
        "fields": {name: field for name, field in SHOP["streams"]["orders"]["fields"].items() if name != "diet"},
    }
    mapping = SourceMapping.model_validate(SHOP | {"streams": {"orders": stream}})

    def run(as_of: datetime, *statements: str) -> StreamReport:
        with sqlite3.connect(file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return pull(lake, [mapping], data_folder=tmp_path, as_of=as_of)[0]

    create = "create table orders (no, client, day, amount, status, changed)"
    first = run(
        MONDAY,
        create,
        "insert into orders values ('C1', '7', '11/03/2026', '1', '', '2026-03-11')",
        "insert into orders values ('C2', '7', '12/03/2026', '2', '', '2026-03-12')",
    )
    assert (first.rows_in, first.inserted) == (2, 2)
    second = run(TUESDAY, "insert into orders values ('C3', '7', '13/03/2026', '3', '', '2026-03-13')")
    assert (second.rows_in, second.inserted, second.unchanged) == (2, 1, 1), "C1 stays unread, C2 ties with the cursor"
    assert run(WEDNESDAY).n_places_skipped == 1


def test_every_mistake_of_a_mapping_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        """source: shop
time_zone: Europe/Lutece
grounds:
  contract: {purpose: history, basis: contract}
  care: {purpose: help, basis: legitimate_interest, why: weighed}
streams:
  orders:
    connector: csv_fil
    location: orders.csv
    record_id: no
    subject: "shop:{client}"
    fields:
      no: contract
      client: null
      day: {ground: contracts, parse: date_dmyy}
      amount: {ground: contract, parse: date_dmy}
    events:
      - {kind: order_place, occurred_at: day}
      - {kind: order_placed, occurred_at: day, amount: amount, due_at: day}
      - {kind: order_delivered, occurred_at: days}
"""
    )
    with pytest.raises(ConfigurationError) as caught:
        load_mappings(tmp_path)
    told = str(caught.value)
    for expected in (
        "shop.yaml:2: time_zone",
        "shop.yaml:8: streams.orders.connector: there is no connector 'csv_fil' (did you mean 'csv_file'?)",
        "shop.yaml:15: streams.orders.fields.day: there is no ground 'contracts' (did you mean 'contract'?)",
        "there is no parser 'date_dmyy' (did you mean 'date_dmy'?)",
        "shop.yaml:11: streams.orders.subject: needs 'client', which has no ground",
        "shop.yaml:18: streams.orders.events.0.kind: there is no kind of event 'order_place'",
        "shop.yaml:19: streams.orders.events.1.amount: wants a value of type number, but 'amount' is parsed",
        "shop.yaml:19: streams.orders.events.1.due_at: order_placed has no due_at",
        "'days' is not among the fields (did you mean 'day'?)",
    ):
        assert expected in told


def test_a_legitimate_interest_without_its_weighing_is_refused(tmp_path: Path) -> None:
    text = "source: a\ngrounds:\n  care: {purpose: help, basis: legitimate_interest}\nstreams: {}\n"
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"a\.yaml:3: grounds\.care: a legitimate interest needs `why`"):
        load_mappings(tmp_path)


def test_a_sensitive_field_is_loaded_only_with_explicit_consent(tmp_path: Path) -> None:
    def mapping(ground: str) -> None:
        (tmp_path / "shop.yaml").write_text(
            f"""source: shop
grounds:
  contract: {{purpose: history, basis: contract}}
  said_yes: {{purpose: care, basis: consent}}
streams:
  clients:
    connector: csv_file
    location: clients.csv
    record_id: no
    subject: "shop:{{no}}"
    fields: {{no: contract, État de santé: {ground}, Santé du compte: contract}}
    party: {{kind: person, attributes: [État de santé]}}
"""
        )

    mapping("contract")
    with pytest.raises(ConfigurationError, match=r"'État de santé' announces health .*write `État de santé: null`"):
        load_mappings(tmp_path)
    mapping("said_yes")
    assert load_mappings(tmp_path)


def test_the_mappings_we_ship_are_sound() -> None:
    assert [m.source for m in load_mappings(PRACTICE_MAPPINGS)] == [
        "crm", "erp", "field_reports", "helpdesk", "product", "survey",
    ]  # fmt: skip
    assert {folder.name for folder in EXAMPLES.iterdir() if (folder / "mappings").is_dir()} == {
        "cdnow",
        "complete_journey",
    }
    for folder in ("cdnow", "complete_journey"):
        assert [m.source for m in load_mappings(EXAMPLES / folder / "mappings")] == ["shop"]


def test_cdnow_becomes_one_order_per_purchase(shared_data: Path, tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "lake")
    data = shared_data / "cdnow"
    reports = pull(lake, load_mappings(EXAMPLES / "cdnow/mappings"), data_folder=data, as_of=MONDAY)
    assert {r.stream: r.inserted for r in reports} == {"customers": 23_570, "purchases": 69_659}
    facts = lake.collect(lake.read(FACTS).select("subject", "amount", "occurred_at"))
    naive = parquet.read_table(data / "cdnow_master.parquet")
    cents = sum(round(value * 100) for value in naive["dollar_value"].to_pylist())
    assert sum(int(amount * 100) for amount in facts["amount"].to_pylist()) == cents
    assert len(set(facts["subject"].to_pylist())) == 23_570
