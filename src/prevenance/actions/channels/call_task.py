"""Hand a colleague a call to make: the task is a row of the ledger, so it is created exactly once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from prevenance.actions.base import Channel, Message, Outcome, Outlet, Prepared, demand
from prevenance.kit.problems import BrokenPromiseError
from prevenance.kit.words import Words
from prevenance.privacy import Permit
from prevenance.storage import ledger_tables


@dataclass(frozen=True)
class _Task:
    message: Message

    def commit(self, tx: Connection, permit: Permit) -> Outcome | None:
        message = self.message
        demand(permit, message)
        tx.execute(
            insert(ledger_tables.call_tasks).values(
                send_key=message.send_key,
                customer_id=message.customer_id,
                person_id=message.person_id,
                phone=message.address,
                title=message.subject,
                script=message.body_text,
                legal_basis=message.message_class,
                due_on=message.expires_at,
                status="open",
                created_at=permit.granted_at,
            )
        )
        return Outcome("sent")

    def finish(self) -> Outcome:
        raise BrokenPromiseError("A call task is complete once it is in the ledger.", send_key=self.message.send_key)

    def abandon(self) -> None:
        return


class _Desk:
    def prepare(self, message: Message, permit: Permit) -> Prepared | Outcome:
        demand(permit, message)
        return _Task(message)


class CallTask(Channel):
    """Puts a call on a colleague's list, with what to say and the legal ground to call on."""

    name = "call_task"
    medium = "phone"
    words = Words(fr="Appel à passer", en="Call to make")
    needs_decent_hours = False  # the colleague sees the hours; nobody's phone rings when the task is made

    def preview(self, message: Message) -> str:
        """Return the task as the colleague will read it.

        Example:
            >>> from prevenance.actions.examples import message
            >>> print(call_task.preview(message(medium="phone", address="+33612345678")))
            +33612345678 - Votre guide est prêt
            <BLANKLINE>
            Bonjour Ada, voici le guide promis.
        """
        return f"{message.address} - {message.subject}\n\n{message.body_text}"

    @contextmanager
    def open(self) -> Iterator[Outlet]:
        """Open the list; there is nothing to connect to."""
        yield _Desk()


call_task = CallTask()
