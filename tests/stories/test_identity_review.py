"""Records that may be the same: a person is asked, with what agrees in words; an answer can be taken back."""

import json
from pathlib import Path
from typing import Any

from tests.stories.rows import Row, arrow, identifiers, party, person
from typer.testing import CliRunner

from prevenance.app import open_application
from prevenance.cli.face import build
from prevenance.identity import resolve
from prevenance.records.tables import CUSTOMERS, IDENTIFIERS, IDENTITIES, PARTIES, PEOPLE

SHARED = {"email": "martin.durand@tours-precision.fr", "account_subject": "crm:C30"}
PAIR = [
    party("crm", "C30", name="Tours Précision"),
    person("crm", "P30", first_name="Jeanne", last_name="Martin", phone="+33472000001", **SHARED),
    person("crm", "P31", first_name="Paul", last_name="Durand", **SHARED),
]


def firm(folder: Path, rows: list[Row]) -> Path:
    assert CliRunner().invoke(build(), ["init", str(folder), "--company", "Mécaléa"]).exit_code == 0
    with open_application(folder, data_folder=folder, as_of="2026-11-01") as application:
        application.lake.replace(PARTIES, arrow(PARTIES, rows))
        application.lake.replace(IDENTIFIERS, arrow(IDENTIFIERS, identifiers(rows)))
    return folder


def place(folder: Path) -> list[list[Row]]:
    """Resolve, and return what was derived."""
    with open_application(folder, data_folder=folder, as_of="2026-11-01") as application:
        resolve(application.lake, application.ledger, as_of=application.clock.now())
        tables = (IDENTITIES, CUSTOMERS, PEOPLE)
        return [
            application.lake.collect(application.lake.read(one).order_by(list(one.key))).to_pylist() for one in tables
        ]


def asked(folder: Path) -> dict[str, Any]:
    command = ["identity", "review", "--project", str(folder), "--json"]
    found: dict[str, Any] = json.loads(CliRunner().invoke(build(), command, catch_exceptions=False).stdout)
    return found


def say(folder: Path, word: str, left: str, right: str) -> None:
    command = ["identity", word, left, right, "--actor", "ada", "--reason", "même site", "--project", str(folder)]
    assert CliRunner().invoke(build(), command, catch_exceptions=False).exit_code == 0


def test_one_address_of_two_unlike_people_is_asked_about_with_what_differs(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", PAIR)
    place(folder)
    (pair,) = asked(folder)["pairs"]
    assert {pair["left"]["subject"], pair["right"]["subject"]} == {"crm:P30", "crm:P31"}
    assert pair["reason"]["fr"] == "Elles portent un même identifiant, mais rien d’autre ne concorde."
    told = {degree["en"]: [name["en"] for name in names] for degree, names in pair["agreement"]}
    assert {"first name", "last name"} <= set(told["differ"])
    assert "phone" in told["unknown on one side"]
    spoken = CliRunner().invoke(build(), ["identity", "review", "--project", str(folder), "--language", "fr"]).stdout
    assert "1. Jeanne Martin (crm:P30)  ?  Paul Durand (crm:P31)" in spoken
    assert "diffèrent" in spoken


def test_an_answer_leaves_the_queue_at_once_and_for_good_and_both_answers_can_be_taken_back(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", PAIR)
    before = place(folder)
    say(folder, "merge", "crm:P30", "crm:P31")
    assert asked(folder)["n_total"] == 0, "answered, though not yet run again"
    joined = place(folder)
    assert len(joined[2]) == len(before[2]) - 1
    assert asked(folder)["n_total"] == 0
    say(folder, "unmerge", "crm:P30", "crm:P31")
    assert place(folder) == before, "taken back without a trace"
    assert asked(folder)["n_total"] == 0, "somebody has spoken: not asked again"


def test_nothing_to_ask_is_said_so(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", PAIR[:1])
    place(folder)
    assert asked(folder) == {"n_total": 0, "pairs": []}
