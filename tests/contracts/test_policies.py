"""Every policy says why, in both languages, and only ever takes options away; arbitration is as good as trying all."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prevenance.decisions.arbitrate import ANOTHER, CAPACITY, HELP_FIRST, Offers, Standing, arbitrate
from prevenance.decisions.base import Policy
from prevenance.decisions.sift import policies
from prevenance.kit.catalogue import load

POLICIES = load("prevenance.decisions.policies", Policy)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)
def test_a_policy_gives_its_reason_in_both_languages(policy: Policy) -> None:
    for text in (policy.reason.fr, policy.reason.en):
        assert text.endswith(".")
        assert "'" not in text
        assert "churn" not in text.lower()
    assert policy.reason.fr != policy.reason.en


def test_the_gate_is_asked_last_and_an_objection_heard_first() -> None:
    names = [policy.name for policy in policies()]
    assert names[0] == "objection"
    assert names[-1] == "contactable"
    assert len({policy.order for policy in policies()}) == len(names)


def offers(rows: list[tuple[int, int, int, float, bool]]) -> Offers:
    """Return options from (need, customer, channel, value, is_selling); each is a candidate of its own."""
    need, customer, channel, value, selling = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Offers(
        np.arange(len(rows)), np.array(need, dtype=int), np.array(customer, dtype=np.int64),
        np.array(channel, dtype=int), np.array(value, dtype=float), np.array(selling, dtype=bool),
    )  # fmt: skip


def best_by_trying_all(rows: list[tuple[int, int, int, float, bool]], places: list[int]) -> float:
    best = 0.0
    for chosen in itertools.product([False, True], repeat=len(rows)):
        taken = [row for row, is_taken in zip(rows, chosen, strict=True) if is_taken]
        needs, channels = [row[0] for row in taken], [row[2] for row in taken]
        if len(set(needs)) == len(needs) and all(channels.count(c) <= places[c] for c in range(len(places))):
            best = max(best, sum(row[3] for row in taken))
    return best


OPTION = st.tuples(st.integers(0, 4), st.just(0), st.integers(0, 1), st.integers(1, 50).map(float), st.just(False))


@given(rows=st.lists(OPTION, max_size=9), places=st.lists(st.integers(0, 3), min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_the_choice_is_worth_as_much_as_the_best_of_all(
    rows: list[tuple[int, int, int, float, bool]], places: list[int]
) -> None:
    choice = arbitrate(offers(rows), np.array(places), lambda _: False)
    chosen = [rows[option] for option in choice.treated.tolist()]
    assert sum(row[3] for row in chosen) == pytest.approx(best_by_trying_all(rows, places))
    assert len({row[0] for row in chosen}) == len(chosen)
    assert all([row[2] for row in chosen].count(channel) <= places[channel] for channel in (0, 1))
    assert set(choice.left) | set(choice.treated.tolist()) == set(range(len(rows)))


@given(
    values=st.lists(st.integers(1, 100).map(float), min_size=1, max_size=40, unique=True),
    held=st.sets(st.integers(0, 39)),
    places=st.integers(0, 12),
)
@settings(max_examples=100, deadline=None)
def test_both_arms_pass_one_threshold_and_the_places_are_used(values: list[float], held: set[int], places: int) -> None:
    rows = [(i, i, 0, value, False) for i, value in enumerate(values)]
    choice = arbitrate(offers(rows), np.array([places]), held.__contains__)
    treated, left = choice.treated.tolist(), list(choice.left)
    assert len(treated) <= places
    assert not held & set(treated)
    assert set(choice.held_out.tolist()) <= held
    chosen = [values[i] for i in [*treated, *choice.held_out.tolist()]]
    assert not left or not chosen or min(chosen) > max(values[i] for i in left)
    if any(i not in held for i in left):
        assert len(treated) == places  # nobody waits while there is room


def test_help_goes_before_offers_and_an_open_need_is_not_answered_twice() -> None:
    rows = [(0, 7, 0, 5.0, False), (1, 7, 0, 900.0, True), (2, 8, 0, 50.0, True), (3, 9, 0, 40.0, False)]
    choice = arbitrate(
        offers(rows), np.array([2]), lambda _: False, Standing(needs=frozenset({3}), helped=frozenset({9}))
    )
    assert choice.treated.tolist() == [0, 2]
    assert choice.left == {1: HELP_FIRST, 3: ANOTHER}


def test_whoever_finds_no_place_waits() -> None:
    choice = arbitrate(offers([(0, 0, 0, 5.0, False), (1, 1, 0, 6.0, False)]), np.array([1]), lambda _: False)
    assert choice.left == {0: CAPACITY}
