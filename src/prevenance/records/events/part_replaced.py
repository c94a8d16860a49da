"""Record that a part of a machine was replaced.

Example:
    >>> PART_REPLACED.sentence.en
    'Part replaced: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PART_REPLACED = EventKind(
    name="part_replaced",
    subject="company",
    sentence=Words(fr="Pièce remplacée : {label}", en="Part replaced: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="la pièce", en="the part"),
    },
    sensitivity="none",
)
