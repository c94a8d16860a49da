"""Say why, in sentences: the facts of a customer that move his score most, beside what is usual."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Positions, Values

_ALIKE = 0.8  # correlation from which two columns tell the same story
_MOST_ROWS = 20_000
_N_REASONS = 3
_SMALLEST_PART = 0.03  # of all that moves a score: less than that is not a reason

_FACT = Words(
    fr="{what} : {value}, contre {usual} pour un client ordinaire",
    en="{what}: {value}, against {usual} for a typical customer",
)
_FACT_ALONE = Words(fr="{what} : {value}", en="{what}: {value}")
_UNKNOWN = Words(fr="inconnu", en="unknown")
_NO_CARD_WORDS = Words(fr="un autre indicateur", en="another indicator")  # a column's name never reaches a person
_YES, _NO = Words(fr="oui", en="yes"), Words(fr="non", en="no")


class Card(Protocol):
    """Gives the words of one column, as the cards of the features room do."""

    @property
    def words(self) -> Words:
        """Return a phrase that fits in a sentence."""
        ...

    @property
    def unit(self) -> str:
        """Return what it counts."""
        ...

    @property
    def missing(self) -> Words | None:
        """Return what an empty value means."""
        ...


@dataclass(frozen=True)
class PlainCard:
    """Words a column that has no card of its own."""

    words: Words
    unit: str = "count"
    missing: Words | None = None


_NO_CARD = PlainCard(_NO_CARD_WORDS)


@dataclass(frozen=True)
class Wording:
    """Holds what is needed to word reasons: the columns, their cards, what is usual, and which tell the same story."""

    names: tuple[str, ...]
    cards: Mapping[str, Card]
    typical: Mapping[str, float | None]
    alike: Sequence[int]


def alike_columns(x: Values) -> list[int]:
    """Return a group number for each column; columns that nearly move together share one.

    Example:
        >>> a = np.arange(10.0)
        >>> alike_columns(np.column_stack([a, a**2, np.tile([0.0, 1.0], 5)]))
        [0, 0, 2]
    """
    from scipy.stats import rankdata

    rows = x[:: max(1, len(x) // _MOST_ROWS)]
    filled = np.where(np.isnan(rows), np.nanmin(np.where(np.isnan(rows), np.inf, rows), axis=0) - 1, rows)
    ranks = rankdata(np.where(np.isfinite(filled), filled, 0.0), axis=0)
    ranks = ranks - ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    alike = np.abs((ranks.T @ ranks) / np.maximum(np.outer(length, length), 1e-12)) >= _ALIKE
    groups: list[int] = []
    for at in range(x.shape[1]):
        earlier = [groups[before] for before in range(at) if groups[before] == before and alike[at, before]]
        groups.append(earlier[0] if earlier else at)
    return groups


def worded_reasons(x: Values, contributions: Values, wording: Wording) -> list[str]:
    """Return the reasons of each row as a JSON list of {fr, en, direction, weight, feature}, the weightiest first."""
    groups = np.asarray(wording.alike)
    heads = np.unique(groups)
    sums = np.column_stack([contributions[:, groups == head].sum(axis=1) for head in heads])
    whole = np.maximum(np.abs(sums).sum(axis=1), 1e-12)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :_N_REASONS]
    return [
        json.dumps(
            [
                _reason(
                    x[row], contributions[row], np.flatnonzero(groups == heads[at]), sums[row, at] / whole[row], wording
                )
                for at in order[row]
                if abs(sums[row, at]) >= _SMALLEST_PART * whole[row]
            ],
            ensure_ascii=False,
        )
        for row in range(len(x))
    ]


def _reason(x: Values, parts: Values, members: Positions, weight: float, wording: Wording) -> dict[str, object]:
    """Word one group of columns by the member that says most in the group's direction."""
    speaker = int(members[int(np.argmax(parts[members] * np.sign(weight)))])
    name = wording.names[speaker]
    card = wording.cards.get(name) or _NO_CARD
    value = None if np.isnan(x[speaker]) else float(x[speaker])
    return {
        "fr": sentence(card, value, wording.typical.get(name), "fr"),
        "en": sentence(card, value, wording.typical.get(name), "en"),
        "direction": "up" if weight > 0 else "down",
        "weight": round(abs(weight), 4),
        "feature": name,
    }


def sentence(card: Card, value: float | None, usual: float | None, language: Language) -> str:
    r"""Word one fact: what it is, the customer's own value, and the usual one where it differs.

    Example:
        >>> card = PlainCard(Words(fr="connexions sur 28 jours", en="logins in the last 28 days"))
        >>> sentence(card, 3, 14, "en")
        'Logins in the last 28 days: 3, against 14 for a typical customer'
        >>> sentence(card, 3, 14, "fr")
        'Connexions sur 28 jours\xa0: 3, contre 14 pour un client ordinaire'
    """
    what = card.words.say(language)
    what = what[0].upper() + what[1:]
    missing = (card.missing or _UNKNOWN).say(language)
    said = missing if value is None else _written(value, card.unit, language)
    common = None if usual is None else _written(usual, card.unit, language)
    if common is None or common == said or card.unit == "flag":
        return _FACT_ALONE.say(language, what=what, value=said)
    return _FACT.say(language, what=what, value=said, usual=common)


def _written(value: float, unit: str, language: Language) -> str:
    if unit == "flag":
        return (_YES if value > 0.5 else _NO).say(language)
    if unit in ("share", "rate"):
        return percent(value, language)
    if unit == "hours":
        return number(value, language) + " h"
    return number(value, language, 0 if float(value).is_integer() or abs(value) >= 10 else 1)
