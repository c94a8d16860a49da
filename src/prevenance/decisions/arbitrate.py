"""Choose among what is allowed: the most value in the places of the day, help before offers, a control group by chance.

Each need of a customer (customer and kind of proposal) takes at most one option, each channel has so many places a day.
Choosing the options of most value under these two bounds is a transportation problem; it is solved exactly, and small,
because only the best options of each channel, as many as there are places in all, can be part of the best choice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]
_TIE = 1e-9  # money: breaks ties by the order of the options, so that a rerun chooses the same

CAPACITY = "capacity"
ANOTHER = "another_proposal"
HELP_FIRST = "service_first"


@dataclass(frozen=True)
class Offers:
    """Holds the options to choose from as columns, in a fixed order.

    Attributes:
        candidate: number of the (play, customer) that an option belongs to.
        need: number of the (customer, kind) that it would answer.
        customer: the customer's id.
        channel: number of the channel, an index into the places.
        value: money, positive.
        is_selling: whether it asks the customer to buy.
    """

    candidate: Indices
    need: Indices
    customer: npt.NDArray[np.int64]
    channel: Indices
    value: npt.NDArray[np.float64]
    is_selling: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """Holds what earlier decisions already take: needs with an open proposal, customers being helped."""

    needs: frozenset[int] = frozenset()
    helped: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """Holds what became of the options: those to act on, those held out, and why other candidates are left."""

    treated: Indices
    held_out: Indices
    left: dict[int, str]  # candidate -> capacity, another_proposal or service_first


def arbitrate(
    offers: Offers, places: npt.NDArray[np.intp], is_held: Callable[[int], bool], standing: Standing = Standing()
) -> Choice:
    """Choose the options to act on, service first, and let chance hold some of the chosen out.

    Chance falls on the chosen, not on all: treated and held-out customers passed the same threshold, so they compare.

    Args:
        offers: the options that every policy allows.
        places: how many actions of each channel still fit into the day.
        is_held: says of an option whether chance holds its play from its customer.
        standing: what open proposals already take.

    Example:
        >>> zeros, two = np.zeros(2, int), np.arange(2)
        >>> two = Offers(two, two, two, zeros, np.array([5.0, 9.0]), zeros.astype(bool))
        >>> choice = arbitrate(two, np.array([1]), lambda option: False)
        >>> choice.treated.tolist(), choice.left
        ([1], {0: 'capacity'})
    """
    free = np.flatnonzero(~np.isin(offers.need, sorted(standing.needs)))
    helping = free[~offers.is_selling[free]]
    help_chosen = _fill(offers, helping, places, is_held)
    helped = standing.helped | set(offers.customer[help_chosen].tolist())
    selling = free[offers.is_selling[free] & ~np.isin(offers.customer[free], sorted(helped))]
    used = np.bincount(offers.channel[_treated(help_chosen, is_held)], minlength=len(places))
    sell_chosen = _fill(offers, selling, places - used, is_held)
    chosen = np.concatenate([help_chosen, sell_chosen]).astype(np.intp)
    treated = _treated(chosen, is_held)
    return Choice(treated, np.setdiff1d(chosen, treated), _left(offers, chosen, standing, helped))


def _fill(offers: Offers, among: Indices, places: npt.NDArray[np.intp], is_held: Callable[[int], bool]) -> Indices:
    """Choose so that the treated fill the places: each held-out customer makes room for the next in value."""
    chosen = _best(offers, among, places)
    while True:
        held = np.setdiff1d(chosen, _treated(chosen, is_held))
        wider = _best(offers, among, places + np.bincount(offers.channel[held], minlength=len(places)))
        used = np.bincount(offers.channel[_treated(wider, is_held)], minlength=len(places))
        if len(wider) <= len(chosen) or (used > places).any():
            return chosen
        chosen = wider


def _best(offers: Offers, among: Indices, places: npt.NDArray[np.intp]) -> Indices:
    """Return the options of most value, one for each need at most, within the places."""
    among = _worth_a_look(offers, among, places)
    if not len(among):
        return among
    needs, need = np.unique(offers.need[among], return_inverse=True)
    best_of_need = among[np.unique(need, return_index=True)[1]] if len(needs) == len(among) else None
    if best_of_need is not None and (np.bincount(offers.channel[among], minlength=len(places)) <= places).all():
        return np.sort(among)
    return _solve(offers, among, need, places)


def _worth_a_look(offers: Offers, among: Indices, places: npt.NDArray[np.intp]) -> Indices:
    """Keep the best option of each need in each channel, and of these the best of each channel."""
    ordered = among[np.lexsort((among, -offers.value[among]))]
    slots = offers.need[ordered] * len(places) + offers.channel[ordered]
    firsts = ordered[np.sort(np.unique(slots, return_index=True)[1])]
    enough = int(places.clip(min=0).sum())
    kept = [firsts[offers.channel[firsts] == channel][:enough] for channel in range(len(places)) if places[channel] > 0]
    return np.sort(np.concatenate(kept)).astype(np.intp) if kept else np.empty(0, dtype=np.intp)


def _solve(offers: Offers, among: Indices, need: Indices, places: npt.NDArray[np.intp]) -> Indices:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    n = len(among)
    one_each = csr_array((np.ones(n), (need, np.arange(n))))
    by_channel = csr_array((np.ones(n), (offers.channel[among], np.arange(n))), shape=(len(places), n))
    found = milp(
        -(offers.value[among] - _TIE * np.arange(n)),
        integrality=np.ones(n),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(one_each, ub=1), LinearConstraint(by_channel, ub=places.clip(min=0))],
        options={"mip_rel_gap": 0},
    )
    is_chosen: npt.NDArray[np.bool_] = found.x > 0.5
    return among[is_chosen]


def _treated(chosen: Indices, is_held: Callable[[int], bool]) -> Indices:
    return np.array([option for option in chosen.tolist() if not is_held(option)], dtype=np.intp)


def _left(offers: Offers, chosen: Indices, standing: Standing, helped: frozenset[int] | set[int]) -> dict[int, str]:
    taken = set(offers.candidate[chosen].tolist())
    answered = standing.needs | set(offers.need[chosen].tolist())
    left: dict[int, str] = {}
    for option, candidate in enumerate(offers.candidate.tolist()):
        if candidate in taken or candidate in left:
            continue
        if int(offers.need[option]) in answered:
            left[candidate] = ANOTHER
        elif offers.is_selling[option] and int(offers.customer[option]) in helped:
            left[candidate] = HELP_FIRST
        else:
            left[candidate] = CAPACITY
    return left
