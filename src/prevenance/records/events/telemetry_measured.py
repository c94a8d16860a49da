"""Record a value that a machine measured by itself.

Example:
    >>> TELEMETRY_MEASURED.sentence.en
    'Machine reading: {label}, {quantity}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TELEMETRY_MEASURED = EventKind(
    name="telemetry_measured",
    subject="machine",
    sentence=Words(fr="Mesure de la machine : {label}, {quantity}", en="Machine reading: {label}, {quantity}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="la grandeur et son unité", en="the measure and its unit"),
        "quantity": Words(fr="la valeur", en="the value"),
        "limit_quantity": Words(fr="le seuil d’alerte", en="the alarm limit"),
    },
    units={"quantity": "as in label", "limit_quantity": "as in label"},
    sensitivity="none",
)
