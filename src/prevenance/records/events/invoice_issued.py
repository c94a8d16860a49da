"""Record that an invoice was sent.

Example:
    >>> INVOICE_ISSUED.sentence.en
    'Invoice issued, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

INVOICE_ISSUED = EventKind(
    name="invoice_issued",
    subject="company",
    sentence=Words(fr="Facture émise, {amount}", en="Invoice issued, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture", en="the invoice"),
        "amount": Words(fr="le montant", en="the amount"),
        "due_at": Words(fr="l’échéance", en="the due date"),
    },
    sensitivity="personal",
)
