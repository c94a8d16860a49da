"""Send an e-mail by SMTP: one recipient, one message, one conversation at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prevenance.actions.base import Channel, MailSettings, Message, Outcome, Outlet, Prepared, demand
from prevenance.actions.letter import compose, readable
from prevenance.actions.smtp import Conversation
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Words
from prevenance.privacy import Permit

_NOBODY = MailSettings(host="")


@dataclass(frozen=True)
class _Postbox:
    mail: MailSettings
    conversation: Conversation

    def prepare(self, message: Message, permit: Permit) -> Prepared | Outcome:
        demand(permit, message)
        try:
            letter = compose(message, self.mail, at=permit.granted_at)
        except ValueError as unsafe:
            return Outcome("permanent", text=str(unsafe))
        return self.conversation.until_the_dot(letter)


@dataclass(frozen=True)
class Email(Channel):
    """Writes to a mailbox: text and simple HTML, a one-click opt-out, no pixel, no personal link but that one."""

    mail: MailSettings = _NOBODY
    name = "email"
    medium = "email"
    words = Words(fr="E-mail", en="E-mail")

    def set_up(self, mail: MailSettings) -> "Email":
        """Return the channel with the company's mail server in place."""
        return Email(mail)

    def preview(self, message: Message) -> str:
        """Return the letter as its reader will see it.

        Example:
            >>> from prevenance.actions.examples import message
            >>> print(email.preview(message()))
            ada@example.com - Votre guide est prêt
            <BLANKLINE>
            Bonjour Ada, voici le guide promis.
        """
        return f"{message.address} - {message.subject}\n\n{readable(message, self.mail)}"

    @contextmanager
    def open(self) -> Iterator[Outlet]:
        """Open the way to the mail server; the connection is made with the first message.

        Raises:
            ConfigurationError: no mail server is set.
        """
        if not self.mail.host:
            raise ConfigurationError(
                "No mail server is set. Fill in `mail` in prevenance.yaml, or stay with the dry run."
            )
        conversation = Conversation(self.mail)
        try:
            yield _Postbox(self.mail, conversation)
        finally:
            conversation.close()


email = Email()
