"""Walk the catalogue of signals: each fires on its example, stays silent on its counter-example, and cites events."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.moments import AT, ago, event, grid, moment

from prevenance.features import SignalsFile, compute, signal_cards
from prevenance.features.signal import Example, Happening
from prevenance.kit import catalogue
from prevenance.kit.problems import ConfigurationError
from prevenance.records.event_kind import EventKind

SIGNALS = signal_cards()
KNOWN_KINDS = catalogue.load("prevenance.records.events", EventKind)
MISSIONS = {f"C{number}" for number in range(1, 13)}


def lives(customer_id: int, happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """Return the facts of an example."""
    return [
        _fact(customer_id * 1000 + place * 100 + nth, customer_id, happening, nth)
        for place, happening in enumerate(happenings)
        for nth in range(happening.times)
    ]


def _fact(number: int, customer_id: int, happening: Happening, nth: int) -> dict[str, Any]:
    said = dict(happening.fields)
    occurred_at = ago(happening.days_ago + nth * happening.every, int(str(said.pop("hour", 12))))
    due = {} if happening.due_in is None else {"due_at": occurred_at + timedelta(happening.due_in)}
    return event(number, customer_id, happening.kind, occurred_at, **said, **due)


def _judged(cases: Sequence[tuple[str, Example]], later: Sequence[Happening] = ()) -> list[bool]:
    """Tell, for each signal and example, whether it fires with the default thresholds: one customer each, one query."""
    facts = [
        fact for place, (_, example) in enumerate(cases, start=1) for fact in lives(place, (*example.events, *later))
    ]
    others = [fact for _, example in cases[:1] for fact in lives(0, example.others)]
    card = {"customer_kind": "account", "language": "fr", "known_at": ago(900)}
    customers = [{"customer_id": place, **card, **_card(example)} for place, (_, example) in enumerate(cases, start=1)]
    features = compute(moment([*facts, *others], customers), grid(range(1, len(cases) + 1), [AT]))
    fires = {name: SIGNALS[name].fires(features, SIGNALS[name].defaults()).fill_null(False) for name, _ in cases}
    rows = features.select("customer_id", **fires).order_by("customer_id").to_pyarrow().to_pylist()
    return [row[name] for row, (name, _) in zip(rows, cases, strict=True)]


def _card(example: Example) -> dict[str, Any]:
    """Return what the example says of its customer, its first day as an instant."""
    card = dict(example.customer)
    if "customer_since" in card:
        card["customer_since"] = datetime.combine(card["customer_since"], time())
    return card


def judged(kind: str, later: Sequence[Happening] = ()) -> dict[str, bool]:
    """Judge the examples of all signals; those that need other customers are judged apart."""
    cases = [(name, getattr(signal, kind)) for name, signal in SIGNALS.items()]
    apart = [case for case in cases if case[1].others]
    together = [case for case in cases if not case[1].others]
    answers = dict(zip([name for name, _ in together], _judged(together, later), strict=True))
    return answers | {case[0]: _judged([case], later)[0] for case in apart}


@pytest.fixture(scope="module")
def examples() -> dict[str, bool]:
    return judged("example")


@pytest.fixture(scope="module")
def counter_examples() -> dict[str, bool]:
    return judged("counter_example")


@pytest.mark.parametrize("name", SIGNALS)
def test_it_fires_on_its_example(name: str, examples: dict[str, bool]) -> None:
    assert examples[name]


@pytest.mark.parametrize("name", SIGNALS)
def test_it_is_silent_on_its_counter_example(name: str, counter_examples: dict[str, bool]) -> None:
    assert not counter_examples[name]


def test_the_future_changes_nothing(examples: dict[str, bool]) -> None:
    kinds = ("contract_ended", "login_recorded", "ticket_opened", "feature_used", "payment_received")
    assert judged("example", [Happening(kind, -1, times=4, every=-1) for kind in kinds]) == examples


def test_every_promise_of_the_mission_is_kept() -> None:
    assert {signal.promise for signal in SIGNALS.values()} == MISSIONS


@pytest.mark.parametrize("name", SIGNALS)
def test_its_sentence_names_its_figures_in_both_languages(name: str) -> None:
    signal = SIGNALS[name]
    for text in (signal.sentence.fr, signal.sentence.en):
        assert set(re.findall(r"{(\w+)}", text)) <= set(signal.figures)
        assert "churn" not in text.lower()
    values = dict.fromkeys(signal.figures, 0.5)
    assert signal.said(values, "fr") != signal.said(values, "en")


@pytest.mark.parametrize("name", SIGNALS)
def test_its_evidence_and_outcome_are_words_of_the_vocabulary(name: str) -> None:
    signal = SIGNALS[name]
    named = {*signal.evidence.kinds, *(signal.outcome.kinds if signal.outcome else ())}
    assert named <= set(KNOWN_KINDS)
    happenings = (*signal.example.events, *signal.counter_example.events)
    assert not named or {h.kind for h in happenings} & named, "the example shows what the signal speaks of"


def test_the_shipped_file_of_thresholds_is_readable_and_says_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "signals.yaml"
    path.write_text(SignalsFile.by_default(), "utf-8")
    assert SignalsFile(path).thresholds() == {name: signal.defaults() for name, signal in SIGNALS.items()}
    assert set(yaml.safe_load(path.read_text("utf-8"))) == set(SIGNALS)


def test_a_changed_threshold_is_taken_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "signals.yaml"
    path.write_text("support_load:\n  n_tickets: 7\nbirthday:\n", "utf-8")
    chosen = SignalsFile(path).thresholds()
    assert chosen["support_load"] == {"n_tickets": 7.0}
    assert chosen["birthday"] == SIGNALS["birthday"].defaults()


def test_all_problems_of_the_file_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "signals.yaml"
    path.write_text("suport_load:\n  n_tickets: 7\nbirthday:\n  weeks: 2\n  days: soon\n", "utf-8")
    with pytest.raises(ConfigurationError) as told:
        SignalsFile(path).thresholds()
    for word in ("suport_load", "weeks", "birthday.days"):
        assert word in told.value.message
