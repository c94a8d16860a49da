"""Record that a request was solved, and in how long.

Example:
    >>> TICKET_SOLVED.sentence.en
    'Ticket solved in {quantity} h'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TICKET_SOLVED = EventKind(
    name="ticket_solved",
    subject="company",
    sentence=Words(fr="Demande résolue en {quantity} h", en="Ticket solved in {quantity} h"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "label": Words(fr="la catégorie", en="the category"),
        "quantity": Words(fr="les heures jusqu’à la solution", en="hours to the solution"),
    },
    units={"quantity": "hour"},
    sensitivity="personal",
)
