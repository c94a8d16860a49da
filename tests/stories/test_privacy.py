"""What people want is what happens: an opt-out covers every spelling and survives every import."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.outreach import ADA, AT

from prevenance.kit.clock import SystemClock
from prevenance.kit.problems import BrokenPromiseError, PolicyError
from prevenance.privacy import NotNow, Permit, Wishes, ask, import_consents
from prevenance.privacy.address import normalised
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.tables import CONSENT_RECORDS, IDENTITIES, PARTIES
from prevenance.storage import open_lake, open_ledger

BY_CONSENT = replace(ADA, purpose="marketing", message_class="consent_marketing")
OWN_CUSTOMER = replace(ADA, purpose="marketing", message_class="soft_optin")
PROOF = {"who": "Ada Lovelace", "when": "2026-11-01T10:00:00Z", "how": "preference page", "wording": "J’accepte"}
NAIVE = AT.replace(tzinfo=None)


@pytest.fixture
def lake(tmp_path):
    return open_lake(tmp_path / "lake")


def rows(table, *rows):
    return pa.Table.from_pylist([{**dict.fromkeys(table.columns), **row} for row in rows])


def asked(ledger, request, at=AT):
    with ledger.read() as tx:
        return ask(tx, request, at=at)


def give(ledger, at=AT):
    with ledger.begin() as tx:
        Wishes(tx, at=at, actor="ada").give(
            ADA.address, "email", "marketing", proof=PROOF, text_version="2026-1", source="page"
        )


def withdraw(ledger, address=ADA.address, at=AT, **options):
    with ledger.begin() as tx:
        Wishes(tx, at=at, actor="recipient").withdraw(address, "email", source="link", **options)


def crm_says(lake, is_given, *, recorded_at=NAIVE, proof="web form 2026-10-02", purpose="marketing", customer_id=1042):
    """Load what a CRM record says about ada, as sources and identity would."""
    record = {"source": "crm", "stream": "contacts", "record_id": "7", "subject": "crm:7", "channel": "email"}
    said = {"purpose": purpose, "is_given": is_given, "recorded_at": recorded_at, "known_at": NAIVE, "proof": proof}
    lake.upsert(CONSENT_RECORDS, rows(CONSENT_RECORDS, record | said))
    party = {"party_id": "crm:contacts:7", "party_kind": "person", "email": "Ada@Example.com", "country": "FR"}
    kept = {"source": "crm", "stream": "contacts", "record_id": "7", "row_hash": "h", "known_at": NAIVE}
    lake.replace(PARTIES, rows(PARTIES, party | kept))
    identity = {"subject": "crm:7", "customer_id": customer_id, "person_id": 7, "party_id": "crm:contacts:7"}
    lake.replace(IDENTITIES, rows(IDENTITIES, identity | {"evidence": "own", "match_probability": 1.0}))


def test_a_permit_names_what_it_allows_and_for_how_long(ledger):
    permit = asked(ledger, ADA)
    assert isinstance(permit, Permit)
    assert (permit.customer_id, permit.address, permit.channel, permit.purpose) == (
        1042,
        ADA.address,
        "email",
        "service",
    )
    assert permit.covers(address=ADA.address, channel="email", at=AT + timedelta(minutes=4))
    assert not permit.covers(address=ADA.address, channel="email", at=AT + timedelta(minutes=6))
    assert not permit.covers(address="eve@example.com", channel="email", at=AT)


def test_nobody_else_can_make_a_permit(ledger):
    permit = asked(ledger, ADA)
    with pytest.raises(BrokenPromiseError):
        Permit(**{name: value for name, value in vars(permit).items() if name != "seal"})


def test_without_consent_nothing_is_sold_by_consent(ledger):
    assert asked(ledger, BY_CONSENT).rule == "legal_ground"
    give(ledger)
    assert isinstance(asked(ledger, BY_CONSENT), Permit)


def test_a_consent_without_proof_is_not_recorded(ledger):
    with pytest.raises(PolicyError, match="wording"), ledger.begin() as tx:
        Wishes(tx, at=AT, actor="ada").give(
            ADA.address, "email", "marketing", proof={**PROOF, "wording": ""}, text_version="1", source="page"
        )


def test_an_optout_wins_until_the_person_takes_it_back(ledger):
    give(ledger)
    withdraw(ledger, at=AT + timedelta(minutes=1))
    assert asked(ledger, BY_CONSENT, AT + timedelta(minutes=2)).rule == "opt_out"
    give(ledger, at=AT + timedelta(minutes=3))
    assert isinstance(asked(ledger, BY_CONSENT, AT + timedelta(minutes=4)), Permit)


def test_a_complaint_is_not_taken_back_by_a_consent(ledger):
    withdraw(ledger, reason="complaint")
    give(ledger, at=AT + timedelta(minutes=1))
    assert asked(ledger, BY_CONSENT, AT + timedelta(minutes=2)).rule == "opt_out"


def test_an_optout_covers_every_profile_that_holds_the_address(ledger):
    withdraw(ledger)
    stranger = replace(OWN_CUSTOMER, customer_id=5, person_id=None, address="ADA@EXAMPLE.COM")
    assert asked(ledger, stranger).rule == "opt_out"
    assert isinstance(asked(ledger, replace(stranger, address="ada+shop@example.com")), Permit)


def test_a_no_to_selling_leaves_service_and_a_no_to_all_leaves_nothing(ledger):
    withdraw(ledger)
    assert isinstance(asked(ledger, ADA), Permit)
    withdraw(ledger, purpose="all", reason="hard bounce")
    assert asked(ledger, ADA).rule == "opt_out"


def test_an_objector_is_not_sold_to_and_not_scored(ledger):
    with ledger.begin() as tx:
        wishes = Wishes(tx, at=AT, actor="ada")
        wishes.object_to("profiling", customer_id=1042, person_id=7, address=ADA.address, source="page")
        assert wishes.objectors() == {1042}
        assert wishes.objectors("marketing") == frozenset()
    assert asked(ledger, OWN_CUSTOMER).rule == "objection"
    merged = replace(OWN_CUSTOMER, customer_id=77, person_id=None)
    assert asked(ledger, merged).rule == "objection"


def test_a_crm_cannot_turn_an_optout_back_on(ledger, lake):
    withdraw(ledger)
    crm_says(lake, True, recorded_at=NAIVE + timedelta(days=30))
    import_consents(lake, ledger, as_of=AT)
    for request in (BY_CONSENT, OWN_CUSTOMER):
        assert asked(ledger, request).rule == "opt_out"


def test_a_crm_that_changes_its_mind_to_yes_is_not_believed(ledger, lake):
    crm_says(lake, False)
    import_consents(lake, ledger, as_of=AT)
    crm_says(lake, True, recorded_at=NAIVE + timedelta(days=1))
    import_consents(lake, ledger, as_of=AT)
    assert asked(ledger, BY_CONSENT).rule == "opt_out"


def test_an_imported_consent_counts_only_with_proof(ledger, lake):
    crm_says(lake, True, proof=None)
    import_consents(lake, ledger, as_of=AT)
    assert isinstance(asked(ledger, BY_CONSENT), Undetermined)
    crm_says(lake, True, proof="double opt-in, 2 Oct 2026")
    import_consents(lake, ledger, as_of=AT)
    assert isinstance(asked(ledger, BY_CONSENT), Permit)


def test_importing_twice_takes_nothing_in_twice(ledger, lake):
    crm_says(lake, True)
    first, second = import_consents(lake, ledger, as_of=AT), import_consents(lake, ledger, as_of=AT)
    assert (first.taken, second.taken, second.known) == (1, 0, 1)


def test_an_imported_objection_follows_the_customer_to_its_new_id(ledger, lake):
    crm_says(lake, False, purpose="profiling")
    import_consents(lake, ledger, as_of=AT)
    crm_says(lake, False, purpose="profiling", customer_id=2042)
    import_consents(lake, ledger, as_of=AT)
    with ledger.read() as tx:
        assert Wishes(tx, at=AT, actor="-").objectors() == {1042, 2042}


def test_at_night_the_answer_says_when_the_morning_comes(ledger):
    answer = asked(ledger, ADA, datetime(2026, 11, 24, 23, tzinfo=UTC))
    assert isinstance(answer, NotNow)
    assert isinstance(answer, Refusal)
    assert answer.opens_at == datetime(2026, 11, 25, 6, tzinfo=UTC)


@given(
    local=st.text("abcdefghij0123456789", min_size=1, max_size=12),
    capitals=st.lists(st.booleans(), min_size=12, max_size=12),
    spaces=st.sampled_from(["", " ", "\t", "\n"]),
)
def test_every_spelling_of_a_mailbox_is_one_mailbox(local, capitals, spaces):
    written = "".join(letter.upper() if up else letter for letter, up in zip(local, capitals, strict=False))
    assert normalised("email", f"{spaces}{written}@EXAMPLE.com{spaces}") == normalised("email", f"{local}@example.com")


WISH = st.sampled_from(["personal yes", "withdraw", "crm yes", "crm no", "crm yes with proof", "merge"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(WISH, max_size=8))
def test_whatever_happens_consent_is_never_weakened(history, tmp_path_factory):
    """Model: selling is allowed only if the person's last word is yes, or nobody ever said no and a proof exists."""
    folder = tmp_path_factory.mktemp("wishes")
    ledger, lake = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock()), open_lake(folder / "lake")
    said_no = said_yes_since = has_proof = False
    customer = 1042
    for minute, wish in enumerate(history):
        at = AT + timedelta(minutes=minute)
        if wish == "personal yes":
            give(ledger, at=at)
            said_yes_since = has_proof = True
        elif wish == "withdraw":
            withdraw(ledger, at=at)
            said_no, said_yes_since = True, False
        elif wish == "merge":
            customer += 1
        else:
            is_given, proof = "yes" in wish, "form" if "proof" in wish else None
            moment = at.replace(tzinfo=None)
            crm_says(lake, is_given, proof=proof, recorded_at=moment, customer_id=customer)
            import_consents(lake, ledger, as_of=at + timedelta(hours=1))
            if is_given:
                has_proof = has_proof or proof is not None
            else:
                said_no, said_yes_since = True, False
    request = replace(BY_CONSENT, customer_id=customer)
    is_allowed = isinstance(asked(ledger, request, AT + timedelta(minutes=30)), Permit)
    assert is_allowed == (has_proof and (said_yes_since or not said_no))
    ledger.close()
