"""State the company's limits on contact: how often, and at what hours."""

from dataclasses import asdict, dataclass
from datetime import time

from prevenance.kit.hashing import fingerprint

Span = tuple[time, time]


@dataclass(frozen=True)
class ContactPolicy:
    """Holds the limits; the defaults are the law's where it sets one, and courtesy elsewhere.

    Attributes:
        consumer_call_hours: calls to consumers in France, Monday to Friday, never on holidays (C. conso D.223-9).
        consumer_calls_per_30_days: same decree.
    """

    marketing_per_7_days: int = 1
    marketing_per_30_days: int = 2
    contacts_per_7_days: int = 3
    consumer_calls_per_30_days: int = 4
    consumer_call_hours: tuple[Span, ...] = ((time(10), time(13)), (time(14), time(20)))
    professional_call_hours: tuple[Span, ...] = ((time(9), time(18)),)
    selling_hours: tuple[Span, ...] = ((time(8), time(20)),)
    service_hours: tuple[Span, ...] = ((time(7), time(22)),)
    permit_minutes: int = 5

    @property
    def version(self) -> str:
        """Return a mark that changes when any limit does.

        Example:
            >>> ContactPolicy().version == ContactPolicy(contacts_per_7_days=2).version
            False
        """
        return fingerprint(asdict(self))
