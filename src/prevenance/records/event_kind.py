"""Describe a kind of event: who does what to what, and which columns carry its details."""

from dataclasses import dataclass, field
from typing import Literal

from prevenance.kit.words import Words

Sensitivity = Literal["none", "personal", "text", "special"]


@dataclass(frozen=True)
class EventKind:
    """Holds one word of the vocabulary of a customer's life.

    Attributes:
        name: past tense, `ticket_reopened`.
        sentence: what the timeline shows, with `{label}`, `{amount}`, `{quantity}` where they are known.
        object: what it happened to (`order`, `ticket`, `asset`, ...), whose id stands in `object_id`.
        fields: which of the generic columns it uses, and what they mean here.
        sensitivity: `text` for words written by people, which may hold anything.
        is_touch_point: whether company and customer met here (counted in touch-point coverage).
    """

    name: str
    sentence: Words
    object: str
    fields: dict[str, Words] = field(default_factory=dict)
    sensitivity: Sensitivity = "personal"
    is_touch_point: bool = False
