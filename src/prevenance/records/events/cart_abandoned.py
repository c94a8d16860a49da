"""Record that a customer filled a basket and left it.

Example:
    >>> CART_ABANDONED.sentence.en
    'Basket left behind, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CART_ABANDONED = EventKind(
    name="cart_abandoned",
    subject="customer",
    sentence=Words(fr="Panier abandonné, {amount}", en="Basket left behind, {amount}"),
    object="cart",
    fields={
        "object_id": Words(fr="le panier", en="the basket"),
        "quantity": Words(fr="le nombre d’articles", en="how many items"),
        "amount": Words(fr="le montant", en="the amount"),
    },
    units={"quantity": "item"},
    sensitivity="personal",
)
