"""Record that money was given back.

Example:
    >>> REFUND_ISSUED.sentence.en
    'Refund, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

REFUND_ISSUED = EventKind(
    name="refund_issued",
    subject="company",
    sentence=Words(fr="Remboursement, {amount}", en="Refund, {amount}"),
    object="invoice",
    fields={
        "object_id": Words(fr="la facture", en="the invoice"),
        "label": Words(fr="le motif", en="the reason"),
        "amount": Words(fr="le montant rendu", en="the amount given back"),
    },
    sensitivity="personal",
)
