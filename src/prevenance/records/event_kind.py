"""Describe a kind of event: who does what to what, and which columns carry its details."""

from dataclasses import dataclass, field
from typing import Literal

from prevenance.kit.words import Words

Subject = Literal["customer", "company", "machine"]
Sensitivity = Literal["none", "personal", "text", "special"]


@dataclass(frozen=True)
class EventKind:
    """Holds one word of the vocabulary of a customer's life.

    Attributes:
        name: past tense, `ticket_reopened`.
        subject: who does it: the customer and his people, we (`company`), or the product or machine by itself.
        sentence: what the timeline shows, with `{label}`, `{amount}`, `{quantity}` where they are known.
        object: what it happened to (`order`, `ticket`, `asset`, ...), whose id stands in `object_id`.
        fields: which of the generic columns it uses, and what they mean here.
        units: what a quantity counts; money carries its currency in the row.
        sensitivity: `text` for words written by people, which may hold anything.
        is_touch_point: whether company and customer met here (counted in touch-point coverage).
    """

    name: str
    subject: Subject
    sentence: Words
    object: str
    fields: dict[str, Words] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    sensitivity: Sensitivity = "personal"
    is_touch_point: bool = False

    @property
    def verb(self) -> str:
        """Return what was done to the object, in the past tense.

        Example:
            >>> reopened = Words(fr="Rouverte", en="Reopened")
            >>> EventKind(name="ticket_reopened", subject="customer", sentence=reopened, object="ticket").verb
            'reopened'
        """
        return "held_out" if self.name.endswith("_held_out") else self.name.rpartition("_")[2]

    def sensitivity_of(self, column: str) -> Sensitivity:
        """Return how carefully one column is to be handled: only words written by people may hold anything."""
        if column == "text":
            return "text"
        return "personal" if self.sensitivity == "text" else self.sensitivity
