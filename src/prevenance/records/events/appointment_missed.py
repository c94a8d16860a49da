"""Record that an agreed appointment did not take place.

Example:
    >>> APPOINTMENT_MISSED.sentence.en
    'Missed appointment: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

APPOINTMENT_MISSED = EventKind(
    name="appointment_missed",
    subject="customer",
    sentence=Words(fr="Rendez-vous manqué : {label}", en="Missed appointment: {label}"),
    object="appointment",
    fields={
        "object_id": Words(fr="le rendez-vous", en="the appointment"),
        "label": Words(fr="qui a manqué, le client ou nous", en="who missed it, the customer or us"),
        "due_at": Words(fr="l’heure convenue", en="the agreed time"),
    },
    sensitivity="personal",
)
