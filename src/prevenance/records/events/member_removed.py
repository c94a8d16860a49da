"""Record that an account's team shrank.

Example:
    >>> MEMBER_REMOVED.sentence.en
    'Team shrank by {quantity}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MEMBER_REMOVED = EventKind(
    name="member_removed",
    subject="customer",
    sentence=Words(fr="Équipe réduite de {quantity}", en="Team shrank by {quantity}"),
    object="team",
    fields={
        "quantity": Words(fr="le nombre de personnes parties", en="how many people left"),
    },
    units={"quantity": "person"},
    sensitivity="personal",
)
