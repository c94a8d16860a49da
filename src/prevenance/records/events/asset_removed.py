"""Record that a machine left a customer's.

Example:
    >>> ASSET_REMOVED.sentence.en
    'Machine removed: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ASSET_REMOVED = EventKind(
    name="asset_removed",
    subject="company",
    sentence=Words(fr="Machine retirée : {label}", en="Machine removed: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="le modèle", en="the model"),
    },
    sensitivity="none",
)
