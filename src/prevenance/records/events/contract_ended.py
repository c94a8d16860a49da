"""Record that a contract ended and was not renewed.

Example:
    >>> CONTRACT_ENDED.sentence.en
    'Contract ended ({label})'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CONTRACT_ENDED = EventKind(
    name="contract_ended",
    subject="customer",
    sentence=Words(fr="Contrat terminé ({label})", en="Contract ended ({label})"),
    object="contract",
    fields={
        "object_id": Words(fr="le contrat", en="the contract"),
        "label": Words(fr="le motif", en="the reason"),
    },
    sensitivity="personal",
)
