"""An analyst asks how long machines will last."""

import numpy as np
import pyarrow as pa
import pytest

from prevenance.kit.problems import ConfigurationError
from prevenance.models import Lab


def fleet(n: int = 40, seed: int = 0) -> pa.Table:
    """Return machines that heat up towards their end; every fifth was taken out of service before it."""
    rng = np.random.default_rng(seed)
    rows = []
    for machine in range(n):
        life = int(rng.integers(60, 120))
        seen = int(life * 0.6) if machine % 5 == 0 else life
        for day in range(seen):
            is_end = day == life - 1
            rows.append((f"m{machine}", day, (day / life) ** 2 * 40 + rng.normal(0, 1), "Lyon", is_end))
    return pa.table(
        dict(zip(("machine", "day", "heat", "site", "failed"), map(list, zip(*rows, strict=True)), strict=True))
    )


def test_wear_tells_who_ends_first_and_who_ends_soon() -> None:
    data = Lab.survive(fleet(), unit="machine", time="day", event="failed", within=20).data
    assert data["ended"] == 32
    assert data["concordance"] > 0.85  # type: ignore[operator]  # plain data
    assert data["auc_within"] > 0.9  # type: ignore[operator]  # plain data
    assert data["rmse"] < 0.75 * data["baseline"]["rmse"]  # type: ignore[index,operator]  # plain data


def test_a_fleet_cut_off_at_one_day_is_judged_by_its_truth() -> None:
    rows = fleet(60, seed=1)
    machine, day = np.array(rows["machine"].to_pylist()), rows["day"].to_numpy()
    is_asked = np.isin(machine, [f"m{at}" for at in range(40, 60) if at % 5])
    cut = 50
    truth = pa.table(
        {
            "machine": sorted(set(machine[is_asked].tolist())),
            "left": [int(day[machine == name].max()) - cut for name in sorted(set(machine[is_asked].tolist()))],
        }
    )
    found = Lab.survive(
        rows.filter(pa.array(~is_asked)), unit="machine", time="day", event="failed", within=30,
        test=rows.filter(pa.array(is_asked & (day <= cut))), truth=truth,
    )  # fmt: skip
    assert found.rows.num_rows == truth.num_rows
    assert found.data["concordance"] > 0.75  # type: ignore[operator]  # plain data


def test_too_few_ends_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least 10"):
        Lab.survive(fleet(5), unit="machine", time="day", event="failed")
