"""Turn the months into helpdesk requests: when each was written, by whom, how fast it was solved, how it was rated."""

from dataclasses import dataclass

import numpy as np

from prevenance.demo.causes import CATEGORIES, NEVER
from prevenance.demo.chance import expand, first_of_each
from prevenance.demo.commerce import left_on, workday
from prevenance.demo.history import Life
from prevenance.demo.people import People, someone
from prevenance.demo.population import Population
from prevenance.demo.scale import END_DAY, N_MONTHS, Bools, Floats, Ints, month_start
from prevenance.demo.text import utc_seconds
from prevenance.demo.usage import problem_day

_AGENTS_PER_TEAM = 4
N_TEAMS = 3


@dataclass(frozen=True)
class Tickets:
    """Holds one row per ticket, ordered by the instant of opening (seconds since 1970, UTC)."""

    customer: Ints
    person: Ints
    category: Ints
    opened: Ints
    answered: Ints
    solved: Ints  # at or after the end of the history: still open
    reopened: Ints  # -1: never
    is_slow: Bools
    is_annoyed: Bools
    rating: Ints  # 0: none given
    team: Ints
    agent: Ints
    is_french: Bools

    @property
    def n(self) -> int:
        """Return how many tickets there are."""
        return self.customer.size


@dataclass(frozen=True)
class _Written:
    """Holds what customers wrote, before anyone handled it."""

    customer: Ints
    category: Ints
    is_slow: Bools
    opened: Ints


def tickets(population: Population, people: People, life: Life) -> Tickets:
    """Return all tickets of the history."""
    chance = population.chance("tickets")
    customer, cell = expand(life.tickets.reshape(population.n, -1))
    month, category = cell // len(CATEGORIES), cell % len(CATEGORIES)
    slow = first_of_each(customer * N_MONTHS + month, life.slow_tickets.ravel().astype(np.int64), chance)
    day = _days(population, life, customer, month, category, chance)
    kept = (day < np.where(population.has_contract, NEVER * 1_000, left_on(life))[customer]) & (day < END_DAY)
    customer, month, category, slow, day = customer[kept], month[kept], category[kept], slow[kept], day[kept]
    clock = np.clip(chance.normal(11.5, 2.6, day.size) * 3_600, 25_000, 75_000).astype(np.int64)
    opened = utc_seconds(day, clock, population.is_french[customer])
    turn = np.lexsort((customer, opened))
    customer, month, category, slow, opened = customer[turn], month[turn], category[turn], slow[turn], opened[turn]
    strain = life.strain[customer, month].astype(np.float64)
    written = _Written(customer, category, slow, opened)
    return _handled(population, people, written, strain, chance)


def _days(
    population: Population, life: Life, customer: Ints, month: Ints, category: Ints, chance: np.random.Generator
) -> Ints:
    """Draw days, those of account problems right after the odd logins."""
    first, last = month_start(month), np.minimum(month_start(month + 1), left_on(life)[customer] + 20)
    day = workday(first + (chance.random(customer.size) * np.maximum(last - first, 1)).astype(np.int64))
    all_problem_days = np.stack([problem_day(population, m, left_on(life)) for m in range(N_MONTHS)], axis=1)
    due_to_problem = ((category == CATEGORIES.index("login")) & (life.account_problems[customer, month] > 0)) | (
        (category == CATEGORIES.index("breakdown")) & (life.crashes[customer, month] > 0)
    )
    return np.where(due_to_problem, all_problem_days[customer, month] + (chance.random(customer.size) < 0.3), day)


def _handled(
    population: Population, people: People, written: _Written, strain: Floats, chance: np.random.Generator
) -> Tickets:
    """Let the helpdesk handle what was written: slowly or fast, once or twice, rated or not."""
    customer, category, slow, opened = written.customer, written.category, written.is_slow, written.opened
    n = customer.size
    hours = np.where(slow, 76 + chance.exponential(90, n), np.exp(chance.normal(2.2, 0.8, n)).clip(0.5, 70))
    solved = opened + (hours * 3_600).astype(np.int64)
    again = (chance.random(n) < np.where(slow, 0.18, 0.05)) & (hours > 6)
    quality = (
        3.9 - 0.55 * strain + population.contentment[customer] - 1.3 * slow - 0.6 * again + chance.normal(0, 0.7, n)
    )
    asked = chance.random(n) < 0.22 + 0.10 * (np.abs(quality - 3.5) > 1.2)
    month = np.clip((opened // 86_400 - int(month_start(0))) // 30, 0, N_MONTHS - 1)
    return Tickets(
        customer=customer,
        person=someone(people, customer, people.writes_tickets, chance),
        category=category,
        opened=opened,
        answered=opened + (hours * 3_600 * chance.uniform(0.1, 0.5, n)).astype(np.int64),
        solved=solved,
        reopened=np.where(again, solved - (hours * 3_600 * chance.uniform(0.1, 0.3, n)).astype(np.int64), -1),
        is_slow=slow,
        is_annoyed=chance.random(n) < 1 / (1 + np.exp(-(-1.3 + 0.9 * strain + 0.8 * slow))),
        rating=np.where(asked & (solved < END_DAY * 86_400), np.clip(np.round(quality), 1, 5), 0).astype(np.int64),
        team=(customer + category) % N_TEAMS,
        agent=(customer * 5 + category + month) % _AGENTS_PER_TEAM,
        is_french=population.is_french[customer],
    )
