"""Identity as a company meets it: one customer out of several silos, nobody joined by accident, every merge reversible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from prevenance.identity import IdentityReport, merge, resolve, unmerge
from prevenance.kit.clock import FixedClock
from prevenance.kit.problems import DataError
from prevenance.records.tables import CUSTOMERS, IDENTITIES, PEOPLE
from prevenance.storage import Lake, Ledger, ledger_tables, open_ledger
from tests.stories.rows import AS_OF, LONG_AGO, Row, lake_with, party, person, stored

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


def test_a_registration_number_makes_one_customer_of_three_systems(tmp_path: Path) -> None:
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="Mécaléa SARL", registration_number=SIREN),
            party("erp", "K7", name="MECALEA", registration_number=f"FR83{SIREN}"),
            party("helpdesk", "9", name="Mecalea (Lyon)", ids={"crm": "C1"}),
            party("crm", "C2", name="Boulangerie Martin", registration_number=OTHER_SIREN),
        ],
    )
    report = firm.resolve()
    assert firm.customer("crm:C1") == firm.customer("erp:K7") == firm.customer("helpdesk:9")
    assert firm.customer("crm:C1") != firm.customer("crm:C2")
    assert (report.n_customers, report.n_exact_links, report.rows_in) == (2, 2, 4)


def test_one_person_is_known_by_his_address_and_belongs_to_the_account_that_any_of_his_records_names(
    tmp_path: Path,
) -> None:
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="Mécaléa"),
            person("crm", "P1", first_name="Ada", last_name="Morel", email="ada@mecalea.fr", account_subject="crm:C1"),
            person("helpdesk", "77", name="Ada Morel", email="Ada@Mecalea.fr"),
        ],
    )
    report = firm.resolve()
    assert firm.person("crm:P1") == firm.person("helpdesk:77") is not None
    assert firm.customer("helpdesk:77") == firm.customer("crm:C1")
    assert (report.n_customers, report.n_people) == (1, 1)


def test_a_person_without_an_account_is_a_customer(tmp_path: Path) -> None:
    firm = company(tmp_path, [person("shop", "12", name="Zoé Petit", email="zoe@gmail.com")])
    assert firm.resolve().n_customers == 1
    assert stored(firm.lake, CUSTOMERS)[0]["customer_kind"] == "person"
    assert firm.customer("shop:12") == firm.customer("email:zoe@gmail.com")


def test_two_known_people_who_share_an_address_stay_two(tmp_path: Path) -> None:
    shared = {"email": "martin.durand@mecalea.fr", "account_subject": "crm:C1"}
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="Mécaléa"),
            person("crm", "P1", first_name="Jeanne", last_name="Martin", **shared),
            person("crm", "P2", first_name="Paul", last_name="Durand", **shared),
            person("helpdesk", "5", email="martin.durand@mecalea.fr"),
        ],
    )
    report = firm.resolve()
    assert firm.person("crm:P1") != firm.person("crm:P2")
    assert firm.person("helpdesk:5") not in {firm.person("crm:P1"), firm.person("crm:P2")}, "claimed by both, given to none"
    assert report.n_review >= 1


def test_two_people_of_one_name_with_two_birth_dates_stay_two(tmp_path: Path) -> None:
    same = {"first_name": "Jean", "last_name": "Martin", "account_subject": "crm:C1"}
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="Martin et Fils"),
            person("crm", "P1", birth_on=date(1950, 1, 2), **same),
            person("crm", "P2", birth_on=date(1980, 5, 6), **same),
        ],
    )
    firm.resolve()
    assert firm.person("crm:P1") != firm.person("crm:P2")


def test_people_of_two_companies_are_never_one_person(tmp_path: Path) -> None:
    one = {"first_name": "Lou", "last_name": "Blanc", "email": "lou@conseil.fr"}
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="Alpha Machines", registration_number=SIREN),
            party("crm", "C2", name="Beta Transports", registration_number=OTHER_SIREN),
            person("crm", "P1", account_subject="crm:C1", **one),
            person("crm", "P2", account_subject="crm:C2", **one),
        ],
    )
    firm.resolve()
    assert firm.person("crm:P1") != firm.person("crm:P2")
    assert firm.customer("email:lou@conseil.fr") is None, "an address of two customers names neither"


def test_two_registration_numbers_are_two_customers_whatever_else_agrees(tmp_path: Path) -> None:
    alike = {"name": "Garage Central", "postal_code": "69003", "email": "jean.garage@garage-central.fr"}
    firm = company(
        tmp_path,
        [
            party("crm", "C1", registration_number=SIREN, **alike),
            party("crm", "C2", registration_number=OTHER_SIREN, **alike),
            party("helpdesk", "9", **alike),
        ],
    )
    report = firm.resolve()
    assert len({firm.customer(subject) for subject in ("crm:C1", "crm:C2", "helpdesk:9")}) == 3
    assert report.n_review >= 1, "the record that fits both waits for a person"


def test_an_identifier_that_too_many_carry_joins_nobody(tmp_path: Path) -> None:
    crowd = [party("crm", f"C{i}", name=f"Firm number {i}", registration_number="732829320") for i in range(6)]
    assert company(tmp_path / "six", crowd).resolve().n_customers == 6
    assert company(tmp_path / "five", crowd[:5]).resolve().n_customers == 1


PLACEHOLDERS = st.sampled_from(
    ["", " ", "-", "0", "000", "n/a", "N/A", "na", "NaN", "null", "NULL", "None", "undefined", "[object Object]", "true", "false"]
    + ["guest", "Guest", "anonymous", "test", "test1", "inconnu", "Inconnue", "sans", "aucun", "néant", "xxx", "???", "admin", "-1"]
)
ROLE_MAILS = st.builds(
    "{}{}@{}".format,
    st.sampled_from(["contact", "info", "Contact", "compta", "facturation", "support", "noreply", "no-reply", "sav", "accueil"]),
    st.sampled_from(["", "1", ".fr", "+x"]),
    st.sampled_from(["mecalea.fr", "gmail.com", "firma.de"]),
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(PLACEHOLDERS, min_size=30, max_size=60), mails=st.lists(ROLE_MAILS, min_size=30, max_size=60))
def test_a_placeholder_joins_nobody(tmp_path_factory: pytest.TempPathFactory, ids: list[str], mails: list[str]) -> None:
    firms = [party("crm", f"C{i}", ids={"siren": value, "erp": value}) for i, value in enumerate(ids)]
    people = [person("helpdesk", f"{100 + i}", email=mail, ids={"product": "guest"}) for i, mail in enumerate(mails)]
    firm = company(tmp_path_factory.mktemp("placeholders"), firms + people)
    report = firm.resolve()
    assert (report.n_customers, report.n_exact_links) == (len(firms) + len(people), 0)


def test_a_probable_match_needs_more_than_a_common_name(tmp_path: Path) -> None:
    firm = company(
        tmp_path,
        [
            party("crm", "C1", name="SARL Boulangerie Martin", postal_code="69003", city="Lyon"),
            party("helpdesk", "9", name="Boulangerie Martin", attributes='{"domain_names":["boulangerie-martin.fr"]}'),
            party("erp", "K1", name="BOULANGERIE MARTIN SAS", postal_code="69003", city="LYON CEDEX 03"),
        ],
    )
    report = firm.resolve()
    assert firm.customer("crm:C1") == firm.customer("erp:K1"), "name and place agree"
    assert firm.customer("helpdesk:9") != firm.customer("crm:C1"), "a name alone is not enough"
    assert report.notes, "the report says that there were too few records to learn from"


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
    unmerge(firm.ledger, "crm:C2", "crm:C1", actor="ada", reason="not after all")
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


def test_undoing_a_merge_by_another_of_the_customers_ids_parts_the_same_two(tmp_path: Path) -> None:
    firm = company(tmp_path, two_firms())
    firm.resolve()
    before = firm.tables()
    merge(firm.ledger, "crm:C1", "crm:C2", actor="ada", reason="bought each other")
    unmerge(firm.ledger, "erp:K7", "crm:C2", actor="ada", reason="not after all")
    firm.resolve()
    assert firm.tables() == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["crm:C1", "erp:K7", "crm:C2"]), st.booleans()), max_size=4))
def test_whatever_was_decided_parting_every_pair_again_and_joining_none_restores_the_start(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, bool]]
) -> None:
    firm = company(tmp_path_factory.mktemp("decisions"), two_firms())
    firm.resolve()
    before = firm.tables()
    for left, is_merge in steps:
        (merge if is_merge else unmerge)(firm.ledger, left, "crm:P1" if left == "crm:C2" else "crm:C2", actor="a", reason="r")
    for left in ("crm:C1", "erp:K7"):
        unmerge(firm.ledger, left, "crm:C2", actor="a", reason="back")
    firm.resolve()
    assert firm.tables() == before


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
    firm = company(tmp_path, two_firms())
    firm.resolve()
    before, version = firm.customer("crm:C1"), firm.lake.version(IDENTITIES)
    assert firm.resolve().rows_new == 0
    assert firm.lake.version(IDENTITIES) == version, "nothing was committed"
    late = party("aaa", "1", name="Mecalea", registration_number=SIREN, known_at=datetime(2026, 10, 1))
    firm.lake = lake_with(tmp_path / "lake", [late])
    firm.resolve()
    assert firm.customer("aaa:1") == firm.customer("crm:C1") == before


def test_records_loaded_in_another_order_give_the_same_tables(tmp_path: Path) -> None:
    first, second = company(tmp_path / "a", two_firms()), company(tmp_path / "b", reversed(two_firms()))
    first.resolve()
    second.resolve()
    assert first.tables() == second.tables()


def test_what_was_not_yet_known_does_not_count(tmp_path: Path) -> None:
    late = datetime(2026, 6, 1)
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
            party("erp", "K7", name="MECALEA SA", city="LYON", phone="0472000001", known_at=datetime(2026, 1, 1), **numbers),
            party("crm", "C1", name="Mécaléa", email="n/a", known_at=datetime(2024, 1, 1), **numbers),
            party("crm", "C9", name="Mécaléa SAS", known_at=datetime(2025, 1, 1), **numbers),
        ],
    )
    firm.resolve()
    (customer,) = stored(firm.lake, CUSTOMERS)
    assert (customer["name"], customer["city"], customer["phone"]) == ("Mécaléa SAS", "LYON", "0472000001")
    assert customer["email"] is None, "a placeholder is no address"
    assert (customer["sources"], customer["customer_since"]) == ("crm,erp", datetime(2024, 1, 1))


def test_a_ledger_that_knows_no_decision_changes_nothing(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", two_firms())
    quiet = open_ledger(f"sqlite:///{tmp_path / 'other.db'}", clock=FixedClock(AS_OF))
    assert resolve(lake, quiet, as_of=AS_OF).n_customers == 2
