"""Record that a person agreed to be contacted or scored.

Example:
    >>> CONSENT_GIVEN.sentence.en
    'Consent given: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CONSENT_GIVEN = EventKind(
    name="consent_given",
    subject="customer",
    sentence=Words(fr="Accord donné : {label}", en="Consent given: {label}"),
    object="consent",
    fields={
        "label": Words(fr="le canal et la finalité", en="channel and purpose"),
    },
    sensitivity="personal",
)
