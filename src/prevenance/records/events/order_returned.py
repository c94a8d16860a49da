"""Record that a customer sent goods back.

Example:
    >>> ORDER_RETURNED.sentence.en
    'Goods returned ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ORDER_RETURNED = EventKind(
    name="order_returned",
    subject="customer",
    sentence=Words(fr="Retour de marchandise ({label})", en="Goods returned ({label})"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "label": Words(fr="le motif", en="the reason"),
        "quantity": Words(fr="le nombre d’articles", en="how many items"),
        "amount": Words(fr="la valeur des articles", en="the value of the items"),
    },
    units={"quantity": "item"},
    sensitivity="personal",
    is_touch_point=True,
)
