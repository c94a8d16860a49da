"""Compose an e-mail: headers that cannot be injected, text and simple HTML, and the way out."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from prevenance.actions.base import MailSettings, Message
from prevenance.kit.words import Words

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNFOLDED = SMTP.clone(max_line_length=900)  # a folded List-Unsubscribe is one that mail programs do not find
_BY_LINK = Words(fr="Ne plus recevoir ces messages : {link}", en="Stop receiving these messages: {link}")
_BY_REPLY = Words(
    fr="Pour ne plus recevoir ces messages, répondez « STOP ».", en="To stop receiving these messages, reply “STOP”."
)


@dataclass(frozen=True)
class Letter:
    """Holds what the mail server is told: envelope and content."""

    sender: str
    recipient: str
    content: bytes


def compose(message: Message, mail: MailSettings, *, at: datetime) -> Letter:
    """Return the letter for a message, its bytes the same each time.

    Raises:
        ValueError: an address or header holds what could make it more than one.
    """
    sender, recipient = _envelope(mail.sender), _envelope(message.address)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(_plain(mail.sender_name), addr_spec=sender)
    letter["To"] = Address(addr_spec=recipient)
    letter["Subject"] = _plain(message.subject)
    letter["Date"] = at
    letter["Message-ID"] = f"<{message.send_key[:40]}@{sender.rpartition('@')[2]}>"  # the trace to reconcile by
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = message.language
    if mail.reply_to:
        letter["Reply-To"] = Address(addr_spec=_envelope(mail.reply_to))
    for name, value in _ways_out(message, mail).items():
        letter[name] = value
    text = readable(message, mail)
    letter.set_content(text, cte="quoted-printable")
    letter.add_alternative(
        message.body_html or _as_html(text, message.language), subtype="html", cte="quoted-printable"
    )
    letter.set_boundary(f"=_{message.send_key[:32]}")
    return Letter(sender, recipient, letter.as_bytes(policy=_UNFOLDED))


def readable(message: Message, mail: MailSettings) -> str:
    """Return the text of a letter, with the way out below it."""
    if mail.public_url:
        footer = _BY_LINK.say(message.language, link=_link(message, mail.public_url))
    elif message.message_class != "contract_service":
        footer = _BY_REPLY.say(message.language)
    else:
        return message.body_text
    return f"{message.body_text.rstrip()}\n\n-- \n{footer}\n"


def _ways_out(message: Message, mail: MailSettings) -> dict[str, str]:
    """Return the headers of RFC 2369, and of RFC 8058 where there is a page that takes the POST."""
    by_mail = f"<mailto:{_envelope(mail.reply_to or mail.sender)}?subject=unsubscribe>"
    if not mail.public_url:
        return {"List-Unsubscribe": by_mail}
    link = f"<{_link(message, mail.public_url)}>"
    return {"List-Unsubscribe": f"{link}, {by_mail}", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _link(message: Message, public_url: str) -> str:
    return f"{_plain(public_url).rstrip('/')}/u/{message.unsubscribe_token}"


def _envelope(address: str) -> str:
    """Return an address as SMTP without extensions can carry it."""
    local, _, domain = _plain(address).rpartition("@")
    if not local or not local.isascii() or re.search(r"[\s<>,;:\"()\[\]\\]", local + domain):
        raise ValueError(f"not an address that mail can carry: {address!r}")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as impossible:
        raise ValueError(f"not a domain that can exist: {domain!r}") from impossible


def _plain(header: str) -> str:
    if _CONTROL.search(header):
        raise ValueError(f"a control character in a header: {header!r}")
    return header


def _as_html(text: str, language: str) -> str:
    paragraphs = "".join(
        f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n") if part.strip()
    )
    return f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head><body>{paragraphs}</body></html>'
