"""Hold the answers of the gate: a permit that nobody else can make, and a no that passes with time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prevenance.kit.problems import BrokenPromiseError
from prevenance.privacy.base import Case
from prevenance.records.answers import Refusal
from prevenance.records.ids import CustomerId, PersonId

_SEAL = object()


@dataclass(frozen=True)
class NotNow(Refusal):
    """Says no for the moment: asking again at `opens_at` may give another answer."""

    opens_at: datetime


@dataclass(frozen=True)
class Permit:
    """Allows one contact: this purpose, this person, this channel and address, until it expires.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 24, 10, tzinfo=UTC)
        >>> Permit("marketing", 1, 2, "email", "ada@example.com", "key", "soft_optin", at, at, "v1")
        Traceback (most recent call last):
        prevenance.kit.problems.BrokenPromiseError: Only the privacy room makes permits. Ask for one.
    """

    purpose: str
    customer_id: CustomerId
    person_id: PersonId | None
    channel: str
    address: str
    address_key: str
    message_class: str
    granted_at: datetime
    expires_at: datetime
    policy_version: str
    seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise BrokenPromiseError("Only the privacy room makes permits. Ask for one.")

    def covers(self, *, address: str, channel: str, at: datetime) -> bool:
        """Tell whether a contact at this address, by this channel, at this moment is within the permit."""
        return self.address == address and self.channel == channel and self.granted_at <= at < self.expires_at


def grant(case: Case, *, address_key: str, policy_version: str) -> Permit:
    """Make the permit for a case that no rule stopped."""
    request = case.request
    if request.address is None:
        raise BrokenPromiseError("A permit needs an address; the rule `address_known` should have stopped this.")
    return Permit(
        purpose=request.purpose,
        customer_id=request.customer_id,
        person_id=request.person_id,
        channel=request.channel,
        address=request.address,
        address_key=address_key,
        message_class=request.message_class,
        granted_at=case.at,
        expires_at=case.at + timedelta(minutes=case.policy.permit_minutes),
        policy_version=policy_version,
        seal=_SEAL,
    )
