"""Record a telephone call of a customer, and how long it lasted.

Example:
    >>> CALL_RECEIVED.sentence.en
    'Call received, {quantity} min'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CALL_RECEIVED = EventKind(
    name="call_received",
    subject="customer",
    sentence=Words(fr="Appel reçu, {quantity} min", en="Call received, {quantity} min"),
    object="call",
    fields={
        "object_id": Words(fr="l’appel", en="the call"),
        "label": Words(fr="le motif", en="the reason"),
        "quantity": Words(fr="la durée", en="how long it lasted"),
        "text": Words(fr="le compte rendu", en="the notes"),
    },
    units={"quantity": "minute"},
    sensitivity="text",
    is_touch_point=True,
)
