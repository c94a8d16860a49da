"""Say what a reading is: one thing to find in a message, with its confidence and the words that made it so."""

from collections.abc import Callable
from dataclasses import dataclass

from prevenance.kit.words import Words


@dataclass(frozen=True)
class Heard:
    """Holds what a reading found in a message.

    Attributes:
        value: what was found, one of the reading's `values`.
        confidence: how sure, 0 to 1.
        because: the words of the message that made it so, as they stand there.
    """

    value: str
    confidence: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Finds one thing in the words of a customer.

    Attributes:
        name: the file's name.
        question: what it asks of a message.
        values: what it may answer, in words.
        read: from a message to what was heard; `None` when there is nothing to hear.
        examples: messages in both languages with the right answer; the contract test reads them.
    """

    name: str
    question: Words
    values: dict[str, Words]
    read: Callable[[str], Heard | None]
    examples: tuple[tuple[str, str], ...]
