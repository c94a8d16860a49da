"""Record that an order was called off before delivery.

Example:
    >>> ORDER_CANCELLED.sentence.en
    'Order cancelled ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ORDER_CANCELLED = EventKind(
    name="order_cancelled",
    subject="customer",
    sentence=Words(fr="Commande annulée ({label})", en="Order cancelled ({label})"),
    object="order",
    fields={
        "object_id": Words(fr="la commande", en="the order"),
        "label": Words(fr="le motif", en="the reason"),
        "amount": Words(fr="le montant", en="the amount"),
    },
    sensitivity="personal",
)
