"""Every prediction keeps its card's word: its worked example, its horizon, and what may be known when."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.past_events import AS_OF, events_table

from prevenance import features, timeline
from prevenance.models import Target, target_cards
from prevenance.models.base import ExampleEvent
from prevenance.models.past import with_label
from prevenance.records.tables import EVENTS
from prevenance.storage import Lake, open_lake

CUTOFF = datetime(2026, 3, 1)  # noqa: DTZ001 - as the lake stores instants: UTC, without a zone
ALL = list(target_cards().values())


def _rows(events: tuple[ExampleEvent, ...]) -> list[dict[str, Any]]:
    def at(day: float | None) -> datetime | None:
        return None if day is None else CUTOFF + timedelta(days=day)

    return [
        {
            "customer_id": event.customer_id,
            "kind": event.kind,
            "object_id": event.object_id,
            "occurred_at": at(event.day),
            "due_at": at(event.due_day),
            "label": event.label,
            "quantity": event.quantity,
            "limit_quantity": event.limit_quantity,
            "known_at": at(event.day if event.known_day is None else event.known_day),
        }
        for event in events
    ]


def _labels(lake: Lake, target: Target, rows: list[dict[str, Any]]) -> dict[int, int]:
    lake.replace(EVENTS, events_table(rows))
    history = timeline.read(lake, as_of=AS_OF)
    customers = sorted({row["customer_id"] for row in rows})
    cutoffs = pa.array([CUTOFF] * len(customers), pa.timestamp("us"))
    population = lake.stage(
        target.population(history, lake.stage(pa.table({"customer_id": customers, "cutoff": cutoffs})))
    )
    found = lake.collect(target.label(history, population)).to_pylist()
    return {row["customer_id"]: row["label"] for row in found}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(tmp_path)


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_the_worked_example_comes_out_as_its_card_says(target: Target, lake: Lake) -> None:
    assert _labels(lake, target, _rows(target.example.events)) == target.example.labels


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_what_happens_after_the_horizon_changes_no_label(target: Target, lake: Lake) -> None:
    rows = _rows(target.example.events)
    later = CUTOFF + timedelta(days=target.horizon_days + 1)
    noise = [
        {"customer_id": customer, "kind": kind, "object_id": f"{customer}-later", "occurred_at": later}
        for customer in target.example.labels
        for kind in ("contract_started", "contract_ended", "order_placed")
    ]
    assert _labels(lake, target, rows + noise) == target.example.labels


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_what_was_learned_only_after_the_cutoff_lets_nobody_into_the_population(target: Target, lake: Lake) -> None:
    late = CUTOFF + timedelta(days=1)
    rows = [row | {"known_at": max(row["known_at"], late)} for row in _rows(target.example.events)]
    assert _labels(lake, target, rows) == {}


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_a_fact_that_was_corrected_later_counts_as_it_stood_at_the_cutoff(target: Target, lake: Lake) -> None:
    corrected_at = CUTOFF + timedelta(days=200)
    rows = [row | {"event_id": f"event-{at}"} for at, row in enumerate(_rows(target.example.events))]
    again = [row | {"row_hash": "2", "known_at": corrected_at} for row in rows]
    before = [row | {"superseded_at": corrected_at} for row in rows]
    assert _labels(lake, target, before + again) == target.example.labels


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_the_plain_rule_ranks_by_a_feature_that_exists(target: Target) -> None:
    assert target.rule.feature in features.feature_cards()
    assert target.excluded_features <= set(features.feature_cards())


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_a_card_says_why_and_on_which_ground_it_predicts_without_jargon(target: Target) -> None:
    assert target.legal_basis.startswith("GDPR 6(1)")
    assert 0 < target.horizon_days <= 366
    shown = [target.question, target.outcome, target.purpose, target.rule.words]
    assert all(words.fr and words.en for words in shown)
    assert not any("churn" in (words.fr + words.en).lower() for words in shown)
    assert "{n}" in target.outcome.fr
    assert "{n}" in target.outcome.en


def test_a_pair_that_is_asked_about_gets_exactly_one_label(lake: Lake) -> None:
    instant = pa.array([CUTOFF] * 2, pa.timestamp("us"))
    grid = lake.stage(pa.table({"customer_id": [1, 2], "cutoff": instant}))
    hits = lake.stage(pa.table({"customer_id": [2, 2], "cutoff": instant}))
    found = lake.collect(with_label(grid, hits)).sort_by("customer_id").to_pylist()
    assert [row["label"] for row in found] == [0, 1]
