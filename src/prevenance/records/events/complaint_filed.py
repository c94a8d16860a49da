"""Record that a customer complained formally.

Example:
    >>> COMPLAINT_FILED.sentence.en
    'Complaint filed: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

COMPLAINT_FILED = EventKind(
    name="complaint_filed",
    subject="customer",
    sentence=Words(fr="Réclamation déposée : {label}", en="Complaint filed: {label}"),
    object="complaint",
    fields={
        "object_id": Words(fr="la réclamation", en="the complaint"),
        "label": Words(fr="l’objet", en="what it is about"),
        "due_at": Words(fr="la réponse promise", en="when the answer is due"),
        "text": Words(fr="la réclamation, mot pour mot", en="the complaint, word for word"),
    },
    sensitivity="text",
    is_touch_point=True,
)
