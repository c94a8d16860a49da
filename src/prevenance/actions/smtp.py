"""Hold an SMTP conversation that stops right before the final dot, so that the mark can be put on disk first.

After the dot and before the answer nobody can know (RFC 1047); whatever is not a clear answer then is `unknown`.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from prevenance.actions.base import Ending, MailSettings, Outcome, Prepared
from prevenance.actions.letter import Letter
from prevenance.privacy import Permit

_LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")
_SERVICE_CLOSING = 421
_LONGEST_REPLY = 500


class Conversation:
    """Talks to one mail server, message after message, over one connection."""

    def __init__(self, mail: MailSettings) -> None:
        self._mail = mail
        self._smtp: smtplib.SMTP | None = None

    def until_the_dot(self, letter: Letter) -> Prepared | Outcome:
        """Say everything but the final dot; an early end is certain not to have delivered anything."""
        try:
            smtp = self._connected()
        except (OSError, smtplib.SMTPException) as problem:
            self.close()
            return Outcome("retry", text=_said(problem), is_channel_down=True)
        try:
            for command, argument, expected in _envelope(letter):
                code, text = smtp.docmd(command, argument)
                if code // 100 != expected:
                    return self._refused(code, text)
            smtp.send(_without_dot(letter.content))
        except (OSError, smtplib.SMTPException) as problem:
            self.close()
            return Outcome("retry", text=_said(problem))
        return _BeforeTheDot(self)

    def dot(self) -> Outcome:
        """Send the final dot and wait for the answer."""
        smtp = self._smtp
        if smtp is None:
            return Outcome("retry", text="the connection was closed before the dot")
        try:
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            self.close()
            return Outcome("unknown", text=_said(problem))
        outcome = Outcome(_after_the_dot(code), code, _shown(text), is_channel_down=code == _SERVICE_CLOSING)
        if outcome.ending == "unknown" or outcome.is_channel_down:
            self.close()
        return outcome

    def close(self) -> None:
        """Hang up without a word: what has no final dot is not delivered (RFC 5321, 4.1.1.4)."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        mail = self._mail
        if mail.security == "tls":
            trust = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout_seconds, context=trust)
        else:
            smtp = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout_seconds)
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if mail.user:
            smtp.login(mail.user, mail.password or "")
        return smtp

    def _refused(self, code: int, text: bytes) -> Outcome:
        is_down = code == _SERVICE_CLOSING
        is_clear = code // 100 in {4, 5}
        if is_down or not is_clear:
            self.close()
        elif self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.rset()
        return Outcome("permanent" if code // 100 == 5 else "retry", code, _shown(text), is_channel_down=is_down)


@dataclass(frozen=True)
class _BeforeTheDot:
    conversation: Conversation

    def commit(self, tx: Connection, permit: Permit) -> Outcome | None:
        return None  # the effect is the server's; it comes with the dot

    def finish(self) -> Outcome:
        return self.conversation.dot()

    def abandon(self) -> None:
        self.conversation.close()


def _envelope(letter: Letter) -> tuple[tuple[str, str, int], ...]:
    """Return what is said before the content, with the class of the answer that lets us go on."""
    return (("MAIL", f"FROM:<{letter.sender}>", 2), ("RCPT", f"TO:<{letter.recipient}>", 2), ("DATA", "", 3))


def _without_dot(content: bytes) -> bytes:
    lines = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _LINE_BEGINS_WITH_DOT.sub(b"..", lines)


def _after_the_dot(code: int) -> Ending:
    endings: dict[int, Ending] = {2: "sent", 4: "retry", 5: "permanent"}
    return endings.get(code // 100, "unknown")


def _said(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:_LONGEST_REPLY]


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")[:_LONGEST_REPLY]
