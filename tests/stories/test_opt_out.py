"""From the link in a letter to the gate: one click keeps the next message away, whoever holds the address."""

import email
import email.policy
from urllib.parse import urlsplit

import pytest
import yaml
from sqlalchemy import select
from starlette.testclient import TestClient
from tests.outreach import AT, MovingClock, draft, mail_server, queue, row_of

from prevenance.app import make_project, open_application
from prevenance.kit.clock import FixedClock
from prevenance.storage import ledger_tables
from prevenance.web import create_web

PUBLIC = "https://care.acme.example"


@pytest.fixture
def company(tmp_path):
    """Return an installation whose mail goes to a real SMTP server, and that server's mailbox."""
    folder = tmp_path / "acme"
    make_project(folder, company="Acme", language="fr")
    with mail_server(tmp_path) as mailbox:
        path = folder / "prevenance.yaml"
        settings = yaml.safe_load(path.read_text())
        settings |= {"public_url": PUBLIC, "mail": {"port": mailbox.port, "sender": "service@acme.example"}}
        path.write_text(yaml.safe_dump(settings))
        with open_application(folder, clock=FixedClock(AT)) as application:
            yield application, mailbox


def ada(*_: object) -> str:
    """Answer whose address it is, in place of a customer base."""
    return "ada@example.com"


def link_of(mailbox, number=-1):
    letter = email.message_from_string(mailbox.letters()[number][1], policy=email.policy.default)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = letter["List-Unsubscribe"].split(">")[0].lstrip("<")
    assert link in letter.get_body(("plain",)).get_content()
    return link


def click(application, link):
    web = create_web(application.desk(), public_url=application.public_url, clock=MovingClock())
    where = urlsplit(link)
    client = TestClient(web, base_url=f"{where.scheme}://{where.netloc}")
    return client.post(where.path, data={"List-Unsubscribe": "One-Click"})


def test_one_click_keeps_a_queued_message_away(company, monkeypatch):
    application, mailbox = company
    monkeypatch.setattr("prevenance.desk.desk.Desk.address_of", ada)
    queue(application.ledger, draft())
    assert application.deliver(for_real=True, limit=None)["sent"] == 1
    (second,) = queue(application.ledger, draft(decision_id="d-2", play="other", trigger_occurrence="2026-12"))
    assert click(application, link_of(mailbox)).status_code == 200
    report = application.deliver(for_real=True, limit=None)
    assert (report["sent"], report["refused"]) == (0, 1)
    assert row_of(application.ledger, second)["reason"] == "opt_out"
    assert len(mailbox.letters()) == 1


def test_clicking_again_changes_nothing_more(company, monkeypatch):
    application, mailbox = company
    monkeypatch.setattr("prevenance.desk.desk.Desk.address_of", ada)
    queue(application.ledger, draft())
    application.deliver(for_real=True, limit=None)
    link = link_of(mailbox)
    kept = []
    for _ in range(3):
        click(application, link)
        with application.ledger.read() as tx:
            kept.append(tx.execute(select(ledger_tables.suppressions)).all())
    assert kept[0]
    assert kept[0] == kept[1] == kept[2]


def test_a_link_to_this_machine_never_leaves_it(company):
    application, _ = company
    settings = application.project.settings
    here = settings.model_copy(update={"public_url": "http://127.0.0.1:8700"})
    for host, is_in_mail in (("127.0.0.1", True), ("smtp.acme.example", False)):
        mail = here.mail.model_copy(update={"host": host})
        changed = here.model_copy(update={"mail": mail})
        application.project = application.project.model_copy(update={"settings": changed})
        assert (application._mail().public_url is not None) == is_in_mail
