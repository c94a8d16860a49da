"""Every comparison of the identity catalogue: its examples reach the level they name, whichever side comes first."""

import math

import duckdb
import pytest

from prevenance.identity import Comparison
from prevenance.identity.base import Example, Side
from prevenance.kit.catalogue import load

COMPARISONS = load("prevenance.identity.comparisons", Comparison)
EXAMPLES = [
    pytest.param(comparison, example, id=f"{comparison.name}-{number}")
    for comparison in COMPARISONS.values()
    for number, example in enumerate(comparison.examples)
]


def level_reached(comparison: Comparison, left: Side, right: Side) -> str:
    is_list = any(isinstance(side, tuple) for example in comparison.examples for side in (example.left, example.right))
    dtype = "varchar[]" if is_list else "varchar"
    values = [list(side) if isinstance(side, tuple) else side for side in (left, right)]
    column = comparison.column
    row = duckdb.execute(
        f"select {comparison.case_sql()} from (select ?::{dtype} as {column}_l, ?::{dtype} as {column}_r)", values
    ).fetchone()
    assert row is not None
    return "unknown" if row[0] < 0 else comparison.levels[row[0]].name


@pytest.mark.parametrize(("comparison", "example"), EXAMPLES)
def test_an_example_reaches_its_level_from_both_sides(comparison: Comparison, example: Example) -> None:
    assert level_reached(comparison, example.left, example.right) == example.level
    assert level_reached(comparison, example.right, example.left) == example.level


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_a_comparison_is_complete(comparison: Comparison) -> None:
    assert comparison.party_kinds
    assert comparison.words.fr
    assert comparison.words.en
    assert comparison.levels[-1].measure == "otherwise"
    assert math.isclose(sum(level.match_probability for level in comparison.levels), 1.0)
    shown = {example.level for example in comparison.examples}
    assert {comparison.levels[0].name, comparison.levels[-1].name, "unknown"} <= shown
