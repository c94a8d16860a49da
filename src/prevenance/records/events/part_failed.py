"""Record that a part of a machine broke.

Example:
    >>> PART_FAILED.sentence.en
    'Part failed: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PART_FAILED = EventKind(
    name="part_failed",
    subject="machine",
    sentence=Words(fr="Pièce en panne : {label}", en="Part failed: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="la pièce", en="the part"),
    },
    sensitivity="none",
)
