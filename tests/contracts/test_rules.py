"""Every rule of the gate keeps to its own examples, and says no in both languages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from prevenance.privacy import NotNow, Permit, ask_many
from prevenance.privacy.ask import ranked_rules
from prevenance.privacy.base import Case, ContactRequest, Known
from prevenance.records.answers import Refusal, Undetermined

RULES = ranked_rules()
PASSES = [(rule, case) for rule in RULES for case in rule.passes]
STOPS = [(rule, case) for rule in RULES for case in rule.stops]
NAMES = {"ids": lambda value: getattr(value, "name", "")}


def test_there_are_rules_for_each_promise_of_the_policy():
    expected = {
        "address_known",
        "opt_out",
        "objection",
        "legal_ground",
        "open_complaint",
        "frequency_cap",
        "quiet_hours",
    }
    assert expected <= {rule.name for rule in RULES}
    assert len({rule.rank for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_shows_what_it_lets_pass_and_what_it_stops(rule):
    assert rule.passes
    assert rule.stops
    assert rule.words.fr != rule.words.en


@pytest.mark.parametrize(("rule", "case"), PASSES, **NAMES)
def test_a_rule_lets_its_good_examples_pass(rule, case):
    assert rule.judge(case) is None


@pytest.mark.parametrize(("rule", "case"), STOPS, **NAMES)
def test_a_rule_stops_its_bad_examples_with_its_name_and_a_reason(rule, case):
    verdict = rule.judge(case)
    assert isinstance(verdict, Refusal | Undetermined)
    assert verdict.rule == rule.name
    assert verdict.reason.fr
    assert verdict.reason.en
    if isinstance(verdict, NotNow):
        assert verdict.opens_at > case.at


@pytest.mark.parametrize(
    ("rule", "case"), [pair for pair in STOPS if isinstance(pair[0].judge(pair[1]), NotNow)], **NAMES
)
def test_a_not_now_opens_when_it_says(rule, case):
    opens_at = rule.judge(case).opens_at
    if rule.name == "quiet_hours":
        assert rule.judge(replace(case, at=opens_at)) is None


@pytest.mark.parametrize(("rule", "case"), STOPS, **NAMES)
def test_no_fact_can_be_left_out_to_get_through(rule, case):
    """Unknown facts never turn a no into a yes for a message that sells."""
    bare = ContactRequest(1, 1, "email", "a@example.com", "marketing", case.request.message_class)
    verdicts = [each.judge(Case(bare, Known(), case.at, case.policy)) for each in RULES]
    assert any(verdicts)


def test_many_are_answered_as_each_alone(ledger):
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    requests = [case.request for rule in RULES for case in (*rule.passes, *rule.stops)]
    with ledger.read() as tx:
        together = ask_many(tx, requests, at=at)
        alone = tuple(ask_many(tx, [request], at=at)[0] for request in requests)
    assert together == alone
    assert {type(answer) for answer in together} >= {Permit, Refusal, Undetermined}
