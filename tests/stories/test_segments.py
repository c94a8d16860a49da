"""Customers are sorted into groups with names that a person understands, the same in every run."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.stories.rows import AS_OF, Row, arrow, fact, lake_with, naive

from prevenance.insights import discover, segment_words
from prevenance.records.tables import CUSTOMERS, IDENTITIES, SEGMENTS
from prevenance.storage import Lake
from prevenance.timeline import read, record

NOW = naive(2026, 11, 1)
GROUPS = {"exporters": ("exports", "exports", "exports", "reports"), "planners": ("planner", "planner", "mobile")}


def used(customer: int, features: tuple[str, ...], n: int) -> list[Row]:
    return [
        fact(
            "feature_used", f"product:{customer}", NOW - timedelta(days=1 + at % 60), label=features[at % len(features)]
        )
        for at in range(n)
    ]


def company(folder: Path, facts: list[Row], n_customers: int) -> Lake:
    logins = [
        fact("login_recorded", f"product:{number}", NOW - timedelta(days=3)) for number in range(1, n_customers + 1)
    ]
    lake = lake_with(folder, facts=[*facts, *logins])
    people = [{"subject": f"product:{number}", "customer_id": number} for number in range(1, n_customers + 1)]
    lake.replace(IDENTITIES, arrow(IDENTITIES, people))
    customers = [
        {"customer_id": number, "name": f"Client {number}", "known_at": naive(2024, 1, 1)}
        for number in range(1, n_customers + 1)
    ]
    lake.replace(CUSTOMERS, arrow(CUSTOMERS, customers))
    record(lake, as_of=AS_OF)
    return lake


def groups(lake: Lake) -> dict[int, str]:
    rows = lake.collect(lake.read(SEGMENTS)).to_pylist()
    return {row["customer_id"]: row["segment"] for row in rows if row["segmentation"] == "usage"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    facts = [row for number in range(1, 21) for row in used(number, GROUPS["exporters"], 24 + number)]
    facts += [row for number in range(21, 41) for row in used(number, GROUPS["planners"], 30 + number)]
    return company(tmp_path, facts + used(41, GROUPS["planners"], 4), 42)


def test_use_of_the_product_makes_groups_named_by_what_stands_out_in_them(lake: Lake) -> None:
    counts = {one.segment: one for one in discover(lake, read(lake, as_of=AS_OF)) if one.segmentation == "usage"}
    found = groups(lake)
    assert {found[number] for number in range(1, 21)} == {"exports+reports"}
    assert {found[number] for number in range(21, 41)} == {"planner+mobile"}
    assert (found[41], found[42]) == ("little", "unused")
    assert counts["planner+mobile"].n_customers == 20
    assert counts["planner+mobile"].words.fr == "surtout planner et mobile"
    assert counts["unused"].words.en == "uses no feature"


def test_sorting_again_changes_nothing(lake: Lake) -> None:
    discover(lake, read(lake, as_of=AS_OF))
    before, version = groups(lake), lake.version(SEGMENTS)
    discover(lake, read(lake, as_of=AS_OF))
    assert (groups(lake), lake.version(SEGMENTS)) == (before, version)


def test_where_all_use_the_same_there_is_one_group_and_where_nobody_uses_anything_none(tmp_path: Path) -> None:
    same = company(tmp_path / "same", [row for number in range(1, 9) for row in used(number, ("a", "b"), 20)], 8)
    discover(same, read(same, as_of=AS_OF))
    assert set(groups(same).values()) == {"varied"}
    nobody = company(tmp_path / "nobody", [], 3)
    counts = discover(nobody, read(nobody, as_of=AS_OF))
    assert groups(nobody) == {}
    assert {one.segmentation for one in counts} == {"rfm", "life_cycle"}


def test_a_group_that_nobody_knows_has_no_words() -> None:
    assert segment_words("rfm", "gone") is None
    assert segment_words("gone", "loyal") is None
