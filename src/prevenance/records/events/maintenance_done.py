"""Record that a machine was serviced, and when it is due again.

Example:
    >>> MAINTENANCE_DONE.sentence.en
    'Maintenance done: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MAINTENANCE_DONE = EventKind(
    name="maintenance_done",
    subject="company",
    sentence=Words(fr="Entretien effectué : {label}", en="Maintenance done: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="la nature de l’entretien", en="the kind of maintenance"),
        "due_at": Words(fr="le prochain entretien", en="the next maintenance"),
    },
    sensitivity="none",
    is_touch_point=True,
)
