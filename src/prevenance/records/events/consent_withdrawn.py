"""Record that a person withdrew an agreement.

Example:
    >>> CONSENT_WITHDRAWN.sentence.en
    'Consent withdrawn: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CONSENT_WITHDRAWN = EventKind(
    name="consent_withdrawn",
    subject="customer",
    sentence=Words(fr="Accord retiré : {label}", en="Consent withdrawn: {label}"),
    object="consent",
    fields={
        "label": Words(fr="le canal et la finalité", en="channel and purpose"),
    },
    sensitivity="personal",
)
