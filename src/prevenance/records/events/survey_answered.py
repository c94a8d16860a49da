"""Record an answer to a survey, from 0 to 10.

Example:
    >>> SURVEY_ANSWERED.sentence.en
    'Answered the survey: {quantity} out of 10'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

SURVEY_ANSWERED = EventKind(
    name="survey_answered",
    subject="customer",
    sentence=Words(fr="Réponse à l’enquête : {quantity} sur 10", en="Answered the survey: {quantity} out of 10"),
    object="survey",
    fields={
        "object_id": Words(fr="l’enquête", en="the survey"),
        "label": Words(fr="la question", en="the question"),
        "quantity": Words(fr="la réponse, de 0 à 10", en="the answer, 0 to 10"),
        "text": Words(fr="le commentaire", en="the comment"),
    },
    units={"quantity": "point"},
    sensitivity="text",
    is_touch_point=True,
)
