"""Record that a customer contests an invoice.

Example:
    >>> INVOICE_DISPUTED.sentence.en
    'Invoice disputed, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

INVOICE_DISPUTED = EventKind(
    name="invoice_disputed",
    subject="customer",
    sentence=Words(fr="Facture contestée, {amount}", en="Invoice disputed, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture", en="the invoice"),
        "label": Words(fr="le motif", en="the reason"),
        "amount": Words(fr="le montant contesté", en="the amount disputed"),
        "text": Words(fr="les raisons du client", en="the customer’s reasons"),
    },
    sensitivity="text",
    is_touch_point=True,
)
