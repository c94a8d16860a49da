"""Every channel previews without sending, sends once for a key, and goes nowhere without a permit."""

from dataclasses import replace

import pytest
from tests.outreach import ADA, AT, MovingClock, draft, mail_server, queue, statuses

from prevenance.actions import deliver, load_channels
from prevenance.actions.base import Outcome
from prevenance.actions.examples import message
from prevenance.kit.problems import PolicyError
from prevenance.privacy import ask

NAMES = sorted(load_channels())
ADDRESSES = {"email": "ada@example.com", "phone": "+33612345678", "post": "1 rue de la Paix, 75002 Paris"}


@pytest.fixture
def mailbox(tmp_path):
    with mail_server(tmp_path) as mailbox:
        yield mailbox


def request_for(channel):
    return replace(ADA, channel=channel.medium, address=ADDRESSES[channel.medium], is_professional=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_channel_introduces_itself_in_both_languages(name):
    channel = load_channels()[name]
    assert channel.name == name
    assert channel.medium in ADDRESSES
    assert channel.words.fr
    assert channel.words.en


@pytest.mark.parametrize("name", NAMES)
def test_a_preview_shows_all_and_sends_nothing(name, mailbox):
    channel = load_channels(mailbox.mail)[name]
    shown = channel.preview(message(medium=channel.medium, address=ADDRESSES[channel.medium]))
    assert ADDRESSES[channel.medium] in shown
    assert message().body_text in shown
    assert mailbox.letters() == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", [{"address": "eve@example.com"}, {"medium": "post"}], ids=["address", "medium"])
def test_a_permit_for_something_else_is_no_permit(name, other, ledger, mailbox):
    channel = load_channels(mailbox.mail)[name]
    with ledger.read() as tx:
        permit = ask(tx, replace(request_for(channel), when="later"), at=AT)
    another = message(**{"medium": channel.medium, "address": ADDRESSES[channel.medium]} | other)
    with channel.open() as outlet, pytest.raises(PolicyError, match="permit"):
        outlet.prepare(another, permit)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_key_is_delivered_once(name, ledger, mailbox):
    queue(ledger, draft(request=request_for(load_channels()[name]), channel=name))
    reports = [deliver(ledger, load_channels(mailbox.mail), clock=MovingClock(), for_real=True) for _ in range(3)]
    assert [report.sent for report in reports] == [1, 0, 0]
    assert statuses(ledger) == {"sent": 1}
    assert len(mailbox.letters()) == (1 if name == "email" else 0)


@pytest.mark.parametrize("name", NAMES)
def test_an_abandoned_message_does_not_arrive(name, ledger, mailbox):
    channel = load_channels(mailbox.mail)[name]
    with ledger.read() as tx:
        permit = ask(tx, replace(request_for(channel), when="later"), at=AT)
    with channel.open() as outlet:
        prepared = outlet.prepare(message(medium=channel.medium, address=ADDRESSES[channel.medium]), permit)
        assert not isinstance(prepared, Outcome)
        prepared.abandon()
    assert mailbox.letters() == []


@pytest.mark.parametrize(("reply", "ending"), [("450 later", "retry"), ("550 never", "permanent")])
def test_mail_says_whether_a_failure_is_for_good(reply, ending, ledger, tmp_path):
    with ledger.read() as tx:
        permit = ask(tx, ADA, at=AT)
    with (
        mail_server(tmp_path, script={"RCPT": reply}) as mailbox,
        load_channels(mailbox.mail)["email"].open() as outlet,
    ):
        assert outlet.prepare(message(), permit).ending == ending
