"""Record that a customer used a coupon.

Example:
    >>> COUPON_REDEEMED.sentence.en
    'Redeemed a coupon: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

COUPON_REDEEMED = EventKind(
    name="coupon_redeemed",
    subject="customer",
    sentence=Words(fr="Bon utilisé : {label}", en="Redeemed a coupon: {label}"),
    object="coupon",
    fields={
        "object_id": Words(fr="le bon", en="the coupon"),
        "label": Words(fr="la campagne", en="the campaign"),
    },
    sensitivity="personal",
)
