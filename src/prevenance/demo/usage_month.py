"""Collect one month of product events, piece by piece, and put them in order."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from prevenance.demo.chance import generator
from prevenance.demo.commerce import left_on
from prevenance.demo.history import Life
from prevenance.demo.people import People
from prevenance.demo.population import Population
from prevenance.demo.scale import Bools, Floats, Ints, month_start
from prevenance.demo.text import Text, pick


@dataclass(frozen=True)
class UsageEvents:
    """Holds one month of product events, ordered by instant."""

    name: Text  # the event, or "identify" / "group"
    customer: Ints
    person: Ints  # -1: sent by the workspace itself
    second: Ints
    properties: Text  # JSON


@dataclass(frozen=True)
class Habits:
    """Holds how each customer uses the product."""

    logins: Floats  # a month, at activity 1
    adopted: Bools  # customers x features
    features_per_login: Floats
    errors: Floats
    usual_hour: Floats


@dataclass(frozen=True)
class UsageMonth:
    """Holds the month being written: whose it is, its days of use, and the pieces so far."""

    population: Population
    people: People
    life: Life
    habit: Habits
    month: int
    first: Ints  # each customer's first day of use in the month
    last: Ints  # the day after the last
    chance: np.random.Generator
    pieces: list[tuple[str, Ints, Ints, Ints, Text]] = field(default_factory=list)

    def users(self) -> Ints:
        """Return the customers who use the product in this month."""
        return np.nonzero(self.life.active[:, self.month] & (self.last > self.first))[0]

    def add(self, name: str, customer: Ints, person: Ints | None, second: Ints, properties: Text) -> None:
        """Add events; those without a person are sent by the workspace."""
        if customer.size:
            sender = np.full(customer.size, -1) if person is None else person
            self.pieces.append((name, customer, sender, second, properties))

    def in_order(self) -> UsageEvents:
        """Return all events of the month by instant, none outside the customer's days of use."""
        names = np.concatenate([np.full(piece[1].size, index) for index, piece in enumerate(self.pieces)])
        customer, person, second = (np.concatenate([piece[field] for piece in self.pieces]) for field in (1, 2, 3))
        second = np.clip(second, self.first[customer] * 86_400, self.last[customer] * 86_400 - 1)
        order = np.lexsort((names, person, customer, second))
        return UsageEvents(
            name=pick([piece[0] for piece in self.pieces], names[order]),
            customer=customer[order],
            person=person[order],
            second=second[order],
            properties=pa.concat_arrays([piece[4] for piece in self.pieces]).take(pa.array(order)),
        )


def begin_month(population: Population, people: People, life: Life, habit: Habits, month: int) -> UsageMonth:
    """Return an empty month, with the days on which each customer may use the product."""
    first = month_start(month) + np.where(population.joined == month, population.anchor_day, 0)
    last = np.minimum(month_start(month + 1), left_on(life))
    chance = generator(population.seed, "usage", str(month))
    return UsageMonth(population, people, life, habit, month, first, last, chance)
