"""Record that a customer announced to end a contract.

Example:
    >>> NOTICE_GIVEN.sentence.en
    'Notice given ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

NOTICE_GIVEN = EventKind(
    name="notice_given",
    subject="customer",
    sentence=Words(fr="Préavis donné ({label})", en="Notice given ({label})"),
    object="contract",
    fields={
        "object_id": Words(fr="le contrat", en="the contract"),
        "label": Words(fr="le motif", en="the reason"),
        "due_at": Words(fr="la fin du contrat", en="the end of the contract"),
        "text": Words(fr="la lettre", en="the letter"),
    },
    sensitivity="text",
    is_touch_point=True,
)
