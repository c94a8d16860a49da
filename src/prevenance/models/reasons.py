"""Say why, in sentences: the dated facts of a customer that move his score most, beside what is usual.

Columns that tell the same story count as one reason. The model's additive contributions say which stories to look at;
what each weighs is then measured by taking it away - the customer's values of that story replaced by a typical
customer's - so that without a reason the prediction moves as the reason says. Contributions alone do not promise that:
they compare with the average score, not with the typical customer whom the sentence names.

Reference: Covert, Lundberg and Lee (2021), "Explaining by removing", JMLR 22.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from prevenance.kit.words import Language, Words, day, number, percent, whole_money
from prevenance.models.base import Positions, Values
from prevenance.models.calibration import log_odds

_ALIKE = 0.8  # correlation from which two columns tell the same story
_MOST_ROWS = 20_000
_N_REASONS = 3
_N_LOOKED_AT = 6
_SMALLEST_PART = 0.03  # of all that moves a score: less than that is not a reason

_FACT = Words(
    fr="{what} : {value}, contre {usual} pour un client ordinaire",
    en="{what}: {value}, against {usual} for a typical customer",
)
_FACT_ALONE = Words(fr="{what} : {value}", en="{what}: {value}")
_UNKNOWN = Words(fr="inconnu", en="unknown")
_NO_CARD_WORDS = Words(fr="un autre indicateur", en="another indicator")  # a column's name never reaches a person
_SINCE_THEN = Words(fr="{value} depuis le {day}", en="{value} since {day}")
_ON_THAT_DAY = Words(fr="{value} le {day}", en="{value} on {day}")
_AGO = Words(fr="le {day}, il y a {n}", en="on {day}, {n} ago")
_AHEAD = Words(fr="le {day}, dans {n}", en="on {day}, in {n}")
_NEVER = Words(fr="{missing} ; chez un client ordinaire, il y a {n}", en="{missing}; for a typical customer, {n} ago")
_TODAY = Words(fr="aujourd’hui", en="today")
_ONE_DAY, _DAYS = Words(fr="{n} jour", en="{n} day"), Words(fr="{n} jours", en="{n} days")
# Cards of days begin with these words: the day itself is told instead of them.
_DAYS_SINCE, _DAYS_TO = Words(fr="jours depuis ", en="days since "), Words(fr="jours avant ", en="days to ")
_WINDOW = re.compile(r"(?<!before)_(7|14|28|84|364)$")  # how a column's name says over how many days it was counted
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
    """Holds what is needed to word reasons.

    Attributes:
        names: of the columns.
        cards: their words.
        typical: what is usual.
        alike: which columns tell the same story, by a number.
        on: the day of the prediction, from which days are counted.
        currency: of the company's amounts.
    """

    names: tuple[str, ...]
    cards: Mapping[str, Card]
    typical: Mapping[str, float | None]
    alike: Sequence[int]
    on: date
    currency: str


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


@dataclass(frozen=True)
class Drivers:
    """Holds, row by row, the stories that move the score most, the weightiest first.

    `stories` holds their numbers, `shares` how much of all that was measured they move, with its sign, and `without`
    the score without them: one row for each customer, one column for each reason.
    """

    stories: Positions
    shares: Values
    without: Values

    @classmethod
    def of(cls, x: Values, contributions: Values, wording: Wording, score: Callable[[Values], Values]) -> "Drivers":
        """Measure the drivers of some rows; `score` returns the model's probability of each row."""
        groups = np.asarray(wording.alike)
        heads = np.unique(groups)
        sums = np.column_stack([contributions[:, groups == head].sum(axis=1) for head in heads])
        looked_at = heads[np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :_N_LOOKED_AT]]
        usual = np.array([_number_or_nan(wording.typical.get(name)) for name in wording.names])
        without = np.column_stack(
            [score(np.where(groups[None, :] == stories[:, None], usual[None, :], x)) for stories in looked_at.T]
        )
        moved = log_odds(score(x))[:, None] - log_odds(without)
        whole = np.maximum(np.abs(moved).sum(axis=1, keepdims=True), 1e-12)
        order = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :_N_REASONS]
        return cls(*(np.take_along_axis(part, order, axis=1) for part in (looked_at, moved / whole, without)))


def _number_or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def worded_reasons(
    x: Values, contributions: Values, drivers: Drivers, without: Values, wording: Wording
) -> list[list[dict[str, object]]]:
    """Return the reasons of each row as {fr, en, direction, weight, feature, without}, the weightiest first.

    Args:
        x: rows of features.
        contributions: what each value adds to the row's score.
        drivers: the stories of each row.
        without: what is predicted of each row without each of its stories.
        wording: the words.
    """
    groups = np.asarray(wording.alike)
    worded = []
    for row, stories in enumerate(drivers.stories):
        values = {name: _known(value) for name, value in zip(wording.names, x[row], strict=True)}
        differs = np.array([value != wording.typical.get(name) for name, value in values.items()])
        told = []
        for place, story in enumerate(stories):
            share = float(drivers.shares[row, place])
            if abs(share) >= _SMALLEST_PART:
                members = np.flatnonzero((groups == story) & differs)
                # Of the columns in which he is no typical customer, the one that says most in the story's direction.
                speaker = int(members[int(np.argmax(contributions[row, members] * np.sign(share)))])
                fact = _fact(wording.names[speaker], values, wording)
                told.append(_reason(fact, share, float(without[row, place])))
        worded.append(told)
    return worded


def _fact(name: str, values: Mapping[str, float | None], wording: Wording) -> "Fact":
    card = wording.cards.get(name) or _NO_CARD
    on = _day(name, values, wording)
    return Fact(name, card, values[name], wording.typical.get(name), on, wording.currency)


def _reason(fact: "Fact", share: float, without: float) -> dict[str, object]:
    return {
        "fr": fact.say("fr"),
        "en": fact.say("en"),
        "direction": "up" if share > 0 else "down",
        "weight": round(abs(share), 4),
        "feature": fact.name,
        "without": round(without, 4),
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _day(name: str, values: Mapping[str, float | None], wording: Wording) -> date | None:
    """Return the day that a value speaks of, or from which on it was counted; `None` when it speaks of all time."""
    card, value = wording.cards.get(name) or _NO_CARD, values[name]
    if value is None:
        return None
    if card.words.en.startswith(_DAYS_SINCE.en):
        return wording.on - timedelta(round(value))
    if card.words.en.startswith(_DAYS_TO.en):
        return wording.on + timedelta(round(value))
    if window := _WINDOW.search(name):
        return wording.on - timedelta(int(window[1]))
    ago = values.get(f"days_since_{name.removesuffix('_last')}") if name.endswith("_last") else None
    return None if ago is None else wording.on - timedelta(round(ago))


@dataclass(frozen=True)
class Fact:
    """Holds one fact of a customer: its value, the usual one, and the day it speaks of."""

    name: str
    card: Card
    value: float | None
    usual: float | None
    day: date | None = None
    currency: str = "EUR"

    def say(self, language: Language) -> str:
        r"""Word it: what it is, when, the customer's own value, and the usual one where it differs.

        Example:
            >>> logins = PlainCard(Words(fr="connexions sur 28 jours", en="logins in the last 28 days"))
            >>> Fact("n_logins_28", logins, 3, 14, date(2026, 10, 4)).say("en")
            'Logins in the last 28 days: 3 since 4 Oct 2026, against 14 for a typical customer'
            >>> last = PlainCard(Words(fr="jours depuis la dernière note", en="days since the last rating"), "days")
            >>> Fact("days_since_rating", last, 11, 60, date(2026, 10, 21)).say("fr")
            'La dernière note\xa0: le 21 oct. 2026, il y a 11 jours, contre 60 pour un client ordinaire'
        """
        if self.value is None and self.usual is not None and self._counts_days is _DAYS_SINCE:
            missing = _capital((self.card.missing or _UNKNOWN).say(language))
            return _NEVER.say(language, missing=missing, n=_span(self.usual, language))
        what, said = self._what(language), self._said(language)
        common = None if self.usual is None else self._written(self.usual, language)
        own = None if self.value is None else self._written(self.value, language)
        if common is None or common == own or self.card.unit == "flag":
            return _FACT_ALONE.say(language, what=what, value=said)
        return _FACT.say(language, what=what, value=said, usual=common)

    @property
    def _counts_days(self) -> Words | None:
        return next((words for words in (_DAYS_SINCE, _DAYS_TO) if self.card.words.en.startswith(words.en)), None)

    def _what(self, language: Language) -> str:
        what = self.card.words.say(language)
        if self.day is not None and (prefix := self._counts_days):
            what = what.removeprefix(prefix.say(language))
        return _capital(what)

    def _said(self, language: Language) -> str:
        if self.value is None:
            return (self.card.missing or _UNKNOWN).say(language)
        said = self._written(self.value, language)
        if self.day is None:
            return said
        on = day(self.day, language)
        if not (counted := self._counts_days):
            return (_ON_THAT_DAY if self.name.endswith("_last") else _SINCE_THEN).say(language, value=said, day=on)
        whole = round(self.value)
        if whole == 0:
            return _TODAY.say(language)
        words = _AHEAD if (counted is _DAYS_TO) == (whole > 0) else _AGO
        return words.say(language, day=on, n=_span(self.value, language))

    def _written(self, value: float, language: Language) -> str:
        match self.card.unit:
            case "flag":
                return (_YES if value > 0.5 else _NO).say(language)
            case "share" | "rate":
                return percent(value, language)
            case "hours":
                return number(value, language) + " h"
            case "money":
                return whole_money(value, self.currency, language)
            case _:
                return number(value, language, 0 if float(value).is_integer() or abs(value) >= 10 else 1)


def _span(days: float, language: Language) -> str:
    whole = abs(round(days))
    return (_ONE_DAY if whole == 1 else _DAYS).say(language, n=number(whole, language))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
