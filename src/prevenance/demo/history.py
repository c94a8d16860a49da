"""Keep what happened: one array per kind of fact, customers by months."""

from dataclasses import dataclass, field

import numpy as np

from prevenance.demo.causes import CATEGORIES, NEVER, ORDER_CAUSES
from prevenance.demo.population import Population
from prevenance.demo.scale import N_MONTHS, Bools, Floats, Ints


@dataclass
class Life:
    """Holds what happened to every customer in every month (customers x months)."""

    strain: Floats
    active: Bools  # holds a contract during the month, at least in part
    alive: Bools  # still a customer of any kind
    activity: Floats
    tickets: Ints  # customers x months x categories
    slow_tickets: Ints
    orders: Ints  # customers x months x causes
    order_rate: Floats
    late_deliveries: Ints
    crashes: Ints
    account_problems: Ints
    new_members: Ints
    seats: Ints
    seat_limit: Ints
    storage: Floats
    plan: Ints
    left_month: Ints
    left_day: Ints  # day of that month, 0 = the 1st
    best: Floats  # customers x (months + 1): true probability of leaving in the next 90 days
    term_customer: list[Ints] = field(default_factory=list)
    term_start: list[Ints] = field(default_factory=list)
    term_plan: list[Ints] = field(default_factory=list)


def empty_life(population: Population) -> Life:
    """Return a history in which nothing has happened yet."""
    n, shape = population.n, (population.n, N_MONTHS)
    small = np.int16
    return Life(
        strain=np.zeros((n, N_MONTHS + 1), np.float32),
        active=np.zeros(shape, bool),
        alive=np.zeros(shape, bool),
        activity=np.zeros(shape, np.float32),
        tickets=np.zeros((*shape, len(CATEGORIES)), small),
        slow_tickets=np.zeros(shape, small),
        orders=np.zeros((*shape, len(ORDER_CAUSES)), small),
        order_rate=np.zeros((n, N_MONTHS + 1), np.float32),
        late_deliveries=np.zeros(shape, small),
        crashes=np.zeros(shape, small),
        account_problems=np.zeros(shape, small),
        new_members=np.zeros(shape, small),
        seats=np.zeros(shape, small),
        seat_limit=np.zeros(shape, small),
        storage=np.zeros(shape, np.float32),
        plan=np.zeros(shape, small),
        left_month=np.full(n, NEVER),
        left_day=np.zeros(n, np.int64),
        best=np.full((n, N_MONTHS + 1), np.nan, np.float32),
    )


def past_terms(population: Population, life: Life) -> None:
    """Write down the terms that began before the history."""
    old = np.nonzero(population.has_contract & (population.joined < 0))[0]
    term = population.term_months[old]
    counts = (-population.joined[old] - 1) // term + 1
    customer = np.repeat(old, counts)
    turn = np.arange(customer.size) - np.repeat(np.cumsum(counts) - counts, counts)
    life.term_customer.append(customer)
    life.term_start.append(population.joined[customer] + turn * population.term_months[customer])
    life.term_plan.append(population.plan[customer])
