"""Record an opinion that a customer published.

Example:
    >>> REVIEW_PUBLISHED.sentence.en
    'Review published: {quantity} out of 5'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

REVIEW_PUBLISHED = EventKind(
    name="review_published",
    subject="customer",
    sentence=Words(fr="Avis publié : {quantity} sur 5", en="Review published: {quantity} out of 5"),
    object="review",
    fields={
        "object_id": Words(fr="l’avis", en="the review"),
        "label": Words(fr="le site", en="the site"),
        "quantity": Words(fr="la note, de 1 à 5", en="the rating, 1 to 5"),
        "text": Words(fr="l’avis, mot pour mot", en="the review, word for word"),
    },
    units={"quantity": "point"},
    sensitivity="text",
    is_touch_point=True,
)
