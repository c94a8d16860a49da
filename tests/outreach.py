"""Set the scene for outreach: an approved message for ada, a clock that moves, a mail server that remembers."""

import asyncio
import json
import os
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from tests.children import start

from prevenance.actions import Draft, MailSettings, enqueue
from prevenance.privacy import ContactRequest
from prevenance.storage import ledger_tables

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Paris
OUTBOX = ledger_tables.outbox
ADA = ContactRequest(
    customer_id=1042,
    person_id=7,
    channel="email",
    address="ada@example.com",
    purpose="service",
    message_class="contract_service",
    is_customer=True,
    is_professional=False,
    has_open_complaint=False,
)


@dataclass
class MovingClock:
    """Stands where it is put."""

    at: datetime = AT

    def now(self):
        return self.at

    def move(self, **span):
        self.at += timedelta(**span)


def draft(number=0, *, request=None, **changes):
    """Return a draft for person `number`; number 0 is ada herself."""
    if request is None:
        request = ADA if number == 0 else someone(number)
    facts = {
        "decision_id": f"decision-{number}",
        "play": "tutorial",
        "trigger_occurrence": "2026-11",
        "channel": "email",
        "language": "fr",
        "subject": "Votre guide est prêt",
        "body_text": f"Bonjour, voici le guide promis. id-{number}.\n.\n.fin",
        "body_html": None,
        "not_before": AT - timedelta(hours=1),
        "expires_at": AT + timedelta(days=2),
    }
    return Draft(request=request, **(facts | changes))


def someone(number):
    return replace(ADA, customer_id=10_000 + number, person_id=number, address=f"person{number}@example.com")


def approve(tx, the_draft, *, actor="grace", at=AT, verdict="approved"):
    """Write the decision and its approval, as the decisions room does."""
    approval_id = f"approval-{the_draft.decision_id}"
    tx.execute(
        insert(ledger_tables.decisions).values(
            decision_id=the_draft.decision_id, play=the_draft.play, kind="service",
            customer_id=the_draft.request.customer_id, person_id=the_draft.request.person_id,
            trigger_occurrence=the_draft.trigger_occurrence, arm="treated", status="approved", stage="pilot",
            channel=the_draft.channel, priority=1, currency="EUR", content={}, play_version="1", as_of=at,
            proposed_at=at, updated_at=at,
        )
    )  # fmt: skip
    tx.execute(
        insert(ledger_tables.approvals).values(
            approval_id=approval_id, decision_id=the_draft.decision_id, actor=actor, verdict=verdict, given_at=at
        )
    )
    return approval_id


def queue(ledger, *drafts, at=AT):
    """Approve and enqueue drafts; return the answers."""
    with ledger.begin() as tx:
        return [enqueue(tx, each, approval_id=approve(tx, each, at=at), at=at) for each in drafts]


def statuses(ledger):
    """Return how many messages of the outbox are in each state."""
    with ledger.read() as tx:
        rows = tx.execute(select(OUTBOX.c.status, func.count()).group_by(OUTBOX.c.status))
        return {status: number for status, number in rows}  # noqa: C416 - rows are not pairs to `dict`


def row_of(ledger, send_key):
    with ledger.read() as tx:
        return tx.execute(select(OUTBOX).where(OUTBOX.c.send_key == send_key)).mappings().one()


@dataclass
class Mailbox:
    """Stands for the world at the other end: a real SMTP server whose memory is on disk before it says 250."""

    port: int
    memory: Path
    replies: dict = field(default_factory=dict)

    @property
    def mail(self):
        return MailSettings("127.0.0.1", self.port, sender="service@acme.example", timeout_seconds=5)

    def letters(self):
        """Return what arrived: (recipient, content) in the order of arrival."""
        lines = self.memory.read_text(encoding="utf-8").splitlines() if self.memory.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def ids(self):
        """Return the Message-ID of each arrival."""
        return [content.split("Message-ID: ")[1].split("\n")[0].strip() for _, content in self.letters()]


@contextmanager
def mail_server(folder, *, script=None):
    """Run a mail server in a process of its own; `script` maps a verb to the reply it shall give."""
    memory = Path(folder) / "arrived.ndjson"
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        port = listening.getsockname()[1]
        child = start(_serve, listening, str(memory), script or {})
        try:
            yield Mailbox(port, memory)
        finally:
            child.kill()
            child.join()


def _serve(listening, memory, script):
    from aiosmtpd.smtp import SMTP

    class Handler:
        async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
            envelope.mail_from = address
            return script.get("MAIL", "250 OK")

        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
            envelope.rcpt_tos.append(address)
            return script.get(f"RCPT {address}") or script.get("RCPT", "250 OK")

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            reply = script.get("dot", "250 OK")
            if reply.startswith("250") or reply == "vanish":
                _remember(memory, envelope)
            if reply == "vanish":  # the link dies after the dot, before the answer
                server.transport.abort()
            return reply if reply != "vanish" else "250 OK"

    async def run():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Handler(), hostname="mail.test"), sock=listening)
        await server.serve_forever()

    asyncio.run(run())


def _remember(memory, envelope):
    line = json.dumps([envelope.rcpt_tos[0], envelope.content.decode("utf-8", "replace").replace("\r\n", "\n")]) + "\n"
    handle = os.open(memory, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, line.encode())
    os.fsync(handle)  # before 250: otherwise a duplicate could hide
    os.close(handle)


def wait_until(condition, *, seconds=20.0):
    """Wait for something that another process brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
