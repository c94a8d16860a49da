"""From an approval to a letter: sent once, to the right person, exactly as approved, or not at all."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests.outreach import ADA, AT, OUTBOX, MovingClock, approve, draft, mail_server, queue, row_of, statuses

from prevenance.actions import Sending, deliver, enqueue, load_channels, reconcile
from prevenance.kit.problems import ConfigurationError, PolicyError
from prevenance.privacy import Wishes
from prevenance.records.answers import Refusal
from prevenance.storage import ledger_tables
from prevenance.storage.ledger_schema import metadata


@pytest.fixture
def clock():
    return MovingClock()


def send(ledger, mailbox, clock, **options):
    return deliver(ledger, load_channels(mailbox.mail), clock=clock, for_real=True, **options)


def read(letter):
    return email.message_from_string(letter, policy=email.policy.default)


def everything(ledger):
    with ledger.read() as tx:
        return {name: tx.execute(select(table)).all() for name, table in metadata.tables.items()}


def test_an_approved_message_arrives_once_and_as_written(ledger, clock, tmp_path):
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path) as mailbox:
        report = send(ledger, mailbox, clock)
        again = send(ledger, mailbox, clock)
    ((recipient, content),) = mailbox.letters()
    letter = read(content)
    assert (report.sent, again.sent) == (1, 0)
    assert recipient == "ada@example.com"
    assert letter["Subject"] == "Votre guide est prêt"
    assert letter.get_body(("plain",)).get_content().rstrip() == draft().body_text
    assert letter["Message-ID"] == f"<{key[:40]}@acme.example>"
    assert letter["List-Unsubscribe"] == "<mailto:service@acme.example?subject=unsubscribe>"
    assert "<img" not in content
    assert row_of(ledger, key)["status"] == "sent"


def test_a_public_page_gives_one_click_and_its_link_takes_the_address_out(ledger, clock, tmp_path):
    queue(ledger, draft())
    with mail_server(tmp_path) as mailbox:
        mail = replace(mailbox.mail, public_url="https://acme.example/p")
        deliver(ledger, load_channels(mail), clock=clock, for_real=True)
    letter = read(mailbox.letters()[0][1])
    link = letter["List-Unsubscribe"].split(">")[0].lstrip("<")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("https://acme.example/p/u/")
    with ledger.begin() as tx:
        wishes = Wishes(tx, at=clock.now(), actor="recipient")
        assert wishes.withdraw_by_link(link.rsplit("/", 1)[1])
        assert wishes.withdraw_by_link(link.rsplit("/", 1)[1])
        assert not wishes.withdraw_by_link("0" * 32)
        assert [wish.is_given for wish in wishes.held("ADA@example.com", "email")] == [False]


def test_a_dry_run_shows_the_message_and_touches_nothing(ledger, clock, tmp_path):
    queue(ledger, draft(), draft(1))
    before = everything(ledger)
    with mail_server(tmp_path) as mailbox:
        report = deliver(ledger, load_channels(mailbox.mail), clock=clock)
        assert mailbox.letters() == []
    after = everything(ledger)
    assert report.previewed == 2
    assert "ada@example.com - Votre guide est prêt" in "".join(line.preview for line in report.lines)
    assert before == after
    assert before["outbox"]


def test_the_same_occasion_is_queued_once_for_ever(ledger, clock):
    queue(ledger, draft())
    twin = draft(decision_id="decision-twin")
    (answer,) = queue(ledger, twin)
    assert isinstance(answer, Refusal)
    assert answer.rule == "already_queued"
    assert statuses(ledger) == {"queued": 1}


@pytest.mark.parametrize("verdict", ["rejected", None])
def test_nothing_is_queued_without_an_approval(ledger, verdict):
    with ledger.begin() as tx:
        approval = approve(tx, draft(), verdict=verdict) if verdict else "nobody's"
        with pytest.raises(PolicyError, match="approval"):
            enqueue(tx, draft(), approval_id=approval, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "eve@example.com"},
        {"subject": "Une offre !"},
        {"body_text": "Bonjour Ève"},
        {"body_html": "<p>autre</p>"},
        {"person_id": 8},
        {"customer_id": 9},
        {"message_class": "b2b_legit"},
        {"purpose": "marketing"},
        {"expires_at": AT + timedelta(days=9)},
        {"policy_version": "another"},
        {"channel": "call_task"},
        {"language": "en"},
        {"address_key": "00" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_after_the_approval_voids_it(ledger, clock, tmp_path, change):
    (key,) = queue(ledger, draft())
    with ledger.begin() as tx:
        tx.execute(update(OUTBOX).values(**change))
    with mail_server(tmp_path) as mailbox:
        report = send(ledger, mailbox, clock)
        assert mailbox.letters() == []
    assert (report.sent, report.refused) == (0, 1)
    assert row_of(ledger, key)["reason"] in {"approval_void", "policy_changed"}


def test_an_approval_taken_back_stops_the_message(ledger, clock, tmp_path):
    queue(ledger, draft())
    with ledger.begin() as tx:
        tx.execute(update(ledger_tables.decisions).values(status="rejected"))
    with mail_server(tmp_path) as mailbox:
        assert send(ledger, mailbox, clock).refused == 1
        assert mailbox.letters() == []


def test_a_recipient_whose_address_changed_since_gets_nothing(ledger, clock, tmp_path):
    queue(ledger, draft(), draft(1))
    present = {1042: "ada@elsewhere.example", 10_001: "person1@example.com"}
    with mail_server(tmp_path) as mailbox:
        report = send(ledger, mailbox, clock, address_of=lambda customer, *_: present[customer])
    assert [recipient for recipient, _ in mailbox.letters()] == ["person1@example.com"]
    assert (report.sent, report.refused) == (1, 1)


def test_a_withdrawn_consent_stops_a_queued_message(ledger, clock, tmp_path):
    selling = replace(ADA, purpose="marketing", message_class="soft_optin")
    (key,) = queue(ledger, draft(request=selling))
    with ledger.begin() as tx:
        Wishes(tx, at=AT, actor="recipient").withdraw(" ADA@Example.com", "email", source="phone call")
    with mail_server(tmp_path) as mailbox:
        assert send(ledger, mailbox, clock).refused == 1
        assert mailbox.letters() == []
    assert row_of(ledger, key)["reason"] == "opt_out"


def test_at_night_a_message_waits_for_the_morning(ledger, clock, tmp_path):
    queue(ledger, draft())
    clock.at = AT.replace(hour=23)
    with mail_server(tmp_path) as mailbox:
        assert send(ledger, mailbox, clock).queued == 1
        clock.at = AT.replace(day=25, hour=5, minute=59)
        assert send(ledger, mailbox, clock).sent == 0
        clock.at = AT.replace(day=25, hour=6)
        assert send(ledger, mailbox, clock).sent == 1


def test_late_is_not_sent(ledger, clock, tmp_path):
    (key,) = queue(ledger, draft())
    clock.move(days=2)
    with mail_server(tmp_path) as mailbox:
        report = send(ledger, mailbox, clock)
        assert mailbox.letters() == []
    assert report.expired == 1
    assert row_of(ledger, key)["status"] == "expired"


def test_the_weekly_cap_holds_within_one_run(ledger, clock, tmp_path):
    drafts = [draft(n, request=replace(ADA, person_id=n), trigger_occurrence=f"o{n}") for n in range(1, 6)]
    queue(ledger, *drafts)
    with mail_server(tmp_path) as mailbox:
        report = send(ledger, mailbox, clock)
    assert report.sent == 3
    assert len(mailbox.letters()) == 3


def test_a_call_task_is_made_once_with_its_legal_ground(ledger, clock):
    calling = replace(ADA, channel="phone", address="+33 6 12 34 56 78", is_professional=True)
    queue(ledger, draft(request=calling, channel="call_task", subject="Appeler Ada"))
    clock.at = AT.replace(hour=21)  # making a task disturbs nobody
    for _ in range(2):
        deliver(ledger, load_channels(), clock=clock, for_real=True)
    with ledger.read() as tx:
        (task,) = tx.execute(select(ledger_tables.call_tasks)).mappings().all()
    assert (task["phone"], task["legal_basis"], task["status"]) == (calling.address, "contract_service", "open")
    assert statuses(ledger) == {"sent": 1}


@pytest.mark.parametrize(
    ("script", "status", "attempts"),
    [
        ({"RCPT": "550 no such user"}, "failed", 1),
        ({"RCPT": "450 try later"}, "queued", 1),
        ({"MAIL": "451 busy"}, "queued", 1),
        ({"MAIL": "553 not you"}, "failed", 1),
        ({"MAIL": "421 closing"}, "queued", 1),
        ({"dot": "452 full"}, "queued", 1),
        ({"dot": "554 refused"}, "failed", 1),
        ({"dot": "vanish"}, "unknown", 1),
        ({"dot": "999 what"}, "unknown", 1),
        ({"dot": "ok?"}, "unknown", 1),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_each_answer_of_the_server_is_read_for_what_it_is(ledger, clock, tmp_path, script, status, attempts):
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path, script=script) as mailbox:
        for _ in range(3):
            send(ledger, mailbox, clock)  # at the same moment: nothing is hammered
    row = row_of(ledger, key)
    assert (row["status"], row["attempts"]) == (status, attempts)


def test_a_refused_recipient_affects_nobody_else(ledger, clock, tmp_path):
    queue(ledger, *[draft(n) for n in range(1, 6)])
    with mail_server(tmp_path, script={"RCPT person3@example.com": "554 no"}) as mailbox:
        report = send(ledger, mailbox, clock)
    assert (report.sent, report.failed) == (4, 1)
    assert len(set(mailbox.ids())) == 4


def test_a_busy_server_is_asked_five_times_with_longer_pauses_then_it_is_shown(ledger, clock, tmp_path):
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path, script={"RCPT": "450 later"}) as mailbox:
        for _ in range(24):
            send(ledger, mailbox, clock)
            clock.move(minutes=15)
    row = row_of(ledger, key)
    assert (row["status"], row["attempts"]) == ("failed", 5)
    assert "450" in row["reason"]


def test_a_server_that_is_not_there_is_asked_once_a_run(ledger, clock, tmp_path):
    queue(ledger, *[draft(n) for n in range(1, 4)])
    with mail_server(tmp_path) as mailbox:
        pass
    report = send(ledger, mailbox, clock)
    assert report.queued == 3
    with ledger.read() as tx:
        assert sorted(tx.execute(select(OUTBOX.c.attempts)).scalars()) == [0, 0, 1]


def test_without_a_mail_server_nothing_is_touched(ledger, clock):
    (key,) = queue(ledger, draft())
    with pytest.raises(ConfigurationError, match="mail server"):
        deliver(ledger, load_channels(), clock=clock, for_real=True)
    assert (row_of(ledger, key)["status"], row_of(ledger, key)["attempts"]) == ("queued", 0)


def test_a_person_settles_the_unknown_and_nothing_else_does(ledger, clock, tmp_path):
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path, script={"dot": "vanish"}) as mailbox:
        for _ in range(5):
            send(ledger, mailbox, clock)
            clock.move(hours=1)
        assert len(mailbox.letters()) == 1
    (again,) = queue(ledger, draft(decision_id="decision-again"))
    assert isinstance(again, Refusal)
    assert row_of(ledger, key)["status"] == "unknown"
    with pytest.raises(PolicyError, match="evidence"):
        reconcile(ledger, key, "sent", actor="grace", evidence=" ", at=AT)
    reconcile(ledger, key, "sent", actor="grace", evidence="mail.log: 250 queued as 4F2", at=AT)
    assert row_of(ledger, key)["status"] == "sent"
    with pytest.raises(PolicyError, match="Only a message"):
        reconcile(ledger, key, "not_sent", actor="grace", evidence="changed my mind", at=AT)


def test_the_switch_stops_everything_and_survives_a_restart(ledger, open_it, clock, tmp_path):
    queue(ledger, *[draft(n) for n in range(1, 4)])
    Sending(ledger).hold("grace", "wrong template", at=AT)
    with mail_server(tmp_path) as mailbox:
        report = send(open_it(), mailbox, clock)
        assert (report.is_held, report.sent, mailbox.letters()) == (True, 0, [])
        Sending(ledger).release("grace", "template corrected", at=AT)
        assert send(ledger, mailbox, clock).sent == 3


def test_a_ledger_that_wakes_up_elsewhere_sends_nothing_until_released(ledger, clock, tmp_path, monkeypatch):
    queue(ledger, *[draft(n) for n in range(1, 4)])
    with mail_server(tmp_path) as mailbox:
        assert send(ledger, mailbox, clock, limit=1).sent == 1
        monkeypatch.setattr(ledger, "place", "another folder")
        report = send(ledger, mailbox, clock)
        assert (report.is_held, report.sent) == (True, 0)
        Sending(ledger).release("grace", "moved on purpose", at=AT)
        assert send(ledger, mailbox, clock).sent == 2


def test_every_change_of_state_is_in_the_trail_without_anyones_address(ledger, clock, tmp_path):
    queue(ledger, draft(), draft(1))
    with mail_server(tmp_path, script={"RCPT person1@example.com": "550 no"}) as mailbox:
        send(ledger, mailbox, clock)
    with ledger.read() as tx:
        trail = tx.execute(select(ledger_tables.audit_trail)).mappings().all()
    actions = [entry["action"] for entry in trail]
    assert actions.count("message_queued") == 2
    assert actions.count("message_sent") == 1
    assert actions.count("message_failed") == 1
    assert not [entry for entry in trail if "@" in str(entry["detail"]) + entry["subject"]]
    assert ledger.verify_audit().is_intact


@pytest.mark.parametrize(
    "hostile",
    [
        "a@example.com\r\nBcc: eve@example.com", "a@example.com\nX: y", "a@example.com>, <eve@example.com",
        "a@example.com eve@example.com", "a\x00@example.com", "a@example.com\u2028x", "<a@example.com>",
    ],
)  # fmt: skip
def test_a_hostile_address_never_leaves_the_house(ledger, clock, tmp_path, hostile):
    (answer,) = queue(ledger, draft(request=replace(ADA, address=hostile)))
    assert answer.rule == "address_known"


@pytest.mark.parametrize(
    "hostile", ["Bonjour\r\nBcc: eve@example.com", "x\ny", "x\x00y", "x\u2028y", "x\x1cy", "\u202egnp"]
)
def test_a_hostile_subject_is_refused_not_repaired(ledger, clock, tmp_path, hostile):
    if "\x00" in hostile and "postgresql" in ledger.url:
        hostile = "x\x01y"  # PostgreSQL itself refuses NUL
    queue(ledger, draft(subject=hostile))
    with mail_server(tmp_path) as mailbox:
        assert send(ledger, mailbox, clock).failed == 1
        assert mailbox.letters() == []
