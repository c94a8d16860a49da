"""Compute the best prediction of leaving that anyone could make who knew the whole truth."""

import numpy as np

from prevenance.demo.causes import CAUSES, DECLINE_RATE
from prevenance.demo.history import Life
from prevenance.demo.population import Population
from prevenance.demo.rates import Rates, State
from prevenance.demo.scale import N_MONTHS, Bools, Floats, Ints


def log_hazards(population: Population, term_end: Ints, month: int) -> Floats:
    """Return the part of a month's log hazard of leaving that does not depend on the resolve."""
    at_term = term_end == month
    contract = np.where(at_term, CAUSES.term, CAUSES.early)
    contract = np.where(population.term_months == 1, CAUSES.monthly, contract)
    return np.asarray(np.where(population.has_contract, contract, CAUSES.dropout) + population.frailty)


def monthly_hazard(population: Population, resolve: Floats, term_end: Ints, month: int) -> Floats:
    """Return the hazard of leaving in a month whose first instant finds this resolve."""
    return np.asarray(np.exp(log_hazards(population, term_end, month) + CAUSES.pull * resolve))


def best_prediction(population: Population, state: State, present: Bools, expected: Rates, month: int) -> Floats:
    """Return the true probability of leaving within 90 days; missing for who is no customer at the cutoff.

    Leaving days are the 3rd to the 28th, so 90 days from the first of a month are exactly three months. The resolve of
    the second month is already fixed by the state; that of the third needs the moment generating functions of the noise
    and of each cause's jumps in between, at their present rates.
    """
    keep, follow = CAUSES.delay, 1 - CAUSES.delay
    second = keep * state.resolve + follow * state.strain
    third = keep * second + follow * CAUSES.memory * state.strain
    surprise = _log_moment(CAUSES.pull * follow, expected)
    cumulated = np.zeros(population.n)
    none = np.zeros(population.n)
    for ahead, (resolve, log_growth) in enumerate(((state.resolve, none), (second, none), (third, surprise))):
        # A monthly contract's term end moves with it, a longer one's is where it is.
        end = np.where(population.term_months == 1, month + ahead, state.term_end)
        cumulated += np.exp(log_hazards(population, end, month + ahead) + CAUSES.pull * resolve + log_growth)
    return np.where(present, 1 - np.exp(-cumulated), np.nan)


def _log_moment(weight: float, expected: Rates) -> Floats:
    """Return log E[exp(weight x what one month adds to strain)]."""
    tickets = (
        expected.tickets.sum(axis=1) + 0.6 * expected.failure + 0.5 * expected.crash + 0.85 * expected.account_problem
    )
    counts = {
        "slow_ticket": tickets * expected.slow_share,
        "late_delivery": (expected.order + 0.6 * expected.failure) * expected.late_share,
        "failure": expected.failure,
        "crash": expected.crash,
        "account_problem": expected.account_problem,
        "decline": np.full(tickets.size, DECLINE_RATE),
    }
    log_moment = weight * (CAUSES.jumps["crowded"] * expected.crowded - 0.08) + (weight * CAUSES.noise) ** 2 / 2
    for cause, rate in counts.items():
        log_moment = log_moment + rate * np.expm1(weight * CAUSES.jumps[cause])
    return np.asarray(log_moment)


def buying_probability(life: Life, customer: Ints, month: Ints) -> Floats:
    """Return the probability of at least one order within 90 days, at the present rate of ordering."""
    return np.asarray(1 - np.exp(-3.0 * life.order_rate[customer, np.minimum(month, N_MONTHS - 1)].astype(np.float64)))
