"""Make the people who work for each customer: names, jobs, addresses, which systems know them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo import names
from prevenance.demo.population import Names, Population, folded_column
from prevenance.demo.scale import Bools, Ints
from prevenance.demo.text import Text, digits, join, pick, where

_MAX_PEOPLE = 6


@dataclass(frozen=True)
class PeopleDraft:
    """Holds who exists, before anyone has an address: a sole trader's company is named after its person."""

    customer: Ints
    first_of_customer: Ints  # row of each customer's first person
    n_people: Ints
    is_woman: Bools
    first: Text
    last: Text


@dataclass(frozen=True)
class People:
    """Holds one row per person, ordered by customer."""

    customer: Ints
    first_of_customer: Ints
    n_people: Ints
    is_woman: Bools
    is_french: Bools
    first: Text
    last: Text
    first_folded: Text
    last_folded: Text
    role: Text
    email: Text
    alias: Text  # the same person's other spelling of his address
    mobile: Text  # national digits, missing when nobody knows one
    birth_day: Ints
    is_user: Bools  # logs in to the product
    writes_tickets: Bools

    @property
    def n(self) -> int:
        """Return how many people there are."""
        return self.customer.size


def draft_people(population: Population) -> PeopleDraft:
    """Draw how many people each customer has, and their names."""
    chance = population.chance("people")
    n_people = np.where(
        population.is_sole, 1, np.clip(1 + chance.poisson(0.7 * np.log(population.n_employees)), 2, _MAX_PEOPLE)
    )
    customer = np.repeat(np.arange(population.n), n_people)
    is_woman = chance.random(customer.size) < 0.42
    is_french = population.is_french[customer]
    return PeopleDraft(
        customer=customer,
        first_of_customer=np.cumsum(n_people) - n_people,
        n_people=n_people,
        is_woman=is_woman,
        first=_drawn(names.FIRST_NAMES, is_french, is_woman, chance),
        last=_drawn({side: (found, found) for side, found in names.SURNAMES.items()}, is_french, is_woman, chance),
    )


def finish_people(draft: PeopleDraft, population: Population, company: Names) -> People:
    """Give everyone a job, addresses and the systems that know him."""
    chance, n = population.chance("addresses"), draft.customer.size
    is_french = population.is_french[draft.customer]
    first, last = folded_column(draft.first), folded_column(draft.last)
    local = [pc.replace_substring_regex(pc.utf8_lower(side), "[^a-z-]", "") for side in (first, last)]
    domain = company.domain.take(pa.array(draft.customer))
    number = _namesake_number(pc.binary_join_element_wise(*local, domain, "|"))
    tail = join(where(number > 0, digits(number + 1), ""), "@", domain)
    is_first = np.arange(n) == draft.first_of_customer[draft.customer]
    role_index = np.where(is_first, 0, chance.integers(1, len(names.FR_ROLES), n))
    return People(
        **vars(draft),
        is_french=is_french,
        first_folded=first,
        last_folded=last,
        role=where(is_french, pick(names.FR_ROLES, role_index), pick(names.EN_ROLES, role_index)),
        email=join(local[0], ".", local[1], tail),
        alias=join(pc.utf8_slice_codeunits(local[0], 0, 1), local[1], tail),
        mobile=_mobiles(is_french, chance),
        birth_day=chance.integers(-6_500, 12_500, n),
        is_user=population.has_contract[draft.customer] & (is_first | (chance.random(n) < 0.7)),
        writes_tickets=is_first | (chance.random(n) < 0.6),
    )


def someone(people: People, customer: Ints, allowed: Bools, chance: np.random.Generator) -> Ints:
    """Return a person of each customer, drawn by chance, the first one when the drawn one does not do this."""
    first = people.first_of_customer[customer]
    drawn = first + (chance.random(customer.size) * people.n_people[customer]).astype(np.int64)
    return np.where(allowed[drawn], drawn, first)


def _drawn(
    lists: dict[bool, tuple[list[str], list[str]]], is_french: Bools, is_woman: Bools, chance: np.random.Generator
) -> Text:
    draw = chance.random(is_french.size)
    sides = {
        (french, woman): pick(found, (draw * len(found)).astype(np.int64))
        for french, both in lists.items()
        for woman, found in zip((True, False), both, strict=True)
    }
    by_language = [where(is_woman, sides[french, True], sides[french, False]) for french in (True, False)]
    return where(is_french, *by_language)


def _namesake_number(address: Text) -> Ints:
    least, first = (pc.rank(address, tiebreaker=tie).to_numpy().astype(np.int64) for tie in ("min", "first"))
    return np.asarray(first - least)


def _mobiles(is_french: Bools, chance: np.random.Generator) -> Text:
    """Number mobiles in the ranges kept for fiction (06 39 98 xx xx, 07700 900xxx), each number once."""
    has_one = chance.random(is_french.size) < 0.55
    turn = np.where(is_french, np.cumsum(is_french & has_one), np.cumsum(~is_french & has_one)) - 1
    room = np.where(is_french, 10_000, 1_000)
    scattered = (turn * 617 + 89) % room
    number = where(is_french, join("063998", digits(scattered, 4)), join("07700900", digits(scattered, 3)))
    return where(has_one & (turn < room), number, None)
