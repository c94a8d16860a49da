"""Live 36 months: each month the causes act, customers strain, use, buy, write, renew, grow or leave.

A hidden strain drives leaving. It decays slowly, jumps with what goes wrong (slow answers, late deliveries, crashes,
failures, a champion who departs) and is felt at once in usage, payment and ratings. The resolve to leave follows the
strain with a delay, so behaviour falls *before* the contract does. The hazard of a month depends on the resolve at its
first instant only, which is what makes the best possible prediction computable (see `leaving.py`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prevenance.demo.causes import CAUSES, DECLINE_RATE, SEASON_PEAK, USAGE_SEASON
from prevenance.demo.history import Life, empty_life, past_terms
from prevenance.demo.leaving import best_prediction, monthly_hazard
from prevenance.demo.machines import Machines
from prevenance.demo.population import PLANS, SEAT_LIMITS, STORAGE_LIMITS, Population
from prevenance.demo.rates import Rates, State, first_state, in_contract, rates
from prevenance.demo.scale import N_MONTHS, Bools, Floats, season_month


@dataclass(frozen=True)
class _Month:
    """Holds what a month acts on: who, with what state, and where to write what happens."""

    population: Population
    installed: Machines
    life: Life
    state: State
    month: int
    chance: np.random.Generator


def live(population: Population, installed: Machines) -> Life:
    """Return the whole hidden history of the population."""
    chance = population.chance("life")
    life, state = empty_life(population), first_state(population, chance)
    past_terms(population, life)
    for month in range(N_MONTHS + 1):
        present = in_contract(population, state, month)
        expected = rates(population, state, installed, month)
        life.strain[:, month] = state.strain
        life.best[:, month] = best_prediction(population, state, present, expected, month)
        if month < N_MONTHS:
            _live_month(_Month(population, installed, life, state, month, chance), expected, present)
    return life


def _live_month(now: _Month, expected: Rates, present: Bools) -> None:
    population, life, state, month = now.population, now.life, now.state, now.month
    joining = population.joined == month
    here = present | joining
    user = here & population.has_contract
    life.alive[:, month], life.active[:, month] = here, user
    life.plan[:, month] = state.plan
    happened = _happenings(now, expected, here)
    _usage(now, user)
    leaving = _leave(now, present)
    _terms(now, user & ~leaving, joining & population.has_contract)
    state.is_left |= leaving
    state.resolve = CAUSES.delay * state.resolve + (1 - CAUSES.delay) * state.strain
    state.strain = _next_strain(state.strain, happened, now.chance)


def _happenings(now: _Month, expected: Rates, here: Bools) -> dict[str, npt.NDArray[np.integer]]:
    population, installed, life, month, chance = now.population, now.installed, now.life, now.month, now.chance
    failures = installed.failures[:, month] * here
    crash, problem = chance.poisson(expected.crash), chance.poisson(expected.account_problem)
    orders = np.stack(
        [
            chance.poisson(expected.order),
            chance.binomial(failures, 0.6),
            np.zeros_like(failures),  # filled in when the team grows
            chance.binomial(installed.completions[:, max(month - 1, 0)] * here, 0.18),
            chance.binomial(
                here & (population.season > 0) & (SEASON_PEAK[population.season] == season_month(month + 2)), 0.06
            ),
        ],
        axis=1,
    )
    life.orders[:, month] += orders.astype(np.int16)
    life.order_rate[:, month] = expected.order
    late = chance.binomial(orders.sum(axis=1), expected.late_share)
    tickets = chance.poisson(expected.tickets)
    tickets[:, 1] += chance.binomial(failures, 0.6) + chance.binomial(crash, 0.5)
    tickets[:, 3] += chance.binomial(problem, 0.85)
    tickets[:, 6] += chance.binomial(late, 0.45)
    slow = chance.binomial(tickets.sum(axis=1), expected.slow_share)
    life.tickets[:, month], life.slow_tickets[:, month] = tickets, slow
    life.late_deliveries[:, month], life.crashes[:, month], life.account_problems[:, month] = late, crash, problem
    decline = chance.random(population.n) < DECLINE_RATE
    return {
        "slow_ticket": slow,
        "late_delivery": late,
        "failure": failures,
        "crash": crash,
        "account_problem": problem,
        "crowded": expected.crowded.astype(np.int64),
        "decline": decline.astype(np.int64),
    }


def _next_strain(strain: Floats, happened: dict[str, npt.NDArray[np.integer]], chance: np.random.Generator) -> Floats:
    jumps = sum((size * happened[cause] for cause, size in CAUSES.jumps.items()), np.zeros(strain.size))
    return CAUSES.memory * strain + jumps - 0.08 + chance.normal(0, CAUSES.noise, strain.size)


def _usage(now: _Month, user: Bools) -> None:
    """Let strain show in usage at once, and growth in seats and storage."""
    population, life, state, month, chance = now.population, now.life, now.state, now.month, now.chance
    n, age = population.n, month - population.joined
    season = USAGE_SEASON[population.season, season_month(month)]
    grown = np.exp(np.clip(population.growth * np.clip(month - np.maximum(population.joined, 0), 0, 30), -0.6, 0.9))
    life.activity[:, month] = (
        user
        * season
        * grown
        * np.exp(0.45 * population.engagement - 0.75 * state.strain + chance.normal(0, 0.18, n) - 0.4 * (age < 1))
    )
    jump = user & ~population.is_sole & (chance.random(n) < 0.018)
    wanted = np.where(
        jump, np.maximum(1, state.seats // 4), chance.binomial(1, np.clip(population.growth * state.seats, 0, 0.5))
    )
    joined = np.where(user, np.minimum(wanted, state.seat_limit - state.seats), 0)
    licences = (
        user
        & (wanted > 0)
        & (state.seats + wanted > 0.8 * state.seat_limit)
        & (chance.random(n) < np.where(jump, 0.45, 0.10))
    )
    state.seats = state.seats + joined
    state.seat_limit = state.seat_limit + 5 * licences
    state.storage = np.minimum(
        state.storage * np.exp(chance.normal(0.02 + population.growth, 0.03, n)), STORAGE_LIMITS[state.plan]
    )
    life.orders[:, month, 2] += licences.astype(np.int16)
    life.new_members[:, month], life.seats[:, month], life.seat_limit[:, month] = joined, state.seats, state.seat_limit
    life.storage[:, month] = state.storage


def _leave(now: _Month, present: Bools) -> Bools:
    population, life, state, month, chance = now.population, now.life, now.state, now.month, now.chance
    hazard = monthly_hazard(population, state.resolve, state.term_end, month)
    leaving = present & (chance.random(population.n) < 1 - np.exp(-hazard))
    at_term = population.has_contract & (state.term_end == month)
    day = np.where(at_term, population.anchor_day, chance.integers(2, 28, population.n))
    life.left_month[leaving], life.left_day[leaving] = month, day[leaving]
    return leaving


def _terms(now: _Month, staying: Bools, joining: Bools) -> None:
    """Renew what ends, move up who needs more; each begins a new term."""
    population, life, state, month, chance = now.population, now.life, now.state, now.month, now.chance
    crowded = (state.seats >= 0.85 * state.seat_limit) | (state.storage >= 0.9 * STORAGE_LIMITS[state.plan])
    before = life.activity[:, max(month - 4, 0)]
    surge = (month >= 4) & (life.activity[:, month] > 1.3 * before) & (before > 0)
    wish = 0.001 + 0.022 * crowded + 0.012 * surge
    upgrade = (
        staying
        & ~joining
        & (state.plan < len(PLANS) - 1)
        & (chance.random(population.n) < wish * np.exp(-0.5 * state.strain))
    )
    renewed = staying & ~joining & (state.term_end == month)
    begins = np.nonzero(upgrade | renewed | joining)[0]
    extra = np.maximum(state.seat_limit - SEAT_LIMITS[state.plan], 0)
    state.plan = state.plan + upgrade
    state.seat_limit = np.where(
        upgrade, np.maximum(SEAT_LIMITS[state.plan], SEAT_LIMITS[state.plan - upgrade] + extra), state.seat_limit
    )
    state.term_end[begins] = month + population.term_months[begins]
    life.term_customer.append(begins)
    life.term_start.append(np.full(begins.size, month))
    life.term_plan.append(state.plan[begins])
