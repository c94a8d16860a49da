"""Record that a customer asked for help.

Example:
    >>> TICKET_OPENED.sentence.en
    'Ticket opened ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TICKET_OPENED = EventKind(
    name="ticket_opened",
    subject="customer",
    sentence=Words(fr="Demande ouverte ({label})", en="Ticket opened ({label})"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "label": Words(fr="la catégorie", en="the category"),
        "text": Words(fr="l’objet et le premier message", en="the subject and the first message"),
    },
    sensitivity="text",
    is_touch_point=True,
)
