"""Record a meeting with a customer.

Example:
    >>> MEETING_HELD.sentence.en
    'Meeting held: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MEETING_HELD = EventKind(
    name="meeting_held",
    subject="customer",
    sentence=Words(fr="Réunion tenue : {label}", en="Meeting held: {label}"),
    object="meeting",
    fields={
        "object_id": Words(fr="la réunion", en="the meeting"),
        "label": Words(fr="le sujet", en="the subject"),
        "quantity": Words(fr="la durée", en="how long it lasted"),
        "text": Words(fr="le compte rendu", en="the minutes"),
    },
    units={"quantity": "minute"},
    sensitivity="text",
    is_touch_point=True,
)
