"""Describe a channel: how it shows a message, and how it reaches a person up to the point of no return."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from sqlalchemy import Connection

from prevenance.kit import catalogue
from prevenance.kit.problems import PolicyError
from prevenance.kit.words import Language, Words
from prevenance.privacy import Permit

Ending: TypeAlias = Literal["sent", "retry", "permanent", "unknown"]


@dataclass(frozen=True)
class MailSettings:
    """Holds how the company sends mail.

    Attributes:
        security: `starttls`, `tls`, or `none` for a server on the same machine.
        public_url: where recipients reach the product; links are built from it and from nothing else.
        timeout_seconds: how long to wait for each answer of the server.
    """

    host: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = None
    sender: str = "service@example.com"
    sender_name: str = ""
    reply_to: str | None = None
    public_url: str | None = None
    timeout_seconds: float = 60.0

    def __repr__(self) -> str:
        return f"MailSettings({self.host}:{self.port}, {self.security}, sender={self.sender})"  # never the password


@dataclass(frozen=True)
class Message:
    """Holds what one person is to receive, as it was approved."""

    send_key: str
    customer_id: int
    person_id: int | None
    medium: str
    address: str
    language: Language
    subject: str
    body_text: str
    body_html: str | None
    message_class: str
    expires_at: datetime
    unsubscribe_token: str


@dataclass(frozen=True)
class Outcome:
    """Says how an attempt ended.

    Attributes:
        ending: `retry` and `permanent` are certain not to have arrived; `unknown` may have.
        is_channel_down: whether trying the next message now would be in vain.
    """

    ending: Ending
    code: int | None = None
    text: str = ""
    is_channel_down: bool = False


class Prepared(Protocol):
    """Stands right before the point of no return of one message."""

    def commit(self, tx: Connection, permit: Permit) -> Outcome | None:
        """Do what belongs into the ledger itself; None means that the effect lies outside and `finish` brings it."""
        ...

    def finish(self) -> Outcome:
        """Pass the point of no return; called once, after the mark is on disk."""
        ...

    def abandon(self) -> None:
        """Step back, so that nothing arrives."""
        ...


class Outlet(Protocol):
    """Carries messages while it is open."""

    def prepare(self, message: Message, permit: Permit) -> Prepared | Outcome:
        """Bring a message up to the point of no return, or say how it ended before."""
        ...


class Channel(ABC):
    """Reaches people in one way.

    Attributes:
        name: as plays and the outbox call it.
        medium: as consents call it.
        needs_decent_hours: whether delivery itself disturbs; a task for a colleague does not.
    """

    name: str
    medium: str
    words: Words
    needs_decent_hours: bool = True

    @abstractmethod
    def preview(self, message: Message) -> str:
        """Return what the person would receive, sending nothing."""

    @abstractmethod
    def open(self) -> AbstractContextManager[Outlet]:
        """Open the way out; connecting may wait until the first message."""

    def set_up(self, mail: MailSettings) -> "Channel":
        """Return the channel with the company's settings in place."""
        return self


def demand(permit: Permit, message: Message, *, at: datetime | None = None) -> None:
    """Refuse to go on without a permit for exactly this contact; callers without types get no way round it.

    Raises:
        PolicyError: there is none, or it is for something else.
    """
    given: object = permit
    is_permit = isinstance(given, Permit)
    if not is_permit or not permit.covers(address=message.address, channel=message.medium, at=at or permit.granted_at):
        raise PolicyError("Nobody is contacted without a permit for exactly this contact.", send_key=message.send_key)


def load_channels(mail: MailSettings | None = None) -> dict[str, Channel]:
    """Return the channels of the catalogue; without settings, mail can be previewed but not sent.

    Example:
        >>> sorted(load_channels())
        ['call_task', 'email']
    """
    found = catalogue.load("prevenance.actions.channels", Channel)  # type: ignore[type-abstract]  # the kind, not an instance
    return {name: channel.set_up(mail) if mail else channel for name, channel in found.items()}
