"""Compose natural sentences in French and English, whole columns at a time."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from prevenance.demo import phrases_en, phrases_fr
from prevenance.demo.causes import CATEGORIES
from prevenance.demo.chance import generator
from prevenance.demo.commerce import PRODUCTS
from prevenance.demo.machines import MODELS, PARTS
from prevenance.demo.population import PLANS
from prevenance.demo.scale import Bools, Floats, Ints, month_of, season_month
from prevenance.demo.text import Text, join, pick, where
from prevenance.demo.tickets import Tickets

_BOOKS = {True: phrases_fr, False: phrases_en}


class Shelf:
    """Holds variants of a phrase under keys, and hands one out for each row."""

    def __init__(self, variants: Mapping[Hashable, Sequence[str]]) -> None:
        self._place = {key: index for index, key in enumerate(variants)}
        sizes = np.array([len(choices) for choices in variants.values()])
        self._first, self._size = np.cumsum(sizes) - sizes, sizes
        pieces = [text.partition("{x}") for choices in variants.values() for text in choices]
        self._before, self._mark, self._after = (list(side) for side in zip(*pieces, strict=True))

    def place(self, key: Hashable) -> int:
        """Return the number under which a key stands."""
        return self._place[key]

    def draw(self, place: Ints, draw: Floats, thing: Text | None = None) -> Text:
        """Return a variant for each row, the thing spoken of put in its place."""
        index = self._first[place] + (draw * self._size[place]).astype(np.int64)
        if thing is None:
            return pick(self._before, index)
        spoken = where(np.array([bool(mark) for mark in self._mark])[index], thing, "")
        return join(pick(self._before, index), spoken, pick(self._after, index))


def _shelf(name: str) -> Shelf:
    """Put a flat list of both languages on a shelf: place 0 is French, 1 English."""
    return Shelf({french: getattr(book, name) for french, book in _BOOKS.items()})


def _category_shelf(name: str) -> Shelf:
    return Shelf(
        {
            (french, category): getattr(book, name)[category]
            for french, book in _BOOKS.items()
            for category in CATEGORIES
        }
    )


_PROBLEMS = Shelf(
    {
        (french, category, mood): book.PROBLEMS[category, mood]
        for french, book in _BOOKS.items()
        for category in CATEGORIES
        for mood in ("calm", "annoyed")
    }
)
_SUBJECTS, _REPLIES = _category_shelf("SUBJECTS"), _category_shelf("REPLIES")
_FLAT = {
    name: _shelf(name)
    for name in (
        "OPENINGS",
        "DETAILS",
        "CLOSINGS",
        "GREETINGS",
        "SORRY",
        "THANKS",
        "REMINDERS",
        "REOPENINGS",
        "REPORTS",
        "REPORT_MOODS",
    )
}
_COMMENTS = Shelf({(french, note): book.COMMENTS[note] for french, book in _BOOKS.items() for note in range(1, 6)})


class Speech:
    """Says things for rows of French and English speakers, with its own chance."""

    def __init__(self, is_french: Bools, seed: int, part: str) -> None:
        self._chance = generator(seed, "speech", part)
        self._side = np.where(is_french, 0, 1)
        self.n = is_french.size

    def toss(self, n: int) -> Floats:
        """Return numbers in [0, 1) from the same chance."""
        return self._chance.random(n)

    def phrase(self, name: str, thing: Text | None = None) -> Text:
        """Return one phrase of a list for each row."""
        return _FLAT[name].draw(self._side, self._chance.random(self.n), thing)

    def subject(self, category: Ints, thing: Text) -> Text:
        """Return the subject line of each ticket."""
        return _SUBJECTS.draw(self._side * len(CATEGORIES) + category, self._chance.random(self.n), thing)

    def request(self, category: Ints, is_annoyed: Bools, thing: Text) -> Text:
        """Return the first message of each ticket."""
        place = (self._side * len(CATEGORIES) + category) * 2 + is_annoyed
        problem = _PROBLEMS.draw(place, self._chance.random(self.n), thing)
        detail = self.phrase("DETAILS")
        gap = where(np.asarray(pa.compute.not_equal(detail, "")), " ", "")
        return join(self.phrase("OPENINGS"), "\n\n", problem, gap, detail, "\n\n", self.phrase("CLOSINGS"))

    def reply(self, category: Ints, is_slow: Bools) -> Text:
        """Return an agent's answer to each ticket."""
        answer = _REPLIES.draw(self._side * len(CATEGORIES) + category, self._chance.random(self.n))
        sorry = where(is_slow, join(" ", self.phrase("SORRY")), "")
        return join(self.phrase("GREETINGS"), sorry, " ", answer)

    def comment(self, note: Ints) -> Text:
        """Return what someone who gives this note (1 to 5) writes beside it."""
        return _COMMENTS.draw(self._side * 5 + note - 1, self._chance.random(self.n))


def things(held: Tickets, plan: Ints, seed: int) -> Text:
    """Return what each ticket speaks of: a month, a machine, a part, a screen, a product, a plan."""
    chance, n, french = generator(seed, "things"), held.n, held.is_french
    draw = chance.random(n)

    def of(french_words: Sequence[str], english_words: Sequence[str]) -> Text:
        index = (draw * len(french_words)).astype(np.int64)
        return where(french, pick(french_words, index), pick(english_words, index))

    calendar = season_month(month_of(held.opened // 86_400) - 1)
    months = where(french, pick(phrases_fr.MONTHS, calendar), pick(phrases_en.MONTHS, calendar))
    screens = of(phrases_fr.FEATURE_NAMES, phrases_en.FEATURE_NAMES)
    parts = of([row[1].lower() for row in PARTS], [row[2].lower() for row in PARTS])
    goods = of([row[1] for row in PRODUCTS[:19]], [row[2] for row in PRODUCTS[:19]])
    # in the order of CATEGORIES
    columns = [months, of(MODELS, MODELS), parts, screens, screens, screens, goods, screens, pick(PLANS, plan)]
    return pa.compute.choose(pa.array(held.category), *columns)
