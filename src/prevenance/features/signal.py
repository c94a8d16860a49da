"""Say what a signal is: a true-or-false over feature columns, its sentence, its evidence, and what proves it right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import ibis.expr.types as ir

from prevenance.kit.words import Language, Words, number, percent

Kind = Literal["risk", "opportunity", "service"]
Style = Literal["number", "decimal", "percent", "due"]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Threshold:
    """Holds a number that the user may change: its default, its unit, and what it does."""

    default: float
    unit: Words
    words: Words


class Written(str):
    """Is a number as a language writes it, which knows how to stand before its noun: `{n:jour|jours}`."""

    __slots__ = ("is_one",)
    is_one: bool

    def __format__(self, nouns: str) -> str:
        """Return the number, with the noun that fits it when the place names two.

        Example:
            >>> one = Figure(lambda t: t.n).written(1.0, "fr")
            >>> f"{one:jour|jours}"
            '1 jour'
        """
        if "|" not in nouns:
            return str.__format__(self, nouns)
        return f"{self} {nouns.split('|')[0 if self.is_one else 1]}"


@dataclass(frozen=True)
class Figure:
    """Says which number stands in a place of the sentence, and how it is written; `due` says days to a day in words.

    `unknown` is said where there is no number; a dash or "on an unknown day" when nothing better is given.
    """

    of: Callable[[ir.Table], ir.Value]
    style: Style = "number"
    unknown: Words | None = None

    def written(self, value: float | None, language: Language) -> Written:
        r"""Return the number as the language writes it; an unknown one as a dash.

        Example:
            >>> Figure(lambda t: t.drop, "percent").written(0.58, "fr")
            '58\xa0%'
            >>> Figure(lambda t: t.days, "due", Words(fr="hors d’atteinte", en="out of reach")).written(None, "fr")
            'hors d’atteinte'
        """
        written = Written(self._text(value, language))
        written.is_one = value is not None and (abs(value) < 2 if language == "fr" else value == 1)
        return written

    def _text(self, value: float | None, language: Language) -> str:
        if value is None and self.unknown is not None:
            return self.unknown.say(language)
        if self.style == "due":
            return _due(value, language)
        if value is None:
            return "–"
        if self.style == "percent":
            return percent(value, language)
        return number(value, language, 1 if self.style == "decimal" else 0)


_DUE = {
    "fr": (
        "à une date inconnue",
        "aujourd’hui",
        "dans {n} jour",
        "dans {n} jours",
        "en retard de {n} jour",
        "en retard de {n} jours",
    ),
    "en": ("on an unknown day", "today", "in {n} day", "in {n} days", "overdue by {n} day", "overdue by {n} days"),
}


def _due(days: float | None, language: Language) -> str:
    unknown, today, in_one, in_many, late_one, late_many = _DUE[language]
    if days is None:
        return unknown
    whole = round(days)
    if whole == 0:
        return today
    one, many = (in_one, in_many) if whole > 0 else (late_one, late_many)
    return (one if abs(whole) == 1 else many).format(n=number(abs(whole), language))


@dataclass(frozen=True)
class Evidence:
    """Says which events a hit cites: the newest of these kinds, at most so many days old."""

    kinds: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True)
class Outcome:
    """Says what proves a signal right: one of these kinds of event within so many days."""

    kinds: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class Happening:
    """Stands for events in an example: `times` of a kind, the newest `days_ago`, one every `every` days before it."""

    kind: str
    days_ago: int
    times: int = 1
    every: int = 1
    fields: Mapping[str, float | str | datetime] = field(default_factory=dict)
    due_in: int | None = None  # days from the event


@dataclass(frozen=True)
class Example:
    """Holds a short life of a customer, and of other customers beside him, for a signal to judge."""

    events: tuple[Happening, ...] = ()
    others: tuple[Happening, ...] = ()
    customer: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Signal:
    """Holds one signal.

    Attributes:
        name: the name of the file.
        promise: the id of the promise it keeps, C1 to C12.
        words: what it tells, in a phrase.
        kind: whether it speaks of a risk, an opportunity, or a service owed.
        thresholds: the user's numbers, by name.
        fires: the condition, over feature columns and thresholds; unknown counts as silent.
        strength: how strongly it fires, for ranking: 1 is at the threshold, 2 twice beyond it.
        sentence: what the agent reads, with `{places}` for the figures.
        figures: the number in each place.
        evidence: the events it cites.
        outcome: what proves it right; `None` for a fact that predicts nothing, such as a birthday.
        example: a life on which it fires with the default thresholds.
        counter_example: a life near to it on which it is silent.
    """

    name: str
    promise: str
    words: Words
    kind: Kind
    thresholds: Mapping[str, Threshold]
    fires: Callable[[ir.Table, Values], ir.BooleanValue]
    strength: Callable[[ir.Table, Values], ir.Value]
    sentence: Words
    figures: Mapping[str, Figure]
    evidence: Evidence
    outcome: Outcome | None
    example: Example
    counter_example: Example

    def defaults(self) -> dict[str, float]:
        """Return the thresholds as they are when the user changed none."""
        return {name: threshold.default for name, threshold in self.thresholds.items()}

    def said(self, values: Mapping[str, float | None], language: Language) -> str:
        """Return the sentence with its figures."""
        written = {place: figure.written(values[place], language) for place, figure in self.figures.items()}
        return self.sentence.say(language, **written)


@dataclass(frozen=True)
class SignalRecord:
    """Tells how a signal did on this company's own past.

    Attributes:
        signal: its name.
        n_fired: times it fired, at monthly cutoffs whose horizon is over.
        n_right: of these, times its outcome followed within the horizon; `None` when it predicts nothing.
        precision: share of right hits; undefined when it never fired.
        precision_low: lower end of Wilson's 95 % interval.
        precision_high: upper end.
        recall: share of the outcomes that it had announced.
        base_rate: share of all customers and cutoffs that the outcome followed: the precision of firing blindly.
        lead_days: median days from a right hit to its outcome.
    """

    signal: str
    n_fired: int
    n_right: int | None
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    base_rate: float | None
    lead_days: float | None
