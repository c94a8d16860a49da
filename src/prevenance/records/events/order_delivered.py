"""Record that an order arrived, and when it had been promised.

Example:
    >>> ORDER_DELIVERED.sentence.en
    'Order delivered'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ORDER_DELIVERED = EventKind(
    name="order_delivered",
    subject="company",
    sentence=Words(fr="Commande livrée", en="Order delivered"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "due_at": Words(fr="la date promise", en="the promised day"),
    },
    sensitivity="personal",
    is_touch_point=True,
)
