"""Record that people of a customer were trained.

Example:
    >>> TRAINING_ATTENDED.sentence.en
    'Training attended: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

TRAINING_ATTENDED = EventKind(
    name="training_attended",
    subject="customer",
    sentence=Words(fr="Formation suivie : {label}", en="Training attended: {label}"),
    object="training",
    fields={
        "object_id": Words(fr="la formation", en="the training"),
        "label": Words(fr="le sujet", en="the subject"),
        "quantity": Words(fr="le nombre de participants", en="how many took part"),
    },
    units={"quantity": "person"},
    sensitivity="personal",
    is_touch_point=True,
)
