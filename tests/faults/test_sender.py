"""Break the sender in every way we can: nobody gets a message twice, none vanishes, an opt-out always wins.

`PREVENANCE_KILLS` sets how many processes are killed (20 on each database by default); the seed of each run is printed.
"""

import os
import random
import smtplib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update
from tests.children import start
from tests.outreach import ADA, AT, OUTBOX, MovingClock, draft, mail_server, queue, row_of, someone, statuses
from tests.postgres import KEY

from prevenance.actions import MailSettings, Sending, deliver, load_channels
from prevenance.kit.clock import FixedClock, SystemClock
from prevenance.kit.problems import PolicyError
from prevenance.privacy import Wishes
from prevenance.storage import ledger_tables, open_ledger

KILLS = int(os.environ.get("PREVENANCE_KILLS", "20"))
SELLING = {"purpose": "marketing", "message_class": "soft_optin"}


# The senders: ours, and two kinds that the world uses.


def our_sender(url, mail, now=AT):
    ledger = open_ledger(url, clock=SystemClock(), key=KEY)
    deliver(ledger, load_channels(mail), clock=FixedClock(now), for_real=True)


def send_then_mark(url, mail, now=AT):
    """Send a batch, then mark it: what is killed in between is sent again."""
    ledger = open_ledger(url, clock=SystemClock(), key=KEY)
    while rows := _some(ledger, "queued"):
        for row in rows:
            _mail(mail, row)
        _mark(ledger, rows, "sent")


def lock_then_send(url, mail, now=AT):
    """Lock a batch, then send it; a lock that went stale is taken for done."""
    ledger = open_ledger(url, clock=SystemClock(), key=KEY)
    _mark(ledger, _some(ledger, "attempting", most=1000), "sent")
    while rows := _some(ledger, "queued"):
        _mark(ledger, rows, "attempting")
        for row in rows:
            _mail(mail, row)
        _mark(ledger, rows, "sent")


def _some(ledger, status, most=10):
    with ledger.read() as tx:
        return tx.execute(select(OUTBOX).where(OUTBOX.c.status == status).limit(most)).mappings().all()


def _mark(ledger, rows, status):
    with ledger.begin() as tx:
        tx.execute(update(OUTBOX).where(OUTBOX.c.send_key.in_([row["send_key"] for row in rows])).values(status=status))


def _mail(mail, row):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = (
        mail.sender,
        row["address"],
        f"<{row['send_key'][:40]}@acme.example>",
    )
    letter.set_content(row["body_text"])
    with smtplib.SMTP(mail.host, mail.port) as smtp:
        smtp.send_message(letter)


# The oracle: what arrived, against what the ledger says.


@dataclass
class Verdict:
    twice: int
    lost_in_silence: int
    unknown: int
    unexplained: int


def judge(ledger, mailbox):
    with ledger.read() as tx:
        states = {f"<{row.send_key[:40]}@acme.example>": row.status for row in tx.execute(select(OUTBOX))}
    arrived = mailbox.ids()
    may_have_arrived = {key for key, status in states.items() if status in {"sent", "unknown"}}
    return Verdict(
        twice=len(arrived) - len(set(arrived)),
        lost_in_silence=sum(status == "sent" and key not in arrived for key, status in states.items()),
        unknown=sum(status == "unknown" for status in states.values()),
        unexplained=len(set(arrived) - may_have_arrived),
    )


def kill_loop(sender, url, mailbox, *, kills, seed):
    """Start the sender and kill it at a random moment of its work, again and again; then let it finish.

    Returns how many were killed with a message in hand.
    """
    chance = random.Random(seed)
    n_in_hand = 0
    ledger = open_ledger(url, clock=SystemClock(), key=KEY)
    for _ in range(kills):
        n_before = len(mailbox.letters())
        child = start(sender, url, mailbox.mail)
        while len(mailbox.letters()) == n_before and child.is_alive():
            time.sleep(0.002)
        child.join(chance.uniform(0, 0.06))
        child.kill()
        child.join()
        n_in_hand += bool({"attempting", "committing"} & set(statuses(ledger)))
    last = start(sender, url, mailbox.mail)
    last.join(120)
    assert last.exitcode == 0
    return n_in_hand


def test_killed_anywhere_nothing_is_sent_twice_and_nothing_vanishes(ledger, ledger_url, tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)  # noqa: T201 - shown when the test fails, to play it again
    queue(ledger, *[draft(n) for n in range(1, KILLS * 6 + 1)])
    with mail_server(tmp_path) as mailbox:
        n_in_hand = kill_loop(our_sender, ledger_url, mailbox, kills=KILLS, seed=seed)
        verdict = judge(ledger, mailbox)
    assert n_in_hand >= KILLS // 4, "too few were killed at work for the test to mean something"
    assert (verdict.twice, verdict.lost_in_silence, verdict.unexplained) == (0, 0, 0)
    assert verdict.unknown <= KILLS
    assert set(statuses(ledger)) <= {"sent", "unknown", "failed"}
    assert ledger.verify_audit().is_intact


@pytest.mark.parametrize(("sender", "sin"), [(send_then_mark, "twice"), (lock_then_send, "lost_in_silence")])
def test_the_same_oracle_catches_the_usual_senders(sender, sin, tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = open_ledger(url, clock=SystemClock(), key=KEY)
    queue(ledger, *[draft(n) for n in range(1, 121)])
    with mail_server(tmp_path) as mailbox:
        kill_loop(sender, url, mailbox, kills=6, seed=1)
        assert getattr(judge(ledger, mailbox), sin) > 0


def test_senders_at_once_share_the_work_and_never_a_message(ledger, ledger_url, tmp_path):
    queue(ledger, *[draft(n) for n in range(1, 61)])
    with mail_server(tmp_path) as mailbox:
        children = [start(our_sender, ledger_url, mailbox.mail) for _ in range(4)]
        for child in children:
            child.join(120)
        verdict = judge(ledger, mailbox)
    assert [child.exitcode for child in children] == [0] * 4
    assert verdict == Verdict(0, 0, 0, 0)
    assert statuses(ledger) == {"sent": 60}


def test_after_a_kill_the_unknown_is_there_at_once_and_stays(ledger, ledger_url, tmp_path):
    """Kill right between the dot and its answer: the one place where nobody can know."""
    (key,) = queue(ledger, draft())

    def die_after_the_dot(url, mail):
        import prevenance.actions.smtp as conversation

        conversation.smtplib.SMTP.getreply = _dying_reply(conversation.smtplib.SMTP.getreply)
        our_sender(url, mail)

    with mail_server(tmp_path) as mailbox:
        child = start(die_after_the_dot, ledger_url, mailbox.mail)
        child.join(60)
        assert row_of(ledger, key)["status"] == "committing"
        for hours in (0, 1, 30):
            report = deliver(
                ledger, load_channels(mailbox.mail), clock=FixedClock(AT + timedelta(hours=hours)), for_real=True
            )
            assert report.sent == 0
            assert row_of(ledger, key)["status"] == "unknown"
        assert len(mailbox.letters()) == 1


def _dying_reply(getreply):
    def reply(smtp):
        code, text = getreply(smtp)
        if b"OK" in text and getattr(smtp, "saw_go_ahead", False):
            os.kill(os.getpid(), 9)
        smtp.saw_go_ahead = code == 354
        return code, text

    return reply


# What happens between the preparation and the mark: the last gate.


class _Interrupted:
    """Wraps a channel; something happens when the message stands right before the point of no return."""

    def __init__(self, channel, happening):
        self._channel, self._happening = channel, happening
        self.needs_decent_hours = channel.needs_decent_hours

    @contextmanager
    def open(self):
        with self._channel.open() as outlet:
            self._outlet = outlet
            yield self

    def prepare(self, message, permit):
        prepared = self._outlet.prepare(message, permit)
        self._happening()
        return prepared


def interrupted(ledger, mailbox, happening, *, clock=None):
    ways = {"email": _Interrupted(load_channels(mailbox.mail)["email"], happening)}
    return deliver(ledger, ways, clock=clock or FixedClock(AT), for_real=True)


def test_an_optout_that_commits_before_the_mark_leaves_no_dot(ledger, tmp_path):
    (key,) = queue(ledger, draft(request=replace(ADA, **SELLING)))

    def opt_out():
        with ledger.begin() as tx:
            Wishes(tx, at=AT, actor="recipient").withdraw("ada@example.com", "email", source="link")

    with mail_server(tmp_path) as mailbox:
        assert interrupted(ledger, mailbox, opt_out).refused == 1
        assert mailbox.letters() == []
    assert row_of(ledger, key)["reason"] == "opt_out"


@pytest.mark.parametrize("change", [{"body_text": "autre"}, {"address": "eve@example.com"}, {"binding_hash": "0" * 64}])
def test_a_change_between_preparation_and_mark_leaves_no_dot(ledger, tmp_path, change):
    (key,) = queue(ledger, draft())

    def tamper():
        with ledger.begin() as tx:
            tx.execute(update(OUTBOX).values(**change))

    with mail_server(tmp_path) as mailbox:
        assert interrupted(ledger, mailbox, tamper).refused == 1
        assert mailbox.letters() == []
    assert row_of(ledger, key)["reason"] == "approval_void"


def test_the_switch_pressed_between_preparation_and_mark_leaves_no_dot(ledger, tmp_path):
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path) as mailbox:
        interrupted(ledger, mailbox, lambda: Sending(ledger).hold("grace", "stop", at=AT))
        assert mailbox.letters() == []
    assert (row_of(ledger, key)["status"], row_of(ledger, key)["attempts"]) == ("queued", 0)


def test_a_sender_that_slept_past_its_lease_cannot_pass_the_mark(ledger, tmp_path):
    """The classic: it stops, another sends in its place, it wakes up. The fence keeps it out."""
    (key,) = queue(ledger, draft())
    with mail_server(tmp_path) as mailbox:
        later = FixedClock(AT + timedelta(minutes=20))

        def another_takes_over():
            assert deliver(ledger, load_channels(mailbox.mail), clock=later, for_real=True, owner="second").sent == 1

        ways = {"email": _Interrupted(load_channels(mailbox.mail)["email"], another_takes_over)}
        report = deliver(ledger, ways, clock=FixedClock(AT), for_real=True, owner="first")
        assert report.sent == 0
        assert len(mailbox.letters()) == 1
    assert row_of(ledger, key)["status"] == "sent"


def test_a_sender_that_wakes_while_another_has_its_message_is_kept_out_by_the_fence(ledger, tmp_path):
    """Both stand before the mark with the same message in `attempting`: only the fence tells them apart."""
    (key,) = queue(ledger, draft())
    second_is_there, first_is_done = threading.Event(), threading.Event()
    with mail_server(tmp_path) as mailbox:
        email = load_channels(mailbox.mail)["email"]

        def second():
            def wait():
                second_is_there.set()
                assert first_is_done.wait(30)

            later = FixedClock(AT + timedelta(minutes=20))
            deliver(ledger, {"email": _Interrupted(email, wait)}, clock=later, for_real=True, owner="second")

        another = threading.Thread(target=second)

        def sleep_past_the_lease():
            another.start()
            assert second_is_there.wait(30)

        ways = {"email": _Interrupted(email, sleep_past_the_lease)}
        report = deliver(ledger, ways, clock=FixedClock(AT), for_real=True, owner="first", limit=1)
        first_is_done.set()
        another.join()
        assert report.sent == 0
        assert len(mailbox.letters()) == 1
    assert (row_of(ledger, key)["status"], row_of(ledger, key)["lease_owner"]) == ("sent", "second")


def test_a_mark_that_cannot_be_written_leaves_no_dot(ledger, tmp_path, monkeypatch):
    """A full disk, a lost database: without the mark on disk the last byte stays here."""
    (key,) = queue(ledger, draft())

    def full(tx, hold, *, at):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("prevenance.actions.sender.mark", full)
    with mail_server(tmp_path) as mailbox:
        with pytest.raises(OSError, match="No space"):
            deliver(ledger, load_channels(mailbox.mail), clock=FixedClock(AT), for_real=True, owner="first")
        monkeypatch.undo()
        time.sleep(0.2)
        assert mailbox.letters() == []
        later = FixedClock(AT + timedelta(minutes=20))
        assert deliver(ledger, load_channels(mailbox.mail), clock=later, for_real=True, owner="second").sent == 1
        assert len(mailbox.letters()) == 1
    assert row_of(ledger, key)["status"] == "sent"


def test_an_answer_that_comes_after_the_lease_is_evidence(ledger, tmp_path, monkeypatch):
    (key,) = queue(ledger, draft())
    from prevenance.actions.smtp import Conversation

    say_dot = Conversation.dot
    with mail_server(tmp_path) as mailbox:

        def slow_dot(conversation):
            outcome = say_dot(conversation)
            later = FixedClock(AT + timedelta(minutes=20))
            deliver(ledger, load_channels(mailbox.mail), clock=later, for_real=True, owner="second")
            assert row_of(ledger, key)["status"] == "unknown"
            return outcome

        monkeypatch.setattr(Conversation, "dot", slow_dot)
        deliver(ledger, load_channels(mailbox.mail), clock=FixedClock(AT), for_real=True, owner="first")
    assert row_of(ledger, key)["status"] == "sent"


def test_in_a_race_an_optout_that_came_first_always_wins(ledger, ledger_url, tmp_path):
    """Send and withdraw at once; the trail, whose order is the order of commits, says who came first."""
    numbers = range(1, 41)
    queue(ledger, *[draft(n, request=replace(someone(n), **SELLING)) for n in numbers])

    def withdraw_all(url):
        mine = open_ledger(url, clock=SystemClock(), key=KEY)
        for number in sorted(numbers, key=lambda n: n * 7919 % 41):
            with mine.begin() as tx:
                Wishes(tx, at=AT, actor="recipient").withdraw(someone(number).address, "email", source="race")

    with mail_server(tmp_path) as mailbox:
        children = [start(our_sender, ledger_url, mailbox.mail), start(withdraw_all, ledger_url)]
        for child in children:
            child.join(120)
        assert [child.exitcode for child in children] == [0, 0]
        arrived = {recipient for recipient, _ in mailbox.letters()}
    with ledger.read() as tx:
        trail = tx.execute(select(ledger_tables.audit_trail)).mappings().all()
        rows = tx.execute(select(OUTBOX)).mappings().all()
    at = {(entry["action"], entry["subject"]): entry["seq"] for entry in trail}
    for row in rows:
        withdrawn = at["consent_withdrawn", f"address:{row['address_key'][:16]}"]
        committing = at.get(("message_committing", f"send:{row['send_key'][:16]}"))
        assert (row["address"] in arrived) == (committing is not None)
        assert committing is None or committing < withdrawn


def test_a_channel_refuses_without_a_permit_for_that_very_contact(ledger):
    from prevenance.actions.examples import message

    for channel in load_channels(MailSettings("127.0.0.1", 9)).values():
        with channel.open() as outlet:
            for permit in (None, "yes", True):
                with pytest.raises(PolicyError, match="permit"):
                    outlet.prepare(message(medium=channel.medium), permit)


def test_a_killed_sender_leaves_its_untouched_message_to_the_next(ledger, ledger_url, tmp_path):
    """Killed before the mark: certainly not sent, so it is sent by the next, at once."""
    (key,) = queue(ledger, draft())

    def die_before_the_mark(url, mail):
        mine = open_ledger(url, clock=SystemClock(), key=KEY)
        interrupted_mail = {"email": _Interrupted(load_channels(mail)["email"], lambda: os.kill(os.getpid(), 9))}
        deliver(mine, interrupted_mail, clock=FixedClock(AT), for_real=True)

    with mail_server(tmp_path) as mailbox:
        child = start(die_before_the_mark, ledger_url, mailbox.mail)
        child.join(60)
        assert row_of(ledger, key)["status"] == "attempting"
        assert deliver(ledger, load_channels(mailbox.mail), clock=MovingClock(), for_real=True).sent == 1
        assert len(mailbox.letters()) == 1
