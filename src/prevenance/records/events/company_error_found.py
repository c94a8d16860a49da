"""Record that the company made a mistake a customer suffers from.

Example:
    >>> COMPANY_ERROR_FOUND.sentence.en
    'Our mistake: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

COMPANY_ERROR_FOUND = EventKind(
    name="company_error_found",
    subject="company",
    sentence=Words(fr="Erreur de notre part : {label}", en="Our mistake: {label}"),
    object="error",
    fields={
        "label": Words(fr="la nature de l’erreur", en="the kind of mistake"),
        "object_id": Words(fr="ce qu’elle touche", en="what it touches"),
    },
    sensitivity="personal",
)
