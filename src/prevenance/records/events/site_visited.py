"""Record that a technician was at a customer's, and what he heard.

Example:
    >>> SITE_VISITED.sentence.en
    'Site visited by {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

SITE_VISITED = EventKind(
    name="site_visited",
    subject="company",
    sentence=Words(fr="Visite sur site par {label}", en="Site visited by {label}"),
    object="site",
    fields={
        "label": Words(fr="le technicien", en="the technician"),
        "text": Words(fr="le compte rendu", en="the report"),
    },
    sensitivity="text",
    is_touch_point=True,
)
