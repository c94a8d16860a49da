"""Record that an account moved to another plan.

Example:
    >>> PLAN_CHANGED.sentence.en
    'Changed plan to {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PLAN_CHANGED = EventKind(
    name="plan_changed",
    subject="customer",
    sentence=Words(fr="Formule changée pour {label}", en="Changed plan to {label}"),
    object="plan",
    fields={
        "label": Words(fr="la nouvelle formule", en="the new plan"),
        "amount": Words(fr="le nouveau montant mensuel", en="the new monthly amount"),
    },
    sensitivity="personal",
)
