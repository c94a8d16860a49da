"""Record that a service of a machine was agreed for a day.

Example:
    >>> MAINTENANCE_PLANNED.sentence.en
    'Maintenance planned: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MAINTENANCE_PLANNED = EventKind(
    name="maintenance_planned",
    subject="company",
    sentence=Words(fr="Entretien prévu : {label}", en="Maintenance planned: {label}"),
    object="asset",
    fields={
        "object_id": Words(fr="le numéro de série", en="the serial number"),
        "label": Words(fr="la nature de l’entretien", en="the kind of maintenance"),
        "due_at": Words(fr="le jour prévu", en="the planned day"),
    },
    sensitivity="none",
)
