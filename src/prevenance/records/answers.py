"""Answer without raising: an everyday "no" is a value with a reason."""

from dataclasses import dataclass

from prevenance.kit.words import Words


@dataclass(frozen=True)
class Refusal:
    """Says no, by which rule, and why in words."""

    rule: str
    reason: Words


@dataclass(frozen=True)
class Undetermined:
    """Says that the rule could not be decided: do not contact, and show it in the repair list."""

    rule: str
    reason: Words


@dataclass(frozen=True)
class NotEnoughData:
    """Says that there is too little to answer, how much there is and how much it would take."""

    reason: Words
    needed: int | None = None
    present: int | None = None


@dataclass(frozen=True)
class HeldOut:
    """Says that chance put this customer in the control group, so that the effect can be known."""

    share: float
