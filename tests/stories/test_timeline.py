"""The timeline as a reader meets it: nothing from the future, nothing lost, the same whatever the order of loading."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.stories.rows import AS_OF, Row, arrow, fact, lake_with, naive, stored

from prevenance.kit.clock import aware_utc
from prevenance.records.ids import CustomerId
from prevenance.records.tables import CUSTOMERS, EVENTS, FACTS, IDENTITIES, PEOPLE
from prevenance.storage import Lake, open_lake
from prevenance.timeline import TimelineReport, read, record

START = naive(2025, 1, 1)
SUBJECTS = {"crm:1": 11, "crm:2": 22, "erp:K1": 11}  # two subjects of one customer, one of another; crm:9 is nobody's
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def place(lake: Lake, subjects: dict[str, int]) -> None:
    rows = [{"subject": subject, "customer_id": customer, "person_id": None} for subject, customer in subjects.items()]
    lake.replace(IDENTITIES, arrow(IDENTITIES, rows))


def told(folder: Path, facts: list[Row], *, as_of: datetime = AS_OF) -> tuple[Lake, TimelineReport]:
    lake = lake_with(folder, facts=facts)
    place(lake, SUBJECTS)
    return lake, record(lake, as_of=as_of)


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Draw facts that may be known late, and may be corrected later still."""
    facts = []
    for number in range(draw(st.integers(1, 12))):
        happened = START + timedelta(hours=draw(st.integers(0, 9_000)))
        known = happened + timedelta(hours=draw(st.integers(0, 2_000)))
        subject = draw(st.sampled_from([*SUBJECTS, "crm:9"]))
        first = fact("order_placed", subject, happened, known_at=known, record_id=str(number), quantity=1.0)
        if draw(st.booleans()):
            fixed = known + timedelta(hours=draw(st.integers(1, 3_000)))
            facts.append({**first, "row_hash": "2", "known_at": fixed, "quantity": 2.0})
            first["superseded_at"] = fixed
        facts.append(first)
    return facts


@SLOW
@given(facts=histories(), hours=st.integers(0, 12_000))
def test_what_became_known_later_changes_nothing_that_was_handed_out_before(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Row], hours: int
) -> None:
    at = START + timedelta(hours=hours)
    then = [
        {
            **row,
            "superseded_at": None
            if row.get("superseded_at") and row["superseded_at"] > at
            else row.get("superseded_at"),
        }
        for row in facts
        if row["known_at"] <= at
    ]
    early, _ = told(tmp_path_factory.mktemp("early"), then, as_of=aware_utc(at))
    late, _ = told(tmp_path_factory.mktemp("late"), facts)
    for table in ("events", "revisions"):
        seen = [
            lake.collect(getattr(read(lake, as_of=aware_utc(at)), table).order_by(list(EVENTS.key))).to_pylist()
            for lake in (early, late)
        ]
        assert seen[0] == seen[1], f"{table} differ"


@SLOW
@given(facts=histories(), seed=st.integers(0, 99))
def test_loading_in_any_order_and_twice_gives_the_same_timeline_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Row], seed: int
) -> None:
    straight, report = told(tmp_path_factory.mktemp("straight"), facts)
    shuffled = random.Random(seed).sample(facts, len(facts))
    half = len(facts) // 2
    folder = tmp_path_factory.mktemp("shuffled")
    told(folder, shuffled[:half])
    mixed, _ = told(folder, shuffled)
    assert stored(straight, EVENTS) == stored(mixed, EVENTS)
    assert report.n_facts == len(facts) == report.n_events + report.n_pending
    version = mixed.version(EVENTS)
    again = record(mixed, as_of=AS_OF)
    assert (again.counts.inserted, again.counts.updated, mixed.version(EVENTS)) == (0, 0, version)


def test_a_correction_is_seen_from_the_moment_it_was_known_and_the_old_value_before(tmp_path: Path) -> None:
    wrong = fact(
        "order_placed", "crm:1", naive(2025, 3, 1), record_id="812", quantity=1.0, superseded_at=naive(2025, 6, 1)
    )
    right = {**wrong, "row_hash": "2", "quantity": 3.0, "known_at": naive(2025, 6, 1), "superseded_at": None}
    lake, _ = told(tmp_path, [wrong, right])

    def quantities(as_of: datetime) -> list[float]:
        return [event.quantity or 0.0 for event in read(lake, as_of=as_of).story(CustomerId(11))]

    assert quantities(datetime(2025, 5, 1, tzinfo=UTC)) == [1.0]
    assert quantities(datetime(2025, 7, 1, tzinfo=UTC)) == [3.0]
    assert lake.count(read(lake, as_of=AS_OF).revisions) == 2, "earlier cutoffs stay exact"


def test_facts_of_unknown_subjects_wait_and_are_counted(tmp_path: Path) -> None:
    facts = [fact("login_recorded", subject, START) for subject in ("crm:1", "crm:9", "crm:9", "email:-")]
    lake, report = told(tmp_path, facts)
    assert (report.n_facts, report.n_events, report.n_pending) == (4, 1, 3)
    assert report.pending_subjects == (("crm:9", 2), ("email:-", 1))
    place(lake, {**SUBJECTS, "crm:9": 99})
    assert record(lake, as_of=AS_OF).n_pending == 1, "they join once somebody knows whose they are"


def test_a_merge_moves_the_past_and_an_unmerge_moves_it_back(tmp_path: Path) -> None:
    facts = [fact("login_recorded", subject, START + timedelta(days=i)) for i, subject in enumerate(SUBJECTS)]
    lake, _ = told(tmp_path, facts)
    before = stored(lake, EVENTS)
    place(lake, dict.fromkeys(SUBJECTS, 11))
    record(lake, as_of=AS_OF)
    assert len(read(lake, as_of=AS_OF).story(CustomerId(11))) == 3
    place(lake, SUBJECTS)
    record(lake, as_of=AS_OF)
    assert stored(lake, EVENTS) == before


def test_a_story_tells_the_latest_first_and_nothing_that_is_still_to_come(tmp_path: Path) -> None:
    days = [naive(2026, 1, 1), naive(2026, 3, 1), naive(2027, 1, 1)]
    facts = [fact("contract_started", "crm:1", day, known_at=naive(2025, 12, 1), label=str(day.year)) for day in days]
    lake, _ = told(tmp_path, facts)
    story = read(lake, as_of=AS_OF).story(CustomerId(11))
    assert [event.occurred_at for event in story] == [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    ]
    assert len(read(lake, as_of=AS_OF).story(CustomerId(11), limit=1)) == 1


def test_customers_and_people_who_were_not_known_yet_are_not_handed_out(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    known = [naive(2025, 1, 1), naive(2026, 6, 1)]
    lake.replace(CUSTOMERS, arrow(CUSTOMERS, [{"customer_id": i, "known_at": at} for i, at in enumerate(known)]))
    lake.replace(
        PEOPLE, arrow(PEOPLE, [{"person_id": i, "customer_id": i, "known_at": at} for i, at in enumerate(known)])
    )
    timeline = read(lake, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert lake.collect(timeline.customers)["customer_id"].to_pylist() == [0]
    assert lake.collect(timeline.people)["person_id"].to_pylist() == [0]


def test_an_instant_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        read(open_lake(tmp_path), as_of=START)


def test_the_lake_keeps_every_fact_that_the_timeline_was_made_from(tmp_path: Path) -> None:
    facts = [fact("login_recorded", "crm:1", START), fact("login_recorded", "crm:9", START)]
    lake, _ = told(tmp_path, facts)
    assert len(stored(lake, FACTS)) == 2
