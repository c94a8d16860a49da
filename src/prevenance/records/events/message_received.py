"""Record a message that a customer wrote.

Example:
    >>> MESSAGE_RECEIVED.sentence.en
    'Message received'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MESSAGE_RECEIVED = EventKind(
    name="message_received",
    subject="customer",
    sentence=Words(fr="Message reçu", en="Message received"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "text": Words(fr="le message", en="the message"),
    },
    sensitivity="text",
    is_touch_point=True,
)
