"""Record how much of a plan's limit an account uses.

Example:
    >>> USAGE_MEASURED.sentence.en
    'Usage measured: {label}, {quantity}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

USAGE_MEASURED = EventKind(
    name="usage_measured",
    subject="machine",
    sentence=Words(fr="Usage mesuré : {label}, {quantity}", en="Usage measured: {label}, {quantity}"),
    object="usage",
    fields={
        "label": Words(fr="la mesure : seats, storage_gb, api_calls", en="the measure: seats, storage_gb, api_calls"),
        "quantity": Words(fr="la quantité utilisée", en="the quantity used"),
        "limit_quantity": Words(fr="la limite de la formule", en="the limit of the plan"),
    },
    units={"quantity": "as in label", "limit_quantity": "as in label"},
    sensitivity="none",
)
