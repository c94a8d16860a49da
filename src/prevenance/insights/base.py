"""Say what a segmentation is: groups with names in words, and the condition that puts a customer into each."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from prevenance.kit.words import Words


@dataclass(frozen=True)
class Group:
    """Holds one group: its name, its words, and the condition over feature columns that makes a customer part of it."""

    name: str
    words: Words
    belongs: Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Segmentation:
    """Sorts customers into groups; the first group whose condition holds takes the customer.

    Attributes:
        name: the file's name.
        words: what it sorts by.
        views: the feature views it needs.
        groups: in order; the last one takes whoever is left.
    """

    name: str
    words: Words
    views: tuple[str, ...]
    groups: tuple[Group, ...]
