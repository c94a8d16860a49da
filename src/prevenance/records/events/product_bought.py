"""Record one line of an order: which product, how many.

Example:
    >>> PRODUCT_BOUGHT.sentence.en
    'Bought {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PRODUCT_BOUGHT = EventKind(
    name="product_bought",
    subject="customer",
    sentence=Words(fr="Produit acheté : {label}", en="Bought {label}"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "label": Words(fr="le produit ou sa famille", en="the product or its family"),
        "quantity": Words(fr="la quantité", en="the quantity"),
        "amount": Words(fr="le montant de la ligne", en="the amount of the line"),
    },
    units={"quantity": "item"},
    sensitivity="personal",
)
