"""An analyst brings purchases and learns who will buy again, what he is worth, and what is in his next basket."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from prevenance.cli.face import build
from prevenance.kit.problems import ConfigurationError
from prevenance.models import Lab


def test_cdnow_gives_the_published_parameters(shared_data: Path) -> None:
    table = str(shared_data / "cdnow" / "cdnow_sample.parquet")
    command = ["lab", "value", table, "--customer", "sample_id", "--time", "date", "--amount", "dollar_value"]
    ran = CliRunner().invoke(build(), [*command, "--until", "1997-09-30", "--horizon", "273", "--json"])
    assert ran.exit_code == 0, ran.output
    data = json.loads(ran.stdout)
    published = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # Fader, Hardie and Lee 2005
    assert {key: round(value, 3) for key, value in data["parameters"].items()} == published
    assert data["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert data["auc_any"] > 0.78
    assert data["mae"] < 0.787 < data["baseline"]["mae"]


def test_purchases_of_one_day_count_once_and_the_future_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    who = rng.integers(0, 200, 1500)
    day = np.datetime64("2026-01-01") + rng.integers(0, 200, 1500)
    rows = pa.table({"who": who, "when": day, "paid": rng.gamma(2, 10, 1500)})
    ask = {"customer": "who", "time": "when", "until": "2026-05-01", "horizon": 30}
    told = Lab.value(rows, **ask, amount="paid")
    twice = Lab.value(pa.concat_tables([rows, rows]), **ask).data
    assert twice["parameters"] == pytest.approx(told.data["parameters"])
    known = rows.filter(pa.array(day <= np.datetime64("2026-05-01")))
    cut = Lab.value(known, **ask, amount="paid")
    assert cut.rows.equals(told.rows)
    assert cut.data["auc_any"] is None
    assert "nothing can be judged" in cut.summary("en")


def test_an_unreadable_day_says_what_to_bring() -> None:
    rows = pa.table({"who": ["a"] * 60, "when": ["hier"] * 60})
    with pytest.raises(ConfigurationError, match="2026-03-31"):
        Lab.value(rows, customer="who", time="when", until="2026-01-01", horizon=30)


def habits(n: int = 150, seed: int = 0) -> pa.Table:
    """Return customers who each have one habit, among what everybody buys now and then."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n):
        for basket in range(8):
            items = [f"habit {who % 40}", *(f"item {at}" for at in rng.integers(0, 30, 3))]
            rows += [(f"c{who}", f"{who}/{basket}", f"2026-0{basket + 1}-15", item) for item in items]
    return pa.table(dict(zip(("who", "basket", "on", "what"), map(list, zip(*rows, strict=True)), strict=True)))


def test_a_habit_is_suggested_before_what_is_popular() -> None:
    found = Lab.next(habits(), customer="who", basket="basket", time="on", item="what", k=1)
    assert found.data["hit_at_k"] > 0.95  # type: ignore[operator]  # plain data
    assert found.data["recall_at_k"] > found.data["popularity_recall_at_k"]  # type: ignore[operator]  # plain data
    assert found.rows.num_rows == 150


def test_the_next_basket_of_complete_journey_beats_habit(shared_data: Path) -> None:
    whole = pq.read_table(shared_data / "completejourney" / "transactions.parquet")
    table = whole.filter(pc.equal(pc.bit_wise_and(whole["household_id"].cast(pa.int64()), 3), 0))  # a quarter
    found = Lab.next(
        table, customer="household_id", basket="basket_id", time="transaction_timestamp", item="product_id"
    ).data  # fmt: skip
    assert found["recall_at_k"] > 0.13  # type: ignore[operator]  # plain data
    assert found["recall_at_k"] > found["habit_recall_at_k"]  # type: ignore[operator]  # plain data
