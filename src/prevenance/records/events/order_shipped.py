"""Record that an order left the warehouse, and when it is promised.

Example:
    >>> ORDER_SHIPPED.sentence.en
    'Order shipped'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ORDER_SHIPPED = EventKind(
    name="order_shipped",
    subject="company",
    sentence=Words(fr="Commande expédiée", en="Order shipped"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "label": Words(fr="le transporteur", en="the carrier"),
        "due_at": Words(fr="la date promise", en="the promised day"),
    },
    sensitivity="personal",
)
