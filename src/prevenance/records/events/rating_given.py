"""Record how satisfied a customer said to be, from 1 to 5.

Example:
    >>> RATING_GIVEN.sentence.en
    'Rated {quantity} out of 5'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

RATING_GIVEN = EventKind(
    name="rating_given",
    subject="customer",
    sentence=Words(fr="Note donnée : {quantity} sur 5", en="Rated {quantity} out of 5"),
    object="ticket",
    fields={
        "object_id": Words(fr="la demande ou l’enquête", en="the ticket or the survey"),
        "quantity": Words(fr="la note, de 1 à 5", en="the rating, 1 to 5"),
        "text": Words(fr="le commentaire", en="the comment"),
    },
    units={"quantity": "point"},
    sensitivity="text",
    is_touch_point=True,
)
