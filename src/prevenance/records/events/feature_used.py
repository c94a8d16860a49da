"""Record that a person used a feature of the product.

Example:
    >>> FEATURE_USED.sentence.en
    'Used the feature {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

FEATURE_USED = EventKind(
    name="feature_used",
    subject="customer",
    sentence=Words(fr="Fonction utilisée : {label}", en="Used the feature {label}"),
    object="feature",
    fields={
        "label": Words(fr="la fonction", en="the feature"),
        "quantity": Words(fr="le nombre de fois", en="how many times"),
    },
    units={"quantity": "time"},
    sensitivity="personal",
)
