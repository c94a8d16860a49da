"""Say what an alarm is: one question to the present, answered by what changed, since when, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from prevenance.kit.words import Words
from prevenance.storage import Lake
from prevenance.timeline import Timeline


@dataclass(frozen=True)
class Watched:
    """Holds what an alarm may look at: nothing known after the timeline's `as_of`."""

    lake: Lake
    timeline: Timeline


@dataclass(frozen=True)
class Raised:
    """Tells one thing that is no longer as it was.

    Attributes:
        about: the source, the prediction, ... that it concerns.
        severity: `serious` when predictions or messages would be wrong, else `advice`.
        words: what changed, since when, what it touches, what to do.
    """

    about: str
    severity: Literal["serious", "advice"]
    words: Words


@dataclass(frozen=True)
class Alarm:
    """Watches one thing.

    Attributes:
        name: the file's name.
        question: what it asks.
        ask: from what there is to see to what is to be told; nothing when all is as it was.
    """

    name: str
    question: Words
    ask: Callable[[Watched], tuple[Raised, ...]]
