"""Record that a payment was refused.

Example:
    >>> PAYMENT_FAILED.sentence.en
    'Payment refused, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PAYMENT_FAILED = EventKind(
    name="payment_failed",
    subject="customer",
    sentence=Words(fr="Paiement refusé, {amount}", en="Payment refused, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture", en="the invoice"),
        "label": Words(fr="le motif de la banque", en="the bank's reason"),
        "amount": Words(fr="le montant", en="the amount"),
    },
    sensitivity="personal",
)
