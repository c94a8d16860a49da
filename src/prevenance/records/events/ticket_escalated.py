"""Record that a request was handed to somebody higher.

Example:
    >>> TICKET_ESCALATED.sentence.en
    'Ticket escalated ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TICKET_ESCALATED = EventKind(
    name="ticket_escalated",
    subject="company",
    sentence=Words(fr="Demande transmise au niveau supérieur ({label})", en="Ticket escalated ({label})"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "label": Words(fr="le motif", en="the reason"),
    },
    sensitivity="personal",
)
