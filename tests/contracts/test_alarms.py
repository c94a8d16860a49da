"""Alarms are silent when all is as it was, and speak when it is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from prevenance.kit.catalogue import load
from prevenance.monitoring import Alarm, watch
from prevenance.records.tables import ALARMS, EVENTS, PREDICTIONS
from prevenance.storage import Lake, open_lake
from prevenance.timeline import read

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(tmp_path / "lake")


def _daily_facts(lake: Lake, *, until: datetime, source: str = "product") -> None:
    days = [until - timedelta(days=n) for n in range(120)]
    rows = [
        {
            "event_id": f"{source}-{n}", "row_hash": "h", "customer_id": 1, "kind": "login_recorded", "source": source,
            "occurred_at": day, "known_at": day,
        }
        for n, day in enumerate(days)
    ]  # fmt: skip
    lake.append(EVENTS, pa.Table.from_pylist(rows))


def _predictions(lake: Lake, as_of: datetime, probability: float) -> None:
    rows = [
        {"as_of": as_of, "target": "churn", "customer_id": n, "probability": probability, "evidence_level": "model"}
        for n in range(200)
    ]
    lake.append(PREDICTIONS, pa.Table.from_pylist(rows))


@pytest.mark.parametrize("alarm", load("prevenance.monitoring.alarms", Alarm).values(), ids=lambda alarm: alarm.name)
def test_an_alarm_asks_its_question_in_both_languages(alarm: Alarm) -> None:
    assert alarm.question.fr.endswith("?")
    assert alarm.question.en.endswith("?")


def test_nothing_is_raised_while_the_sources_speak(lake: Lake) -> None:
    _daily_facts(lake, until=AS_OF - timedelta(days=1))
    assert watch(lake, read(lake, as_of=AS_OF)) == ()
    assert lake.count(lake.read(ALARMS)) == 0


def test_a_source_that_fell_silent_is_named_with_the_day(lake: Lake) -> None:
    _daily_facts(lake, until=AS_OF - timedelta(days=1), source="erp")
    _daily_facts(lake, until=AS_OF - timedelta(days=20), source="product")
    (raised,) = watch(lake, read(lake, as_of=AS_OF))
    assert raised.about == "product"
    assert "12 Oct 2026" in raised.words.en
    assert lake.count(lake.read(ALARMS)) == 1


def test_watching_twice_changes_nothing(lake: Lake) -> None:
    _daily_facts(lake, until=AS_OF - timedelta(days=20))
    story = read(lake, as_of=AS_OF)
    watch(lake, story)
    version = lake.version(ALARMS)
    watch(lake, story)
    assert lake.version(ALARMS) == version


def test_predictions_that_jump_are_told(lake: Lake) -> None:
    _predictions(lake, AS_OF - timedelta(days=1), 0.1)
    _predictions(lake, AS_OF, 0.7)
    raised = watch(lake, read(lake, as_of=AS_OF))
    assert [one.about for one in raised] == ["churn"]


def test_predictions_that_stay_are_not(lake: Lake) -> None:
    _predictions(lake, AS_OF - timedelta(days=1), 0.1)
    _predictions(lake, AS_OF, 0.12)
    assert watch(lake, read(lake, as_of=AS_OF)) == ()
