"""Record that a machine was installed at a customer's.

Example:
    >>> ASSET_INSTALLED.sentence.en
    'Machine installed: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ASSET_INSTALLED = EventKind(
    name="asset_installed",
    subject="company",
    sentence=Words(fr="Machine installée : {label}", en="Machine installed: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="le modèle", en="the model"),
    },
    sensitivity="none",
)
