"""Record that a customer began to try a product.

Example:
    >>> TRIAL_STARTED.sentence.en
    'Trial started: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TRIAL_STARTED = EventKind(
    name="trial_started",
    subject="customer",
    sentence=Words(fr="Essai commencé : {label}", en="Trial started: {label}"),
    object="trial",
    fields={
        "object_id": Words(fr="l’essai", en="the trial"),
        "label": Words(fr="le produit", en="the product"),
        "due_at": Words(fr="la fin de l’essai", en="the end of the trial"),
    },
    sensitivity="personal",
)
