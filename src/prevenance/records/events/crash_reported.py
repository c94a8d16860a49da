"""Record that the product stopped working for a person.

Example:
    >>> CRASH_REPORTED.sentence.en
    'The product crashed'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CRASH_REPORTED = EventKind(
    name="crash_reported",
    subject="machine",
    sentence=Words(fr="Arrêt brutal du produit", en="The product crashed"),
    object="crash",
    fields={
        "label": Words(fr="la cause connue", en="the known cause"),
    },
    sensitivity="personal",
)
