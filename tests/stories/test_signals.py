"""Tell how signals are found this morning, and how they did over the past years."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.moments import AS_OF, ago, event, rows_of

from prevenance.features import detect, signal_cards
from prevenance.features.signal import SignalRecord
from prevenance.records.tables import CUSTOMERS, EVENTS, SIGNAL_HITS, SIGNAL_RECORDS
from prevenance.storage import Lake, open_lake
from prevenance.timeline import Timeline, read

LEAVER, LOYAL, BUSY = 1, 2, 3


def logins(customer_id: int, newest: int, oldest: int, every: int) -> list[dict[str, Any]]:
    """Return logins from so many days ago until so many days ago."""
    return [
        event(customer_id * 10_000 + days, customer_id, "login_recorded", ago(days))
        for days in range(newest, oldest, every)
    ]


def story() -> list[dict[str, Any]]:
    """Return a leaver whose activity fell and who left, a loyal customer, and one who writes often."""
    return [
        *logins(LEAVER, 260, 500, 2),  # every other day until about the middle of February
        event(1, LEAVER, "contract_started", ago(490)),
        event(2, LEAVER, "contract_ended", ago(200)),  # 15 April
        *logins(LOYAL, 1, 500, 2),
        event(3, LOYAL, "contract_started", ago(490)),
        *logins(BUSY, 1, 500, 2),
        *[event(100 + n, BUSY, "ticket_opened", ago(2 + 5 * n), label="billing", object_id=f"T{n}") for n in range(5)],
    ]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = open_lake(tmp_path / "lake", threads=1)
    lake.replace(EVENTS, rows_of(EVENTS, story()))
    card = {"customer_kind": "account", "language": "fr", "known_at": ago(600)}
    lake.replace(CUSTOMERS, rows_of(CUSTOMERS, [{"customer_id": c, **card} for c in (LEAVER, LOYAL, BUSY)]))
    return lake


@pytest.fixture
def timeline(lake: Lake) -> Timeline:
    return read(lake, as_of=AS_OF)


def found(lake: Lake) -> dict[tuple[str, int], dict[str, Any]]:
    rows = lake.collect(lake.read(SIGNAL_HITS)).to_pylist()
    return {(row["signal"], row["customer_id"]): row for row in rows}


def record_of(records: tuple[SignalRecord, ...], name: str) -> SignalRecord:
    return next(record for record in records if record.signal == name)


def test_a_hit_says_its_figures_in_both_languages_and_cites_its_events(lake: Lake, timeline: Timeline) -> None:
    detect(lake, timeline)
    hit = found(lake)["support_load", BUSY]
    assert hit["fr"] == "5 demandes d’aide ces 4 dernières semaines, contre 0 les 4 précédentes"
    assert hit["en"] == "5 requests for help in the last 4 weeks, against 0 in the 4 before"
    assert json.loads(hit["evidence"]) == [f"e{100 + n:06}" for n in range(5)], "the newest first"
    assert hit["strength"] == pytest.approx(5 / 3)


def test_someone_who_left_is_not_spoken_of_any_more(lake: Lake, timeline: Timeline) -> None:
    detect(lake, timeline)
    assert LEAVER not in {customer for _, customer in found(lake)}


def test_the_past_tells_how_often_a_signal_was_right(lake: Lake, timeline: Timeline) -> None:
    records = detect(lake, timeline)
    fall = record_of(records, "activity_drop")
    # 1 March: few logins in February after many in January, and the contract ended 45 days later.
    assert (fall.n_fired, fall.n_right, fall.precision) == (1, 1, 1.0)
    assert fall.lead_days == 45
    assert fall.precision_low is not None
    assert 0.2 < fall.precision_low < 0.21, "one of one: Wilson's interval stays wide"
    assert fall.base_rate is not None
    assert 0 < fall.base_rate < 1
    assert fall.recall is not None
    assert 0 < fall.recall < 1, "February and April came before the end too, and were silent"


def test_a_signal_that_predicts_nothing_has_no_precision(lake: Lake, timeline: Timeline) -> None:
    record = record_of(detect(lake, timeline), "birthday")
    assert (record.n_right, record.precision, record.recall) == (None, None, None)


def test_every_signal_gets_its_record(lake: Lake, timeline: Timeline) -> None:
    records = detect(lake, timeline)
    assert [record.signal for record in records] == list(signal_cards())
    assert lake.count(lake.read(SIGNAL_RECORDS)) == len(records)


def test_a_changed_threshold_changes_who_is_found(lake: Lake, timeline: Timeline) -> None:
    detect(lake, timeline, thresholds={"support_load": {"n_tickets": 5}})
    assert ("support_load", BUSY) not in found(lake)


def test_asking_again_changes_nothing(lake: Lake, timeline: Timeline) -> None:
    detect(lake, timeline)
    versions = lake.version(SIGNAL_HITS), lake.version(SIGNAL_RECORDS)
    detect(lake, timeline)
    assert (lake.version(SIGNAL_HITS), lake.version(SIGNAL_RECORDS)) == versions


def test_an_empty_timeline_has_no_hits_and_says_so(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "empty", threads=1)
    records = detect(lake, read(lake, as_of=AS_OF))
    assert {record.n_fired for record in records} == {0}
    assert lake.count(lake.read(SIGNAL_HITS)) == 0
