"""Record that the company asked for a payment that was due.

Example:
    >>> REMINDER_SENT.sentence.en
    'Payment reminder sent, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

REMINDER_SENT = EventKind(
    name="reminder_sent",
    subject="company",
    sentence=Words(fr="Relance envoyée, {amount}", en="Payment reminder sent, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture", en="the invoice"),
        "label": Words(fr="le degré de la relance", en="the level of the reminder"),
        "amount": Words(fr="le montant dû", en="the amount due"),
    },
    sensitivity="personal",
    is_touch_point=True,
)
