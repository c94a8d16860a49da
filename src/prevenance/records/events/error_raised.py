"""Record an error that the product showed to a person.

Example:
    >>> ERROR_RAISED.sentence.en
    'Met the error {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ERROR_RAISED = EventKind(
    name="error_raised",
    subject="machine",
    sentence=Words(fr="Erreur rencontrée : {label}", en="Met the error {label}"),
    object="error",
    fields={
        "label": Words(fr="le code de l’erreur", en="the code of the error"),
    },
    sensitivity="personal",
)
