"""A person adds a file as it is, sees how it was understood, loads it, mends what was rejected, takes it back."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from python_calamine import CalamineWorkbook
from tests.samples.french_workbook import HEADERS, make_french_workbook
from typer.testing import CliRunner, Result

from prevenance.app import make_project
from prevenance.cli.face import build
from prevenance.kit.problems import ConfigurationError, SourceError
from prevenance.records.tables import CONSENT_RECORDS, FACTS, LAKE_TABLES, PARTIES, QUARANTINE
from prevenance.sources import Files
from prevenance.sources.cursors import SOURCE_CURSORS
from prevenance.storage import Lake, open_lake

NOON = datetime(2026, 11, 26, tzinfo=UTC)
EVERY = {**LAKE_TABLES, "source_cursors": SOURCE_CURSORS}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    make_project(tmp_path / "acme", company="Acme", language="fr")
    return tmp_path / "acme"


def files_of(project: Path, language: Any = "fr") -> Files:
    return Files(project, project / "files", open_lake(project / "data/lake"), NOON, language)


def contents(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    return {name: lake.collect(lake.read(table).order_by(list(table.key))).to_pylist() for name, table in EVERY.items()}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(), ["sources", *map(str, arguments)], catch_exceptions=False)


def csv(path: Path, text: str, encoding: str = "cp1252") -> Path:
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def rows(lake: Lake, table: Any) -> list[dict[str, Any]]:
    return list(lake.collect(lake.read(table).order_by(list(table.key))).to_pylist())


CLIENTS = "Liste des clients;;;;\n\nN° client;Société;E-mail;Ville;Remarque\n"


def test_a_french_workbook_with_every_habit_loads_without_hand_editing(project: Path, tmp_path: Path) -> None:
    book = make_french_workbook(tmp_path / "Commandes 2026-11.xlsx")
    shown = run("add", book, "--project", project)
    assert "jj/mm : 14/01/2026 en ligne 14 ne peut pas être un mois" in shown.stdout.replace("\u00a0", " ")
    assert "commandes : 60 nouvelles, 0 modifiées, 0 inchangées, 4 rejetées" in shown.stdout.replace("\u00a0", " ")
    assert not (project / "data/lake/facts").exists(), "a rehearsal loads nothing"
    loaded = json.loads(run("add", book, "--project", project, "--yes", "--json").stdout)
    assert loaded["load"] == "0001"
    assert [column["name"] for column in loaded["tables"][0]["columns"]] == [h.strip("\u200b") for h in HEADERS]
    lake = open_lake(project / "data/lake")
    facts = {fact["record_id"]: fact for fact in rows(lake, FACTS)}
    assert len(facts) == 60
    for n in range(60):
        fact = facts[f"{n}E10"]
        assert fact["subject"] == f"commandes:{n // 2:05}"
        assert float(fact["amount"]) == 1000 + n + 0.5
        assert fact["occurred_at"].timetuple().tm_yday == 5 + n
    party = next(p for p in rows(lake, PARTIES) if p["record_id"] == "00007")
    assert (party["name"], party["postal_code"], party["phone"]) == (
        "Établissements Nº7 & Cie",
        "01007",
        "+33317345678",
    )
    assert (party["email"], party["registration_number"]) == ("contact7@exemple-7.fr", "000000075")
    assert {c["is_given"] for c in rows(lake, CONSENT_RECORDS)} == {True}, "a blank choice is no choice"
    reasons = {(q["stream"], q["reason"]) for q in rows(lake, QUARANTINE)}
    assert ("commandes", "impossible_date") in reasons
    assert ("commandes", "totals_row") in reasons
    assert ("commandes", "unreadable_value") in reasons
    assert ("commandes", "missing_subject") in reasons


def test_the_draft_is_read_corrected_and_then_obeyed(project: Path, tmp_path: Path) -> None:
    path = csv(tmp_path / "clients.csv", CLIENTS + "007;Café Müller;a@b.fr;Nîmes;aime les chiens\n")
    files = files_of(project)
    draft = files.rehearse(path).mapping
    told = yaml.safe_load(draft.read_text(encoding="utf-8"))
    assert told["streams"]["clients"]["fields"]["Remarque"] is None, "nobody said why it may be used"
    draft.write_text(draft.read_text(encoding="utf-8").replace('name: "Société"', 'name: {constant: "Inconnue"}'))
    files.rehearse(path)
    files.add(path)
    assert [p["name"] for p in rows(files.lake, PARTIES)] == ["Inconnue"]
    assert not draft.exists()
    mapping = project / "mappings/clients.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("email: ", "emial: "), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="mistake"):
        files.rehearse(path)


def test_the_next_month_is_read_by_the_same_mapping_and_counts_what_changed(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    files.add(csv(tmp_path / "clients_octobre.csv", CLIENTS + "1;A;a@x.fr;Nîmes;\n2;B;b@x.fr;Lyon;\n"))
    again = files.rehearse(csv(tmp_path / "clients_novembre.csv", CLIENTS + "2;B;b@x.fr;Lille;\n3;C;c@x.fr;Brest;\n"))
    [report] = again.streams
    assert again.is_known
    assert (report.inserted, report.updated, report.unchanged, report.quarantined) == (1, 1, 0, 0)
    assert [p["city"] for p in rows(files.lake, PARTIES)] == ["Nîmes", "Lyon"], "only rehearsed"


def test_what_was_decided_once_is_remembered_for_other_files(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    first = csv(tmp_path / "clients.csv", CLIENTS + "1;A;a@x.fr;Nîmes;calme\n")
    draft = files.rehearse(first).mapping
    text = draft.read_text(encoding="utf-8").replace(
        '"Remarque": null', '"Remarque": {ground: contract, meaning: "humeur"}'
    )
    draft.write_text(text, encoding="utf-8")
    files.add(first)
    other = csv(tmp_path / "prospects.csv", "Courriel;Remarque\nz@x.fr;pressé\n")
    told = yaml.safe_load(files.rehearse(other).mapping.read_text(encoding="utf-8"))
    assert told["streams"]["clients"]["fields"]["Remarque"] == {"ground": "contract", "meaning": "humeur"}


def test_rejected_rows_come_back_with_the_reason_and_can_be_added_once_corrected(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    path = csv(
        tmp_path / "commandes.csv",
        "N° client;N° commande;Date;Montant\n1;C1;13/02/2026;12,50\n=2;C2;31/02/2026;9,00\n3;C3;01/03/2026;neuf\n",
    )
    added = files.add(path)
    assert added.rejects is not None
    header, *rejected = CalamineWorkbook.from_path(added.rejects).get_sheet_by_index(0).to_python()
    assert header == [
        "N° client",
        "N° commande",
        "Date",
        "Montant",
        "Motif du rejet",
        "Colonne en cause",
        "Valeur en cause",
    ]
    assert ["'=2", "C2", "31/02/2026", "9,00", "Cette date n’est pas possible.", "Date", "31/02/2026"] in rejected
    with zipfile.ZipFile(added.rejects) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    corrected = csv(tmp_path / "corrigé.csv", "N° client;N° commande;Date;Montant\n'=2;C2;28/02/2026;9,00\n")
    assert files.add(corrected).streams[0].inserted == 1
    assert "commandes:=2" in {fact["subject"] for fact in rows(files.lake, FACTS)}


def test_undo_leaves_the_tables_as_if_the_load_had_never_been(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    files.add(csv(tmp_path / "a.csv", CLIENTS + "1;A;a@x.fr;Nîmes;\n2;B;b@x.fr;Lyon;\n"))
    before = contents(files.lake)
    second = files.add(
        csv(tmp_path / "b.csv", CLIENTS + "2;B;b@x.fr;Lille;\n3;C;pas un mail;Brest;\n;D;d@x.fr;Nice;\n")
    )
    assert contents(files.lake) != before
    assert files.undo(second.load or "").status == "undone"
    assert contents(files.lake) == before
    with pytest.raises(ConfigurationError, match="undone"):
        files.undo("2")
    files.undo("1")
    assert {name for name, found in contents(files.lake).items() if found} == set()
    assert list((project / "files/added").rglob("*.csv")) == []
    assert (project / "mappings/drafts/a.yaml").is_file(), "the mapping waits to be corrected"


def test_a_later_load_survives_when_an_earlier_one_is_undone(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    first = files.add(csv(tmp_path / "a.csv", CLIENTS + "1;A;a@x.fr;Nîmes;\n2;B;b@x.fr;Lyon;\n"))
    files.add(csv(tmp_path / "b.csv", CLIENTS + "2;B;b@x.fr;Lyon;\n3;C;c@x.fr;Brest;\n"))
    files.undo(first.load or "")
    assert [p["record_id"] for p in rows(files.lake, PARTIES)] == ["2", "3"], "both said 2; the later one still does"
    alone = files_of(tmp_path / "alone")
    (tmp_path / "alone/files").mkdir(parents=True)
    alone.add(csv(tmp_path / "a.csv", CLIENTS + "2;B;b@x.fr;Lyon;\n3;C;c@x.fr;Brest;\n"))
    assert contents(files.lake)["parties"] == contents(alone.lake)["parties"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.stories.test_adding_files import files_of
from prevenance.sources.adding import recording
n, project, path, verb = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
count = 0
def dying(old):
    def new(*a, **k):
        global count
        count += 1
        if count == n:
            os.kill(os.getpid(), signal.SIGKILL)
        return old(*a, **k)
    return new
from prevenance.storage.delta import DeltaLake
DeltaLake._write = dying(DeltaLake._write)
DeltaLake._merge = dying(DeltaLake._merge)
recording._write_whole = dying(recording._write_whole)
files = files_of(project)
files.add(Path(path)) if verb == "add" else files.undo(path)
"""


def _killed(n: int, project: Path, what: str | Path, verb: str) -> int:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"}
    command = [sys.executable, "-c", _KILLED, str(n), str(project), str(what), verb]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize("n", [int(n) for n in os.environ.get("PREVENANCE_LOAD_KILLS", "2,9").split(",")])
def test_a_load_killed_in_the_middle_leaves_nothing(project: Path, tmp_path: Path, n: int) -> None:
    files = files_of(project)
    files.add(csv(tmp_path / "a.csv", CLIENTS + "1;A;a@x.fr;Nîmes;\n2;B;b@x.fr;Lyon;\n"))
    before = contents(files.lake)
    second = csv(tmp_path / "b.csv", CLIENTS + "2;B;b@x.fr;Lille;\n3;C;c@x.fr;Brest;\n;D;d@x.fr;Nice;\n")
    assert _killed(n, project, second, "add") == -signal.SIGKILL
    again = files_of(project)
    again.recover()
    assert contents(again.lake) == before
    assert [one.status for one in again.loads()] == ["loaded", "interrupted"]
    assert again.add(second).streams[0].inserted == 1


@pytest.mark.parametrize("n", [int(n) for n in os.environ.get("PREVENANCE_UNDO_KILLS", "3").split(",")])
def test_an_undo_killed_in_the_middle_is_finished_by_the_next_command(project: Path, tmp_path: Path, n: int) -> None:
    files = files_of(project)
    files.add(csv(tmp_path / "a.csv", CLIENTS + "1;A;a@x.fr;Nîmes;\n2;B;b@x.fr;Lyon;\n"))
    files.add(csv(tmp_path / "b.csv", CLIENTS + "2;B;b@x.fr;Lille;\n3;C;c@x.fr;Brest;\n"))
    assert _killed(n, project, "1", "undo") == -signal.SIGKILL
    again = files_of(project)
    again.recover()
    assert [one.status for one in again.loads()] == ["undone", "loaded"]
    assert [(p["record_id"], p["city"]) for p in rows(again.lake, PARTIES)] == [("2", "Lille"), ("3", "Brest")]


def test_an_english_workbook_is_read_the_english_way(project: Path, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "orders.xlsx"))
    sheet = book.add_worksheet("Orders")
    sheet.write_row(0, 0, ["Customer no", "Order no", "Order date", "Amount"])
    (
        sheet.write_row(1, 0, ["7", "O1", "02/13/2026", 1234.5]),
        sheet.write_row(2, 0, ["8", "O2", "03/04/2026", "1,234.56"]),
    )
    book.add_worksheet("Empty"), book.close()
    files = files_of(project, "en")
    added = files.add(tmp_path / "orders.xlsx")
    why = {column.name: column.why.en for column in added.tables[0].columns}
    assert why["Order date"] == "mm/dd: 02/13/2026 in row 2 cannot begin with the day"
    facts = rows(files.lake, FACTS)
    assert sorted(float(fact["amount"]) for fact in facts) == [1234.5, 1234.56]
    assert {fact["occurred_at"].month for fact in facts} == {2, 3}


def test_each_sheet_of_a_workbook_tells_its_own_story(project: Path, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "Suivi.xlsx"))
    book.add_worksheet("Notes").write(0, 0, "à lire d’abord")
    clients, invoices = book.add_worksheet("Clients"), book.add_worksheet("Factures")
    clients.write_row(0, 0, ["Code client", "Société"]), clients.write_row(1, 0, ["001", "TotalEnergies"])
    invoices.write_row(0, 0, ["N° facture", "Code client", "Date facture", "Montant HT", "Réglée le"])
    invoices.write_row(1, 0, ["F1", "001", "13/03/2026", "12,5 €", ""])
    invoices.write_row(2, 0, ["F2", "001", "14/03/2026", 20, "15/03/2026"])
    (
        invoices.write_row(4, 0, ["", "Total", "", 32.5]),
        book.add_worksheet("Clé").write_row(0, 0, ["TVA", 20]),
        book.close(),
    )
    files = files_of(project)
    added = files.add(tmp_path / "Suivi.xlsx")
    assert {report.stream: report.quarantined for report in added.streams} == {"clients": 0, "factures": 1}
    assert [p["name"] for p in rows(files.lake, PARTIES)] == ["TotalEnergies"]
    told = {(fact["kind"], fact["record_id"], float(fact["amount"])) for fact in rows(files.lake, FACTS)}
    assert told == {("invoice_issued", "F1", 12.5), ("invoice_issued", "F2", 20.0), ("payment_received", "F2", 20.0)}


def test_the_only_sheet_may_have_another_name_next_year(project: Path, tmp_path: Path) -> None:
    files = files_of(project)
    for year in ("2026", "2027"):
        book = xlsxwriter.Workbook(str(tmp_path / f"clients {year}.xlsx"))
        sheet = book.add_worksheet(f"Clients {year}")
        sheet.write_row(0, 0, ["Code client", "Société"]), sheet.write_row(1, 0, [year, "Müller"]), book.close()
    files.add(tmp_path / "clients 2026.xlsx")
    assert files.add(tmp_path / "clients 2027.xlsx").is_known
    assert [p["record_id"] for p in rows(files.lake, PARTIES)] == ["2026", "2027"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("vide.csv", "", "holds no table"),
        ("seul.csv", "N° client;Société\n", "holds no table"),
        ("mesures.csv", "Vitesse;Couleur\n12;bleu\n", "no column names a customer"),
        ("image.png", "x", "cannot be added"),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_words(
    project: Path, tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        files_of(project).rehearse(csv(tmp_path / name, text))
    assert not (project / "mappings/drafts").exists()
