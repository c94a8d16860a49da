"""An analyst asks what goes with an outcome, and is told only what holds."""

import os

import numpy as np
import pyarrow as pa
import pytest

from prevenance.insights import patterns_table
from prevenance.kit.problems import ConfigurationError

SEEDS = int(os.environ.get("PREVENANCE_PATTERN_SEEDS", "100"))


def company(n: int = 2000, seed: int = 0) -> tuple[pa.Table, np.ndarray]:
    """Return customers of whom 85 % stay when they had fewer than five tickets in their first three months."""
    rng = np.random.default_rng(seed)
    tickets, orders = rng.poisson(5, n), rng.poisson(3, n)
    columns = {
        "tickets_3_first_months": tickets,
        "orders": orders,
        "turnover": np.round(rng.gamma(2, 1000, n), 2),
        "segment": rng.choice(["PME", "Grand compte", "Artisan"], n).tolist(),
        "region": rng.choice(["Île-de-France", "Bretagne", ""], n).tolist(),
        "usage": rng.normal(size=n),
    }
    return pa.table(columns), rng.random(n) < np.where(tickets < 5, 0.85, 0.55)


def test_the_planted_pattern_is_found_in_words_with_the_right_interval() -> None:
    covered = 0
    for seed in range(20):
        rows, stayed = company(seed=seed)
        found = patterns_table(rows.append_column("stayed", pa.array(stayed)), outcome="stayed", seed=seed)
        first = found.data["patterns"][0]  # type: ignore[index]  # plain data
        assert "tickets 3 first months" in first["sentence_en"]
        below = [p for p in found.data["patterns"] if "below 5:" in p["sentence_en"]]  # type: ignore[attr-defined]
        if below:
            covered += below[0]["interval"][0] <= 0.85 <= below[0]["interval"][1]
        else:  # the same customers from the other side: of at least five, 55 % stay
            above = [p for p in found.data["patterns"] if "at least 5:" in p["sentence_en"]]  # type: ignore[attr-defined]
            covered += bool(above) and above[0]["interval"][0] <= 0.55 <= above[0]["interval"][1]
    assert covered >= 17


def test_on_shuffled_outcomes_nothing_is_claimed() -> None:
    silent = 0
    for seed in range(SEEDS):
        rows, stayed = company(n=600, seed=seed)
        shuffled = np.random.default_rng(seed + 1000).permutation(stayed)
        found = patterns_table(rows.append_column("stayed", pa.array(shuffled)), outcome="stayed", seed=seed)
        silent += not found.data["patterns"]
    assert silent >= 0.95 * SEEDS
    assert "nothing is claimed" in found.summary("en") or found.data["patterns"]


def test_an_outcome_with_three_values_asks_which_one_counts() -> None:
    rows, _ = company(200)
    with pytest.raises(ConfigurationError, match="--positive"):
        patterns_table(rows, outcome="segment")
