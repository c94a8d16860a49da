"""Record that a solved request came back.

Example:
    >>> TICKET_REOPENED.sentence.en
    'Ticket reopened'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TICKET_REOPENED = EventKind(
    name="ticket_reopened",
    subject="customer",
    sentence=Words(fr="Demande rouverte", en="Ticket reopened"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "label": Words(fr="la catégorie", en="the category"),
    },
    sensitivity="personal",
    is_touch_point=True,
)
