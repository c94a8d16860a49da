"""Know the present state of every customer, and what is to be expected of a month that begins in it."""

from dataclasses import dataclass

import numpy as np

from prevenance.demo.causes import CATEGORIES, ORDER_SEASON, TICKET_SEASON
from prevenance.demo.machines import Machines
from prevenance.demo.population import SEAT_LIMITS, STORAGE_LIMITS, Population
from prevenance.demo.scale import Bools, Floats, Ints, season_month


@dataclass
class State:
    """Holds the present of every customer, changed month by month."""

    strain: Floats
    resolve: Floats
    is_left: Bools
    plan: Ints
    term_end: Ints
    seats: Ints
    seat_limit: Ints
    storage: Floats


@dataclass(frozen=True)
class Rates:
    """Holds the expected counts of one month, given the state at its start."""

    tickets: Floats  # customers x categories
    slow_share: Floats
    order: Floats
    late_share: float
    crash: Floats
    account_problem: Floats
    failure: Floats
    crowded: Bools


def first_state(population: Population, chance: np.random.Generator) -> State:
    """Return everyone as he is when the history begins."""
    n, term = population.n, population.term_months
    old = population.joined < 0
    elapsed = np.where(old, -population.joined, 0)
    first_end = population.joined + np.where(old, (elapsed // term + (elapsed % term > 0)) * term, term)
    limit = SEAT_LIMITS[population.plan]
    strain = chance.normal(0.3, 0.7, n) - 0.5 * population.contentment
    seats = np.clip((limit * chance.uniform(0.25, 0.8, n)).astype(np.int64), 1, None)
    return State(
        strain=strain,
        resolve=strain.copy(),
        is_left=np.zeros(n, bool),
        plan=population.plan.copy(),
        term_end=first_end,
        seats=np.where(population.is_sole, 1, seats),
        seat_limit=limit.copy(),
        storage=STORAGE_LIMITS[population.plan] * chance.uniform(0.1, 0.6, n),
    )


def in_contract(population: Population, state: State, month: int) -> Bools:
    """Return who holds a contract (or, without contracts, still buys) at the first instant of a month."""
    return (population.joined < month) & ~state.is_left


def rates(population: Population, state: State, installed: Machines, month: int) -> Rates:
    """Return what is to be expected of a month, given the state at its start."""
    n, season = population.n, int(season_month(month))
    age = month - population.joined
    here = (age >= 0) & ~state.is_left
    user = here & population.has_contract
    strain, writes = state.strain, TICKET_SEASON[season] * np.exp(0.15 * population.engagement)
    failure = installed.failures.mean(axis=1)
    order = (
        0.95
        * np.where(population.has_contract, 0.22, 0.62)
        * population.buying
        * ORDER_SEASON[season]
        * np.exp(-0.30 * strain)
    )
    order = order * np.where(age >= 0, np.where(state.is_left, np.where(population.has_contract, 0.15, 0.0), 1.0), 0.0)
    table = np.zeros((n, len(CATEGORIES)))
    table[:, 0] = 0.020 + 0.014 * np.minimum(population.lateness, 4)
    table[:, 2] = 0.035
    table[:, 3] = 0.020 * user
    table[:, 4] = 0.030 * user * np.exp(0.25 * strain)
    table[:, 5] = user * (0.035 + 0.40 * (age < 3))
    table[:, 6] = 0.010
    table[:, 7] = 0.025 * user * np.exp(0.4 * population.engagement)
    table[:, 8] = 0.006 * user * np.exp(0.8 * strain)
    return Rates(
        tickets=table * (writes * here)[:, None],
        slow_share=np.where(TICKET_SEASON[season] > 1.1, 0.24, 0.14) * np.ones(n),
        order=order,
        late_share=0.16 if ORDER_SEASON[season] > 1.2 else 0.10,
        crash=np.where(user, 0.030, 0.0),
        account_problem=np.where(user, 0.012, 0.0),
        failure=failure * here,
        crowded=user & (state.seats >= 0.9 * state.seat_limit),
    )
