"""Record that a customer bought something.

Example:
    >>> ORDER_PLACED.sentence.en
    'Order placed, {amount}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ORDER_PLACED = EventKind(
    name="order_placed",
    subject="customer",
    sentence=Words(fr="Commande passée, {amount}", en="Order placed, {amount}"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "label": Words(fr="le produit, si la commande n’en a qu’un", en="the product, when the order has only one"),
        "quantity": Words(fr="le nombre d’articles", en="how many items"),
        "amount": Words(fr="le montant", en="the amount"),
    },
    units={"quantity": "item"},
    sensitivity="personal",
    is_touch_point=True,
)
