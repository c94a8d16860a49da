"""Record that a person looked at a page.

Example:
    >>> PAGE_VISITED.sentence.en
    'Visited the page {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PAGE_VISITED = EventKind(
    name="page_visited",
    subject="customer",
    sentence=Words(fr="Page consultée : {label}", en="Visited the page {label}"),
    object="page",
    fields={
        "label": Words(fr="la page", en="the page"),
    },
    sensitivity="personal",
)
