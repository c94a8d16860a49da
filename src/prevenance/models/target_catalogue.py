"""Hand out the cards of the predictions."""

from functools import cache

from prevenance.kit.catalogue import load
from prevenance.kit.problems import ConfigurationError
from prevenance.models.base import Target


@cache
def target_cards() -> dict[str, Target]:
    """Return the cards of all predictions, by name.

    Example:
        >>> sorted(target_cards())
        ['churn', 'late_payment', 'limit_reached', 'next_purchase', 'silent_attrition', 'ticket']
    """
    return load("prevenance.models.targets", Target)


def target_named(name: str) -> Target:
    """Return the card of one prediction.

    Raises:
        ConfigurationError: there is no such card.
    """
    if name not in target_cards():
        message = f"There is no prediction named {name!r}. Choose one of {', '.join(target_cards())}."
        raise ConfigurationError(message, target=name)
    return target_cards()[name]
