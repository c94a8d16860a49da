"""Every connector keeps the same promises: same place same rows, nothing silent, no secret told."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from tests.samples.make_practice import make_practice

from prevenance.kit import catalogue
from prevenance.kit.problems import SourceError
from prevenance.sources import Connector, Reading
from prevenance.sources.parsers import PARSERS, parsed_expr

CONNECTORS = catalogue.load("prevenance.sources.connectors", Connector)  # type: ignore[type-abstract]  # entries are instances of subclasses


@dataclass(frozen=True)
class Sample:
    """One recorded place of a connector, and what it holds."""

    place: str
    columns: tuple[str, ...]
    first_row: tuple[str | float | None, ...]
    n_rows: int
    unwanted: str
    options: dict[str, object] = field(default_factory=dict)
    n_broken: int = 0
    refuses_missing: bool = True


SAMPLES = {
    "csv_file": Sample(
        "crm/clients.csv", ("Code client", "Code postal"), ("C100019", "01000"), 3, "Segment", n_broken=1
    ),
    "excel_file": Sample(
        "survey/enquete_satisfaction.xlsx", ("Société", "Note (1-5)"), ("Müller Usinage", "4"), 3, "Commentaire"
    ),
    "json_file": Sample(
        "helpdesk/export-0001.json",
        ("parent.id", "author_role", "public"),
        ("1", "end-user", "true"),
        3,
        "author_id",
        options={"records": "tickets.comments"},
        refuses_missing=False,
    ),
    "ndjson_file": Sample(
        "product/events-2026-10.ndjson",
        ("messageId", "traits.plan"),
        ("msg-1", "Pro"),
        8,
        "sentAt",
        n_broken=1,
        refuses_missing=False,
    ),
    "parquet_file": Sample("orders.parquet", ("order_no", "amount"), ("O-1", 12.5), 2, "note"),
    "sql_database": Sample(
        "erp/erp.sqlite", ("order_no", "amount"), ("O-1", "1596.0"), 4, "product", options={"table": "orders"}
    ),
    "text_files": Sample(
        "field_reports/2026-09-14_K10042_visite.txt",
        ("Client", "file_name"),
        ("K10042 Müller Usinage", "2026-09-14_K10042_visite"),
        1,
        "body",
        refuses_missing=False,
    ),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_practice(tmp_path_factory.mktemp("practice"))
    rows = {"order_no": ["O-1", "O-2"], "amount": [12.5, None], "note": ["", "x"]}
    parquet.write_table(pa.table(rows), folder / "orders.parquet")
    return folder


def read(name: str, files: Path, *columns: str) -> pa.Table:
    sample = SAMPLES[name]
    reading = Reading(columns or sample.columns, sample.place, sample.options)
    return CONNECTORS[name].read(reading, str(files / sample.place)).read_all()


def test_every_connector_has_a_recorded_sample() -> None:
    # A REST system is no place on disk: stories/test_rest_systems proves each template against a fake of its own.
    assert list(CONNECTORS) == sorted([*SAMPLES, "rest_api"])


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_is_read(name: str, files: Path) -> None:
    rows = read(name, files)
    first = tuple(rows[column][0].as_py() for column in SAMPLES[name].columns)
    assert (first, rows.num_rows) == (SAMPLES[name].first_row, SAMPLES[name].n_rows)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_place_read_twice_gives_the_same_rows(name: str, files: Path) -> None:
    assert read(name, files).equals(read(name, files))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_row_says_where_it_came_from(name: str, files: Path) -> None:
    rows = read(name, files)
    assert set(rows["_place"].to_pylist()) == {SAMPLES[name].place}
    numbers = [number for number in rows["_row"].to_pylist() if number is not None]
    assert len(set(numbers)) == len(numbers) > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_a_row_that_cannot_be_taken_apart_comes_with_its_text(name: str, files: Path) -> None:
    broken = [text for text in read(name, files)["_broken"].to_pylist() if text is not None]
    assert len(broken) == SAMPLES[name].n_broken
    assert all(text.strip() for text in broken)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_column_that_nobody_asked_for_is_offered_but_not_read(name: str, files: Path) -> None:
    sample = SAMPLES[name]
    offered = CONNECTORS[name].columns(str(files / sample.place), sample.options)
    assert sample.unwanted in offered
    assert sample.unwanted not in read(name, files).column_names


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.refuses_missing])
def test_a_renamed_column_stops_the_reading_and_the_new_name_is_guessed(name: str, files: Path) -> None:
    known = SAMPLES[name].columns[1]
    with pytest.raises(SourceError, match="has no column") as caught:
        read(name, files, f"{known}s")
    assert repr(known) in str(caught.value)


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"text_files"}))
def test_a_place_that_is_something_else_is_refused_in_words(name: str, files: Path) -> None:
    (files / "noise.bin").write_bytes(b"\x00\xff\xfe\x81" * 64)
    with pytest.raises((SourceError, pa.ArrowException)) as caught:
        CONNECTORS[name].read(Reading(("a",), "noise.bin", SAMPLES[name].options), str(files / "noise.bin")).read_all()
    assert "noise.bin" in str(caught.value) or name in {"ndjson_file", "json_file"}


def test_no_password_is_told_when_a_database_does_not_answer() -> None:
    address = "postgresql+psycopg://reader:s3cr3t-pass@127.0.0.1:1/erp?connect_timeout=1"
    with pytest.raises(SourceError) as caught:
        CONNECTORS["sql_database"].columns(address, {"table": "orders"})
    told = str(caught.value) + repr(caught.value.facts)
    assert "s3cr3t-pass" not in told
    assert "reader:***@127.0.0.1" in told


@pytest.mark.parametrize(
    ("encode", "delimiter"),
    [
        (lambda text: text.encode("cp1252"), ";"),
        (lambda text: text.encode("utf-8"), ","),
        (lambda text: codecs.BOM_UTF8 + text.encode("utf-8"), "\t"),
        (lambda text: text.encode("utf-16"), "|"),
    ],
    ids=["cp1252", "utf-8", "utf-8 with mark", "utf-16"],
)
def test_csv_is_read_as_people_write_it(tmp_path: Path, encode: Callable[[str], bytes], delimiter: str) -> None:
    lines = ["Export du 01/11/2026", "", "Code;Société;Société", '007;"Café; Müller\nLyon";x']
    text = "\r\n".join(lines).replace(";", delimiter)
    (tmp_path / "a.csv").write_bytes(encode(text))
    rows = CONNECTORS["csv_file"].read(Reading(("Code", "Société", "Société (2)"), "a.csv"), str(tmp_path / "a.csv"))
    said = rows.read_all().select(["Code", "Société", "Société (2)"]).to_pylist()
    assert said == [{"Code": "007", "Société": f"Café{delimiter} Müller\nLyon", "Société (2)": "x"}]


def test_excel_is_read_as_people_lay_it_out(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet("Vide")
    sheet = book.add_worksheet("Clients")
    sheet.merge_range(0, 0, 0, 5, "Liste des clients")
    sheet.merge_range(2, 2, 2, 3, "Contact")
    sheet.write_row(2, 0, ["Code", "Société"]), sheet.write_row(2, 4, ["CA\u200b", " ca ", ""])
    sheet.write_row(3, 0, ["0042", "Müller", "Ada", "06 12 34 56 78", 1234.5, "1 234,50 €"])
    sheet.merge_range(4, 1, 5, 1, "Café SA")
    (
        sheet.write(4, 0, "1E10"),
        sheet.write(5, 0, 12345678901234),
        sheet.write(5, 4, date(2026, 2, 13), book.add_format({"num_format": "dd/mm/yyyy"})),
    )
    book.close()
    options = {"decimal": "comma"}
    names = CONNECTORS["excel_file"].columns(str(tmp_path / "a.xlsx"), options)
    assert names == ("Code", "Société", "Contact", "Contact (2)", "CA", "ca (2)", "column 7")[: len(names)]
    rows = CONNECTORS["excel_file"].read(Reading(names, "a.xlsx", options), str(tmp_path / "a.xlsx")).read_all()
    assert rows["Code"].to_pylist() == ["0042", "1E10", "12345678901234"]
    assert rows["Société"].to_pylist() == ["Müller", "Café SA", "Café SA"]
    assert rows["CA"].to_pylist() == ["1234,5", None, "2026-02-13"]
    assert rows["_row"].to_pylist() == [4, 5, 6]


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [
        ("decimal_comma", "1\u202f234,56 €", 1234.56),
        ("decimal_comma", "1.234", 1234.0),
        ("decimal_comma", "12.50", None),
        ("decimal_comma", "\N{MINUS SIGN}12,5", -12.5),
        ("decimal_point", "1,234.56", 1234.56),
        ("decimal_point", "12,5", None),
        ("date_dmy", "3/2/26", "2026-02-03 00:00"),
        ("date_dmy", "13.02.1964", "1964-02-13 00:00"),
        ("date_dmy", "13/02/64", "1964-02-13 00:00"),
        ("date_mdy", "02/13/2026", "2026-02-13 00:00"),
        ("date_mdy", "13/02/2026", None),
        ("datetime_dmy", "13/02/2026 à 14h05", "2026-02-13 14:05"),
        ("datetime_mdy", "02/13/2026 14:05", "2026-02-13 14:05"),
        ("excel_date", "46066", "2026-02-13 00:00"),
        ("excel_date_mdy", "02/13/26", "2026-02-13 00:00"),
        ("person_name", "M. JEAN DE LA FONTAINE", "Jean de La Fontaine"),
        ("person_name", "DUPONT, Jean-Pierre", "Jean-Pierre Dupont"),
        ("person_name", "Mme Marie-Hélène d’ORSAY", "Marie-Hélène d'Orsay"),
        ("person_name", "DE GAULLE", "de Gaulle"),
        ("person_name", "LE GOFF", "Le Goff"),
        ("person_name", "o'neil", "O'Neil"),
        ("person_name", "MCDONALD", "McDonald"),
        ("person_name", "Jean Van Damme", "Jean Van Damme"),
        ("person_name", "Dr. Ludwig VAN BEETHOVEN", "Ludwig Van Beethoven"),
        ("person_name", "JAN VAN DEN BERG", "Jan van den Berg"),
        ("person_name", "Martin Luther King, Jr", "Martin Luther King, Jr"),
        ("person_name", "M", "M"),
        ("person_name", "   ", None),
        ("place", "BOULOGNE-SUR-MER CEDEX 03", "Boulogne-sur-Mer Cedex 03"),
        ("place", "l'haÿ-les-roses", "L'Haÿ-les-Roses"),
        ("place", "LA ROCHELLE", "La Rochelle"),
        ("place", "Villeneuve d’Ascq", "Villeneuve d'Ascq"),
        ("address", "12,AV. DE LA  RÉPUBLIQUE,", "12 avenue de la République"),
        ("address", "3 bis bd Voltaire", "3 bis boulevard Voltaire"),
        ("address", "10 Downing Street", "10 Downing Street"),
        ("address", "RESIDENCE LES LILAS", "Residence les Lilas"),
        ("postal_code_fr", "1000", "01000"),
        ("postal_code_fr", "75 011", "75011"),
        ("postal_code_fr", "F-69003", "69003"),
        ("postal_code_fr", "SW1A 2AA", "SW1A 2AA"),
        ("currency", "€", "EUR"),
        ("currency", "Euros", "EUR"),
        ("currency", "gbp", "GBP"),
        ("currency", "US$", "USD"),
        ("currency", "kr", None),
        ("yes_no", "X", True),
        ("yes_no", "Faux", False),
    ],
)
def test_a_value_is_read_as_people_write_it(parser: str, text: str, value: object) -> None:
    table = ibis.memtable({"written": [text]})
    [read] = parsed_expr(table.written, PARSERS[parser], "UTC").name("read").to_pyarrow().to_pylist()
    assert (f"{read:%Y-%m-%d %H:%M}" if isinstance(read, datetime) else read) == value
