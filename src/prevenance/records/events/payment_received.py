"""Record that an invoice was paid; late when after its due date.

Example:
    >>> PAYMENT_RECEIVED.sentence.en
    'Payment received, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PAYMENT_RECEIVED = EventKind(
    name="payment_received",
    subject="customer",
    sentence=Words(fr="Paiement reçu, {amount}", en="Payment received, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture payée", en="the invoice paid"),
        "amount": Words(fr="le montant payé", en="the amount paid"),
        "due_at": Words(fr="l’échéance de la facture", en="the due date of the invoice"),
    },
    sensitivity="personal",
)
