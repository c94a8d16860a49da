"""Record that an offer was made to a customer.

Example:
    >>> QUOTE_SENT.sentence.en
    'Quote sent, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

QUOTE_SENT = EventKind(
    name="quote_sent",
    subject="company",
    sentence=Words(fr="Devis envoyé, {amount}", en="Quote sent, {amount}"),
    object="quote",
    fields={
        "object_id": Words(fr="le devis", en="the quote"),
        "label": Words(fr="le produit", en="the product"),
        "amount": Words(fr="le montant", en="the amount"),
        "due_at": Words(fr="la fin de validité", en="the end of its validity"),
    },
    sensitivity="personal",
    is_touch_point=True,
)
