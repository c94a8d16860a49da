"""Record that an account's team grew.

Example:
    >>> MEMBER_ADDED.sentence.en
    'Team grew by {quantity}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

MEMBER_ADDED = EventKind(
    name="member_added",
    subject="customer",
    sentence=Words(fr="Équipe agrandie de {quantity}", en="Team grew by {quantity}"),
    object="team",
    fields={
        "quantity": Words(fr="le nombre de personnes ajoutées", en="how many people were added"),
    },
    units={"quantity": "person"},
    sensitivity="personal",
)
