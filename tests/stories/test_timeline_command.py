"""`prevenance timeline`: one customer's story in words, as it was known on any day."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.stories.rows import Row, arrow, fact, naive
from typer.testing import CliRunner, Result

from prevenance.app import open_application
from prevenance.cli.face import build
from prevenance.kit.problems import DataError
from prevenance.records.tables import CUSTOMERS, FACTS, IDENTITIES, PEOPLE
from prevenance.timeline import record

KNOWN = naive(2024, 1, 1)


def firm(folder: Path, facts: list[Row]) -> Path:
    """Make a project with two companies of nearly one name, one of them with two people."""
    assert CliRunner().invoke(build(), ["init", str(folder), "--company", "Mécaléa"]).exit_code == 0
    with open_application(folder, data_folder=folder, as_of="2026-11-01") as application:
        lake = application.lake
        subjects = {"erp:K1": (7, None), "crm:p1": (7, 71), "erp:K2": (8, None)}
        found = [
            {"subject": subject, "customer_id": customer, "person_id": person}
            for subject, (customer, person) in subjects.items()
        ]
        lake.replace(IDENTITIES, arrow(IDENTITIES, found))
        names = {7: "Ateliers Éclair", 8: "Ateliers Éclair Sud"}
        companies = [
            {"customer_id": number, "name": name, "customer_kind": "account", "city": "Lyon", "known_at": KNOWN}
            for number, name in names.items()
        ]
        lake.replace(CUSTOMERS, arrow(CUSTOMERS, companies))
        zoe = {"person_id": 71, "customer_id": 7, "name": "Zoé L’Hôte", "known_at": KNOWN, "is_main_contact": True}
        lake.replace(PEOPLE, arrow(PEOPLE, [zoe]))
        lake.replace(FACTS, arrow(FACTS, facts))
        record(lake, as_of=application.clock.now())
    return folder


def tell(folder: Path, *words: str, day: str = "2026-11-01") -> Result:
    command = ["timeline", *words, "--project", str(folder), "--as-of", day]
    return CliRunner().invoke(build(), command, catch_exceptions=False)


def order() -> list[Row]:
    """Return an order whose amount was corrected in May, the quote and two calls before it, and what followed."""
    first = fact(
        "order_placed", "crm:p1", naive(2026, 3, 1), record_id="O1", object_id="O-1", currency="EUR",
        amount=Decimal("120.00"),
        superseded_at=naive(2026, 5, 1),
    )  # fmt: skip
    return [
        first,
        {**first, "row_hash": "2", "amount": Decimal("1200.00"), "known_at": naive(2026, 5, 1), "superseded_at": None},
        fact("quote_sent", "erp:K1", naive(2026, 2, 20), amount=Decimal("1250.00"), currency="EUR"),
        fact("call_received", "crm:p1", naive(2026, 2, 24), quantity=12.0),
        fact("call_received", "crm:p1", naive(2026, 2, 26), quantity=3.0),
        fact("call_received", "crm:p1", naive(2025, 12, 1), quantity=9.0),
        fact("product_bought", "crm:p1", naive(2026, 3, 1), object_id="O-1", label="Pompe à vide"),
        fact("coupon_redeemed", "crm:p1", naive(2026, 3, 1), object_id="O-1", label="PRINTEMPS"),
        fact("order_delivered", "erp:K1", naive(2026, 3, 9), object_id="O-1"),
        fact("ticket_opened", "erp:K2", naive(2026, 2, 27), label="facture"),
    ]


def test_each_purchase_says_who_what_when_how_and_what_came_before_and_never_a_cause_that_nobody_knows(
    tmp_path: Path,
) -> None:
    folder = firm(tmp_path / "firm", order())
    told = json.loads(tell(folder, "7", "--json").stdout)
    (bought,) = told["purchases"]
    assert bought["who"] == {"fr": "Zoé L’Hôte", "en": "Zoé L’Hôte"}
    assert bought["what"]["fr"] == "Pompe à vide ; Commande livrée le 9 mars 2026"
    assert bought["how"]["en"] == "recorded by erp.rows, O-1; with the coupon PRINTEMPS"
    why = bought["why"]["en"]
    assert why.startswith("within the 60 days before: ")
    assert "Call received, 3 min on 26 Feb 2026 (2 times in all)" in why  # the call of December is too long ago
    assert "Quote sent, €1,250.00 on 20 Feb 2026" in why
    assert "facture" not in why, "it happened to another customer"
    spoken = tell(folder, "7", "--language", "fr").stdout
    assert "Commande passée, 1\u202f200,00\u00a0€ le 1er mars 2026" in spoken
    assert "Personnes\u00a0: Zoé L’Hôte" in spoken


def test_a_correction_is_told_with_both_days_and_an_earlier_day_still_shows_what_was_believed_then(
    tmp_path: Path,
) -> None:
    folder = firm(tmp_path / "firm", order())
    now = json.loads(tell(folder, "7", "--json").stdout)
    assert [one["words"]["en"] for one in now["corrections"]] == [
        "until 1 May 2026: Order placed, €120.00 on 1 Mar 2026; since: Order placed, €1,200.00 on 1 Mar 2026"
    ]
    then = json.loads(tell(folder, "7", "--json", day="2026-04-01").stdout)
    assert then["corrections"] == []
    assert then["purchases"][0]["words"]["en"] == "Order placed, €120.00 on 1 Mar 2026"
    before = tell(folder, "7", "--language", "en", day="2025-06-01").stdout
    assert "Nothing was known yet." in before


def test_a_name_that_fits_two_customers_is_refused_with_both_named_and_an_exact_name_is_enough(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", order())
    with pytest.raises(DataError, match=r"2 customers fit 'eclair': 7 Ateliers Éclair; 8 Ateliers Éclair Sud"):
        tell(folder, "eclair")
    assert json.loads(tell(folder, "Ateliers Éclair", "--json").stdout)["customer_id"] == 7
    assert json.loads(tell(folder, "sud", "--json").stdout)["customer_id"] == 8
    with pytest.raises(DataError, match="No customer's number, name, e-mail or city holds 'nobody'"):
        tell(folder, "nobody")


def test_the_limit_says_how_many_facts_were_left_out(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", order())
    spoken = tell(folder, "7", "--limit", "3", "--language", "en").stdout
    assert "... and 5 more (--limit)" in spoken
    assert "8 facts, from 1 Dec 2025 to 9 Mar 2026" in spoken
