"""Describe a rule of the gate, what is asked of it, and what it may know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from prevenance.kit.words import Words
from prevenance.privacy.policy import ContactPolicy
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import CustomerId, PersonId

Medium: TypeAlias = Literal["email", "phone", "post"]
Purpose: TypeAlias = Literal["service", "marketing"]
MessageClass: TypeAlias = Literal["contract_service", "consent_marketing", "soft_optin", "b2b_legit"]
When: TypeAlias = Literal["now", "later"]


@dataclass(frozen=True)
class ContactRequest:
    """Asks to contact one person at one address for one purpose, with the facts that the asker knows.

    Attributes:
        channel: the medium, as consents name it; a call task asks for `phone`.
        message_class: the legal ground: contract, consent, own customer (CPCE L.34-5), or professional address.
        is_customer: whether the company has sold to this customer; None is unknown.
        is_professional: whether the person is addressed in a profession; None is unknown.
        has_open_complaint: whether a complaint of the customer is open; None is unknown.
        n_recent_human_contacts: contacts by people of the company in the last seven days.
        when: `now` for a contact at this moment; `later` for a proposal, to which hours and days do not matter yet.
    """

    customer_id: CustomerId
    person_id: PersonId | None
    channel: Medium
    address: str | None
    purpose: Purpose
    message_class: MessageClass
    country: str = "FR"
    time_zone: str = "Europe/Paris"
    is_customer: bool | None = None
    is_professional: bool | None = None
    has_open_complaint: bool | None = None
    n_recent_human_contacts: int = 0
    when: When = "now"

    @property
    def is_selling(self) -> bool:
        """Tell whether anything but service under the contract is meant."""
        return self.purpose != "service" or self.message_class != "contract_service"


@dataclass(frozen=True)
class Statement:
    """Holds what was once said about an address: yes or no to a purpose, by whom, with what proof."""

    purpose: str
    is_given: bool
    is_personal: bool
    has_proof: bool
    recorded_at: datetime


@dataclass(frozen=True)
class Contact:
    """Holds one contact that happened, or may have happened."""

    at: datetime
    medium: str
    purpose: str


@dataclass(frozen=True)
class Known:
    """Holds what the ledger knows about the subject of one request."""

    statements: tuple[Statement, ...] = ()
    suppressed: frozenset[str] = frozenset()
    objections: frozenset[str] = frozenset()
    contacts: tuple[Contact, ...] = ()

    def has_opted_out(self, purpose: str) -> bool:
        """Tell whether the address said no: the strictest of all sources wins, unless the person said yes since."""
        if self.suppressed & {purpose, "all"}:
            return True
        said_no = [said.recorded_at for said in self.statements if said.purpose == purpose and not said.is_given]
        said_yes = [
            said.recorded_at
            for said in self.statements
            if said.purpose == purpose and said.is_given and said.is_personal and said.has_proof
        ]
        return bool(said_no) and (not said_yes or max(said_yes) <= max(said_no))


@dataclass(frozen=True)
class Case:
    """Holds what a rule looks at: the request, what is known, the moment, the company's limits."""

    request: ContactRequest
    known: Known = Known()
    at: datetime = datetime(
        2026, 11, 24, 10, 0, tzinfo=UTC
    )  # the moment of the rules' examples: a Tuesday, 11:00 in Paris
    policy: ContactPolicy = field(default_factory=ContactPolicy)


Verdict: TypeAlias = Refusal | Undetermined | None


@dataclass(frozen=True)
class Rule:
    """Holds one rule of the gate: a pure judgement over a case, with cases that it lets pass and cases that it stops.

    Attributes:
        rank: where several rules stop a request, the one with the lowest rank gives the reason.
        words: what the rule demands, in a sentence.
        judge: returns None where the rule has nothing against the contact.
    """

    name: str
    rank: int
    words: Words
    judge: Callable[[Case], Verdict]
    passes: tuple[Case, ...]
    stops: tuple[Case, ...]


def example(**changes: object) -> ContactRequest:
    """Return the request that the rules' examples start from: service for a known customer by e-mail."""
    facts: dict[str, object] = {
        "customer_id": CustomerId(1042),
        "person_id": PersonId(7),
        "channel": "email",
        "address": "ada@example.com",
        "purpose": "service",
        "message_class": "contract_service",
        "is_customer": True,
        "is_professional": False,
        "has_open_complaint": False,
    }
    return ContactRequest(**(facts | changes))  # type: ignore[arg-type]  # examples only: the contract test runs each
