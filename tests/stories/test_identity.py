"""Identity as a company meets it: one customer out of several silos, nobody joined by accident, merges reversible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.stories.rows import AS_OF, LONG_AGO, Row, lake_with, naive, party, person, stored

from prevenance.identity import IdentityReport, merge, resolve, unmerge
from prevenance.kit.problems import DataError
from prevenance.records.tables import CUSTOMERS, IDENTITIES, PEOPLE
from prevenance.storage import Lake, Ledger, ledger_tables, open_ledger

SIREN, OTHER_SIREN = "552100554", "803663442"


class TickingClock:
    """Moves on by a second each time it is asked."""

    def __init__(self) -> None:
        self._at = AS_OF

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


@dataclass
class Company:
    """Holds one company's lake and ledger."""

    lake: Lake
    ledger: Ledger
    report: IdentityReport | None = None

    def resolve(self, as_of: datetime = AS_OF) -> IdentityReport:
        return resolve(self.lake, self.ledger, as_of=as_of)

    def customer(self, subject: str) -> int | None:
        return self._of(subject, "customer_id")

    def person(self, subject: str) -> int | None:
        return self._of(subject, "person_id")

    def tables(self) -> list[list[Row]]:
        return [stored(self.lake, table) for table in (IDENTITIES, CUSTOMERS, PEOPLE)]

    def _of(self, subject: str, column: str) -> int | None:
        found = [row[column] for row in stored(self.lake, IDENTITIES) if row["subject"] == subject]
        return found[0] if found else None


def company(folder: Path, parties: Iterable[Row]) -> Company:
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}", clock=TickingClock())
    return Company(lake_with(folder / "lake", parties), ledger)


# One company for all that can be told of it at once: each story has records of its own.
ALIKE = {"name": "Garage Central", "postal_code": "69003", "email": "jean.garage@garage-central.fr"}
SHARED = {"email": "martin.durand@tours-precision.fr", "account_subject": "crm:C30"}
CONSULTANT = {"first_name": "Lou", "last_name": "Blanc", "email": "lou@conseil.fr"}
NAMESAKES = {"first_name": "Jean", "last_name": "Martin", "account_subject": "crm:C40"}
PLACEHOLDERS = [
    "", " ", "-", "0", "000", "n/a", "N/A", "na", "NaN", "null", "NULL", "None", "undefined", "[object Object]", "true",
    "guest", "Guest", "anonymous", "test", "test1", "inconnu", "Inconnue", "sans", "aucun", "néant", "xxx", "-1",
]  # fmt: skip
ROLE_MAILS = [
    "contact@x.fr",
    "Contact@gmail.com",
    "info@firma.de",
    "compta@x.fr",
    "no-reply@x.fr",
    "sav+1@x.fr",
    "n/a@test.com",
]
RECORDS = [
    party("crm", "C1", name="Mécaléa SARL", registration_number=SIREN),
    party("erp", "K7", name="MECALEA", registration_number=f"FR83{SIREN}"),
    party("helpdesk", "9", name="Mecalea (Lyon)", ids={"crm": "C1"}),
    party("crm", "C2", name="Pâtisserie Lenoir", registration_number=OTHER_SIREN),
    person("crm", "P1", first_name="Ada", last_name="Morel", email="ada@mecalea.fr", account_subject="crm:C1"),
    person("helpdesk", "77", name="Ada Morel", email="Ada@Mecalea.fr"),
    person("shop", "12", name="Zoé Petit", email="zoe@gmail.com"),
    party("crm", "C30", name="Tours de précision"),
    person("crm", "P30", first_name="Jeanne", last_name="Martin", **SHARED),
    person("crm", "P31", first_name="Paul", last_name="Durand", **SHARED),
    person("helpdesk", "305", email=SHARED["email"]),
    party("crm", "C40", name="Martin et Fils"),
    person("crm", "P40", birth_on=date(1950, 1, 2), **NAMESAKES),
    person("crm", "P41", birth_on=date(1980, 5, 6), **NAMESAKES),
    party("crm", "C50", name="Alpha Machines", registration_number="404833048"),
    party("crm", "C51", name="Beta Transports", registration_number="552032534"),
    person("crm", "P50", account_subject="crm:C50", **CONSULTANT),
    person("crm", "P51", account_subject="crm:C51", **CONSULTANT),
    party("crm", "C60", registration_number="542051180", **ALIKE),
    party("crm", "C61", registration_number="775670417", **ALIKE),
    party("helpdesk", "60", **ALIKE),
    *(party("crm", f"C7{i}", name=f"Crowd member {i}", registration_number="732829320") for i in range(6)),
    *(party("crm", f"C8{i}", name=f"Little group {i}", registration_number="480470152") for i in range(5)),
    party("crm", "C90", name="SARL Boulangerie Martin", postal_code="69003", city="Lyon"),
    party("helpdesk", "90", name="Boulangerie Martin", attributes='{"domain_names":["boulangerie-martin.fr"]}'),
    party("erp", "K90", name="BOULANGERIE MARTIN SAS", postal_code="69003", city="LYON CEDEX 03"),
]
NOBODIES = [
    *(party("legacy", f"L{i}", ids={"siren": value, "erp": value}) for i, value in enumerate(PLACEHOLDERS * 2)),
    *(person("legacy", f"M{i}", email=mail, ids={"product": "guest"}) for i, mail in enumerate(ROLE_MAILS * 2)),
]


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Return the company, resolved."""
    whole = company(tmp_path_factory.mktemp("firm"), RECORDS)
    whole.report = whole.resolve()
    return whole


def test_a_registration_number_makes_one_customer_of_three_systems(firm: Company) -> None:
    assert firm.customer("crm:C1") == firm.customer("erp:K7") == firm.customer("helpdesk:9") is not None
    assert firm.customer("crm:C1") != firm.customer("crm:C2")


def test_a_person_is_known_by_his_address_and_belongs_to_the_account_any_of_his_records_names(
    firm: Company,
) -> None:
    assert firm.person("crm:P1") == firm.person("helpdesk:77") is not None
    assert firm.customer("helpdesk:77") == firm.customer("crm:C1")


def test_a_person_without_an_account_is_a_customer(firm: Company) -> None:
    zoe = firm.customer("shop:12")
    assert zoe == firm.customer("email:zoe@gmail.com")
    kinds = {row["customer_id"]: row["customer_kind"] for row in stored(firm.lake, CUSTOMERS)}
    assert zoe is not None
    assert (kinds[zoe], kinds[firm.customer("crm:C1")]) == ("person", "account")


def test_two_known_people_who_share_an_address_stay_two(firm: Company) -> None:
    both = {firm.person("crm:P30"), firm.person("crm:P31")}
    assert len(both) == 2
    assert firm.person("helpdesk:305") not in both, "claimed by both, given to none"


def test_two_people_of_one_name_with_two_birth_dates_stay_two(firm: Company) -> None:
    assert firm.person("crm:P40") != firm.person("crm:P41")


def test_people_of_two_companies_are_never_one_person(firm: Company) -> None:
    assert firm.person("crm:P50") != firm.person("crm:P51")
    assert firm.customer("email:lou@conseil.fr") is None, "an address of two customers names neither"


def test_two_registration_numbers_are_two_customers_whatever_else_agrees(firm: Company) -> None:
    assert len({firm.customer(subject) for subject in ("crm:C60", "crm:C61", "helpdesk:60")}) == 3


def test_an_identifier_that_too_many_carry_joins_nobody(firm: Company) -> None:
    assert len({firm.customer(f"crm:C7{i}") for i in range(6)}) == 6
    assert len({firm.customer(f"crm:C8{i}") for i in range(5)}) == 1


def test_a_probable_match_needs_more_than_a_common_name(firm: Company) -> None:
    assert firm.customer("crm:C90") == firm.customer("erp:K90"), "name and place agree"
    assert firm.customer("helpdesk:90") != firm.customer("crm:C90"), "a name alone is not enough"


def test_the_report_counts_links_and_what_waits_for_a_person_and_says_how_it_was_done(firm: Company) -> None:
    report = firm.report
    assert report is not None
    assert (report.rows_in, report.n_exact_links, report.n_probable_links) == (len(RECORDS), 7, 1)
    assert report.n_review >= 4, "the shared address, the record claimed by two firms, the consultant"
    assert len(report.notes) == 2, "too few records to learn from, of either kind"


def test_a_placeholder_joins_nobody(tmp_path: Path) -> None:
    report = company(tmp_path, NOBODIES).resolve()
    assert (report.n_customers, report.n_exact_links) == (len(NOBODIES), 0)


def two_firms() -> list[Row]:
    return [
        party("crm", "C1", name="Mécaléa", registration_number=SIREN, known_at=LONG_AGO),
        party("erp", "K7", name="MECALEA", registration_number=SIREN, known_at=LONG_AGO + timedelta(days=1)),
        party("crm", "C2", name="Ateliers du Rhône", registration_number=OTHER_SIREN, known_at=LONG_AGO),
        person("crm", "P1", name="Ada Morel", email="ada@mecalea.fr", account_subject="crm:C1"),
        person("crm", "P2", name="Bo Lind", email="bo@rhone.fr", account_subject="crm:C2"),
    ]


def test_a_merge_joins_and_an_unmerge_gives_back_exactly_what_was(tmp_path: Path) -> None:
    firm = company(tmp_path, two_firms())
    firm.resolve()
    before = firm.tables()
    merge(firm.ledger, "crm:C1", "crm:C2", actor="ada", reason="bought each other")
    firm.resolve()
    assert firm.customer("crm:C1") == firm.customer("crm:C2") == firm.customer("crm:P2")
    unmerge(firm.ledger, "crm:C2", "erp:K7", actor="ada", reason="not after all")  # another id of the same customer
    firm.resolve()
    assert firm.tables() == before


def test_an_unmerge_parts_what_an_identifier_joined_and_a_later_merge_overrules_it(tmp_path: Path) -> None:
    firm = company(tmp_path, two_firms())
    firm.resolve()
    joined = firm.tables()
    unmerge(firm.ledger, "crm:C1", "erp:K7", actor="ada", reason="the number was typed into the wrong row")
    firm.resolve()
    assert firm.customer("crm:C1") != firm.customer("erp:K7")
    merge(firm.ledger, "erp:K7", "crm:C1", actor="bo", reason="it was right")
    firm.resolve()
    assert [row["customer_id"] for row in firm.tables()[0]] == [row["customer_id"] for row in joined[0]]


def test_a_decision_needs_a_reason_two_subjects_and_leaves_an_audit_entry(ledger: Ledger) -> None:
    with pytest.raises(DataError, match="reason"):
        merge(ledger, "crm:C1", "crm:C2", actor="ada", reason=" ")
    with pytest.raises(DataError, match="different"):
        unmerge(ledger, "crm:C1", "crm:C1", actor="ada", reason="typo")
    entries = ledger.verify_audit().n_entries
    merge(ledger, "crm:C1", "crm:C2", actor="ada", reason="same firm")
    assert ledger.verify_audit().n_entries == entries + 1
    with ledger.read() as connection:
        kept = connection.execute(select(ledger_tables.identity_decisions)).all()
    assert [(row.kind, row.left_subject, row.right_subject) for row in kept] == [("merge", "crm:C1", "crm:C2")]


def test_resolving_again_changes_nothing_and_new_records_keep_old_ids(tmp_path: Path) -> None:
    firm = company(tmp_path, reversed(two_firms()))
    firm.resolve()
    before, version = firm.customer("crm:C1"), firm.lake.version(IDENTITIES)
    assert firm.resolve().rows_new == 0
    assert firm.lake.version(IDENTITIES) == version, "nothing was committed"
    late = party("aaa", "1", name="Mecalea", registration_number=SIREN, known_at=naive(2026, 10, 1))
    firm.lake = lake_with(tmp_path / "lake", [late])
    firm.resolve()
    assert firm.customer("aaa:1") == firm.customer("crm:C1") == before


def test_what_was_not_yet_known_does_not_count(tmp_path: Path) -> None:
    late = naive(2026, 6, 1)
    firm = company(
        tmp_path,
        [party("crm", "C1", name="Mécaléa"), party("erp", "K7", name="Mecalea", known_at=late, ids={"crm": "C1"})],
    )
    firm.resolve(as_of=datetime(2026, 5, 1, tzinfo=UTC))
    assert firm.customer("erp:K7") is None
    firm.resolve()
    assert firm.customer("erp:K7") == firm.customer("crm:C1")


def test_a_portrait_takes_the_freshest_value_of_the_most_trusted_source(tmp_path: Path) -> None:
    numbers = {"registration_number": SIREN}
    firm = company(
        tmp_path,
        [
            party(
                "erp",
                "K7",
                name="MECALEA SA",
                city="LYON",
                phone="0472000001",
                known_at=naive(2026, 1, 1),
                **numbers,
            ),
            party("crm", "C1", name="Mécaléa", email="n/a", known_at=naive(2024, 1, 1), **numbers),
            party("crm", "C9", name="Mécaléa SAS", known_at=naive(2025, 1, 1), **numbers),
        ],
    )
    firm.resolve()
    (customer,) = stored(firm.lake, CUSTOMERS)
    assert (customer["name"], customer["city"], customer["phone"]) == ("Mécaléa SAS", "LYON", "0472000001")
    assert customer["email"] is None, "a placeholder is no address"
    assert (customer["sources"], customer["customer_since"]) == ("crm,erp", naive(2024, 1, 1))
