"""Every check of the audit: silent on a clean company, speaks on one whose data have exactly its fault."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.stories.rows import AS_OF, LONG_AGO, Row, arrow, fact, lake_with, naive, party, person

from prevenance.audit.base import AuditContext, Check
from prevenance.audit.profile import Profile, keep_profiles
from prevenance.kit.catalogue import load
from prevenance.records.tables import IDENTITIES
from prevenance.sources import SourceMapping
from prevenance.storage import Lake

CHECKS = load("prevenance.audit.checks", Check)
N = 30
FIRST, LAST = naive(2024, 1, 3), naive(2026, 10, 28)


NOTES = SourceMapping.model_validate(
    {
        "source": "crm",
        "grounds": {"care": {"purpose": "serve the customer", "basis": "contract"}},
        "streams": {
            "notes": {
                "connector": "csv_file",
                "location": "notes.csv",
                "record_id": "no",
                "subject": "crm:{client}",
                "fields": {"no": "care", "client": "care", "day": "care", "Objet": "care"},
                "events": [{"kind": "interaction_logged", "occurred_at": "day", "label": "Objet"}],
            }
        },
    }
)


class Files:
    """Holds what a company's systems sent, to be spoilt one way at a time."""

    def __init__(self) -> None:
        self.parties: list[Row] = []
        for i in range(N):
            number, code = str(404833048 + 7919 * i), f"{10_000 + i}"
            same = {"registration_number": number, "postal_code": code, "name": f"Firm {i}zur", "language": "fr"}
            self.parties += [
                party("crm", f"C{i}", email=f"ada@firm{i}.fr", phone=f"04720{i:05d}", **same),
                party("erp", f"K{i}", email=f"ada@firm{i}.fr", phone=f"+334720{i:05d}", **same),
                person(
                    "crm",
                    f"P{i}",
                    first_name="Bo",
                    last_name=f"Lind{i}",
                    email=f"bo.lind@firm{i}.fr",
                    account_subject=f"crm:C{i}",
                ),
            ]
        self.facts = [
            fact("order_placed", f"erp:K{i}", FIRST + timedelta(days=7 * week), stream="orders")
            for i in range(N)
            for week in range((LAST - FIRST).days // 7 + 1)
        ]
        self.facts += [self.meeting(i, number) for i in range(N) for number in range(3)]
        self.facts += [self.note(i, number) for i in range(N) for number in range(3)]
        self.consents = [self.consent(i, recorded_at=naive(2025, 5, 1)) for i in range(N)]
        self.quarantine: list[Row] = []
        self.before: dict[str, Profile] = {}
        self.bases: dict[str, str | None] = {"crm.clients.E-mail": "contract"}

    def meeting(self, customer: int, number: int) -> Row:
        return fact("site_visited", f"erp:K{customer}", FIRST + timedelta(days=330 * number + customer), source="field")

    def note(self, customer: int, number: int) -> Row:
        day = FIRST + timedelta(days=330 * number + customer, hours=6)
        label = ("Facturation", "Panne machine", "Pièce 12", "Pièce 13")[(customer + number) % 4]
        return fact("interaction_logged", f"crm:C{customer}", day, source="crm", stream="notes", label=label)

    def consent(self, customer: int, **fields: object) -> Row:
        usual = {"source": "crm", "stream": "contacts", "record_id": f"P{customer}", "subject": f"crm:P{customer}"}
        choice = {"channel": "email", "purpose": "marketing", "is_given": True, "known_at": LONG_AGO}
        return {**usual, **choice, **fields}

    def context(self, folder: Path) -> AuditContext:
        lake: Lake = lake_with(folder, self.parties, self.facts, self.consents, self.quarantine)
        known = [{"subject": f"{system}{i}", "customer_id": i + 1} for i in range(N) for system in ("crm:C", "erp:K")]
        lake.replace(IDENTITIES, arrow(IDENTITIES, known))
        keep_profiles(lake, self.before, as_of=AS_OF - timedelta(days=1))
        return AuditContext(lake, AS_OF, self.bases, mappings=(NOTES,))

    def of(self, source: str, kind: str) -> list[Row]:
        return [row for row in self.parties if row["source"] == source and row["party_kind"] == kind]


def no_contact(files: Files) -> None:
    for row in files.of("crm", "account")[:10]:
        row.update(email=None, phone="")


def two_truths(files: Files) -> None:
    for row in files.of("erp", "account")[:10]:
        row.update(language="en")


def doubled(files: Files) -> None:
    files.parties += [{**row, "party_id": f"crm:accounts:D{i}", "record_id": f"D{i}"}
                      for i, row in enumerate(files.of("crm", "account")[:3])]  # fmt: skip


def fell_silent(files: Files) -> None:
    files.facts = [row for row in files.facts if row["source"] != "erp" or row["occurred_at"] < naive(2026, 8, 1)]


def short_past(files: Files) -> None:
    files.facts = [row for row in files.facts if row["occurred_at"] > naive(2026, 4, 1)]


def no_basis(files: Files) -> None:
    files.bases["crm.clients.Religion"] = None


def placeholders(files: Files) -> None:
    for row in files.of("crm", "account")[:4]:
        row["ids"] = {"erp": "n/a"}


def refused(files: Files) -> None:
    row = {"source": "erp", "stream": "orders", "record_id": "7", "row_hash": "1", "as_of": LONG_AGO}
    files.quarantine.append({**row, "reason": "impossible_date", "field": "ordered_on", "value": "2024-02-30"})


def old_consents(files: Files) -> None:
    files.consents = [files.consent(i, recorded_at=naive(2019, 1, 1)) for i in range(N)]


def unnoted(files: Files) -> None:
    files.facts = [row for row in files.facts if row["kind"] != "interaction_logged" or row["subject"] < "crm:C15"]


def hole(files: Files) -> None:
    files.facts = [row for row in files.facts if not naive(2025, 6, 1) <= row["occurred_at"] < naive(2025, 8, 1)]


def illness(files: Files) -> None:
    files.facts[0]["text"] = "Je suis en arrêt maladie, rappelez-moi en mai."


def illegible(files: Files) -> None:
    files.of("crm", "account")[0]["name"] = "MÃ©tallerie SociÃ©tÃ©"


def billed_twice(files: Files) -> None:
    for day in (1, 3):
        files.facts.append(fact("invoice_issued", "erp:K1", naive(2026, 5, day), amount=Decimal("120.00")))


def marked_once_gone(files: Files) -> None:
    for number in range(20, 60):
        gone = number < 40
        segment = "Résilié" if gone else "Actif"
        same = {"name": f"Other {number}", "email": f"bo@other{number}.fr", "phone": f"04720{number:05d}"}
        files.parties.append(party("crm", f"X{number}", segment=segment, language="fr", **same))
        if gone:
            files.facts.append(fact("contract_ended", f"crm:X{number}", naive(2026, 5, 1)))


def in_dollars_too(files: Files) -> None:
    for currency, customer in (("EUR", 1), ("EUR", 2), ("USD", 3)):
        day = naive(2026, 5, customer)
        amount = {"amount": Decimal("80.00"), "currency": currency}
        files.facts.append(fact("payment_received", f"erp:K{customer}", day, **amount))


def each_in_his_own_words(files: Files) -> None:
    words = iter(("FACT", "facturation ", "Billing", "Facturaton", "Panne machines"))
    for row in files.facts:
        if row.get("label") in {"Facturation", "Panne machine"}:
            row["label"] = next(words, row["label"])


def homeless(files: Files) -> None:
    for row in files.of("crm", "person")[:9]:
        row["account_subject"] = None


def torn(files: Files) -> None:
    for i in range(3):
        files.consents.append(files.consent(i, channel="phone", is_given=False, recorded_at=naive(2025, 5, 1)))


def unreachable(files: Files) -> None:
    files.of("crm", "person")[0]["email"] = "bo.lind at firm"


def worse_than_before(files: Files) -> None:
    shares = {"believed": 1.0, "reachable": 1.0, "usable_address": 1.0, "in_order": 1.0}
    files.before = {"crm": Profile(shares, dict.fromkeys(shares, 2 * N))}
    no_contact(files)


FAULTS: dict[str, Callable[[Files], None]] = {
    "category_spellings": each_in_his_own_words,
    "consistency": two_truths,
    "contact_details": no_contact,
    "contradicting_choices": torn,
    "drift": worse_than_before,
    "duplicates": doubled,
    "freshness": fell_silent,
    "garbled_text": illegible,
    "history_length": short_past,
    "leak_suspects": marked_once_gone,
    "legal_basis": no_basis,
    "mixed_currencies": in_dollars_too,
    "placeholder_values": placeholders,
    "people_without_account": homeless,
    "quarantine_share": refused,
    "repeated_invoices": billed_twice,
    "special_categories": illness,
    "stale_consents": old_consents,
    "touch_point_coverage": unnoted,
    "unusable_addresses": unreachable,
    "volume_gaps": hole,
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> AuditContext:
    return Files().context(tmp_path_factory.mktemp("clean"))


def test_every_check_has_a_fault_to_find() -> None:
    assert set(CHECKS) == set(FAULTS), "give a new check a company with its fault, here"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_is_silent_on_a_clean_company(check: Check, clean: AuditContext) -> None:
    assert check.run(clean) == ()


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_speaks_on_its_fault_in_both_languages_with_repair_and_gain(check: Check, tmp_path: Path) -> None:
    files = Files()
    FAULTS[check.name](files)
    found = check.run(files.context(tmp_path))
    assert found
    for finding in found:
        assert finding.check == check.name
        assert finding.n_rows > 0
        assert finding.share is None or 0 < finding.share <= 1
        for words in (finding.title, finding.detail, finding.repair, finding.gain, check.words):
            assert words.fr
            assert words.en
            assert "{" not in words.fr + words.en, "a place was left empty"
