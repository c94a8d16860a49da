"""Record a message that the company wrote to a customer.

Example:
    >>> MESSAGE_SENT.sentence.en
    'Message sent'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MESSAGE_SENT = EventKind(
    name="message_sent",
    subject="company",
    sentence=Words(fr="Message envoyé", en="Message sent"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande", en="the ticket"),
        "text": Words(fr="le message", en="the message"),
    },
    sensitivity="text",
    is_touch_point=True,
)
