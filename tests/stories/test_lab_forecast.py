"""An analyst asks what seasonal series will bring, and how sure that is."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from prevenance.kit.problems import ConfigurationError
from prevenance.models import Lab

ASK = {"series": "team", "time": "month", "value": "calls", "horizon": 6, "season": 12}


def teams(n: int = 3, months: int = 66, seed: int = 0) -> pa.Table:
    """Return teams with a season, a trend and noise."""
    rng = np.random.default_rng(seed)
    month = np.tile(np.arange(months), n)
    team = np.repeat([f"équipe {at}" for at in range(n)], months)
    calls = 200 + month + 60 * np.sin(month * np.pi / 6) + rng.normal(0, 8, len(month))
    return pa.table({"team": team.tolist(), "month": month, "calls": calls})


def test_a_season_is_continued_with_intervals_that_hold() -> None:
    rows = teams()
    known, came = (rows.filter(test(rows["month"], 60)) for test in (pc.less, pc.greater_equal))
    found = Lab.forecast(known, **ASK, test=came)
    data = found.data
    assert data["series"] == 3
    assert data["mase"] < 0.6 * data["mase_seasonal_naive"] + 0.3  # type: ignore[operator]  # plain data
    assert data["mase"] < data["mase_seasonal_naive"]  # type: ignore[operator]  # plain data
    assert data["coverage_95"] >= 0.85  # type: ignore[operator]  # plain data
    assert found.rows.num_rows == 18
    assert "séries prévues" in found.summary("fr")


def test_a_name_that_stands_twice_at_one_moment_is_two_series() -> None:
    rows = teams(1)
    found = Lab.forecast(pa.concat_tables([rows, rows]), **ASK)
    assert found.data["series"] == 2


def test_words_cannot_be_forecast() -> None:
    rows = pa.table({"team": ["a"] * 5, "month": list(range(5)), "calls": ["beaucoup"] * 5})
    with pytest.raises(ConfigurationError, match="no numbers"):
        Lab.forecast(rows, **ASK)


def test_a_sample_of_m3_beats_the_published_theta(shared_data: Path) -> None:
    rows = pq.read_table(shared_data / "m3" / "M3_long.parquet")
    rows = rows.filter(pc.equal(rows["period"], "MONTHLY"))
    some = pa.array(pc.unique(rows["sn"]).to_pylist()[::14])
    rows = rows.filter(pc.is_in(rows["sn"], value_set=some))
    known, came = (rows.filter(pc.equal(rows["part"], part)) for part in ("train", "test"))
    found = Lab.forecast(known, series="sn", time="t", value="value", horizon=18, season=12, test=came).data
    assert found["series"] == 102
    assert found["mase"] < 0.87  # type: ignore[operator]  # all 1,428: 0.831, Theta as published 0.858
    assert 0.90 <= found["coverage_95"] <= 0.99  # type: ignore[operator]  # plain data
