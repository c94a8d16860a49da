"""Record that the warranty of a machine ran out.

Example:
    >>> WARRANTY_ENDED.sentence.en
    'Warranty ended: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

WARRANTY_ENDED = EventKind(
    name="warranty_ended",
    subject="customer",
    sentence=Words(fr="Garantie terminée : {label}", en="Warranty ended: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="le modèle", en="the model"),
    },
    sensitivity="none",
)
