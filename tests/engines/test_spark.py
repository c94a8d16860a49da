"""Apache Spark says what DuckDB says: `engine: spark` in prevenance.yaml is all that a company changes."""

import json
import math
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.crowd import crowd
from tests.past_events import AS_OF, fading_company
from tests.stories.rows import lake_with

from prevenance import timeline
from prevenance.features import active_grid, compute
from prevenance.identity import resolve
from prevenance.kit.clock import FixedClock
from prevenance.kit.problems import ConfigurationError
from prevenance.models import predict, train
from prevenance.records.tables import CUSTOMERS, EVENTS, IDENTITIES, IDENTITY_REVIEWS, LAKE_TABLES, PEOPLE, PREDICTIONS
from prevenance.storage import open_lake, open_ledger

pytestmark = pytest.mark.slow

_PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]
_OWN = {"run_id", "seconds"}
# What is small is quicker unshuffled and uncompiled; results are the same.
_SMALL = {"spark.sql.shuffle.partitions": "2", "spark.sql.codegen.wholeStage": "false"}


def _prevenance(*arguments: str | Path) -> str:
    return subprocess.run([*_PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def _companies(folder: Path) -> dict[str, tuple[Path, Any]]:
    """Return one practice company twice, and what the run of each reported."""
    _prevenance("demo", "start", folder / "duckdb", "--size", "tiny", "--no-run", "--no-serve")
    shutil.copytree(folder / "duckdb", folder / "spark")
    with (folder / "spark" / "prevenance.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"engine: spark\nspark: {json.dumps(_SMALL)}\n")
    return {
        engine: (folder / engine, json.loads(_prevenance("run", "--project", folder / engine, "--json")))
        for engine in ("duckdb", "spark")
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if key not in _OWN}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _differences(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Return the values that differ: means and ratios by more than one in a billion, all others at all."""
    return [
        (one, other)
        for one, other in zip(ours, theirs, strict=True)
        if one != other
        and not (isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-9))
    ]


def test_the_road_leaves_the_same_company_behind(tmp_path: Path) -> None:
    companies = _companies(tmp_path)
    assert _plain(companies["spark"][1]) == _plain(companies["duckdb"][1])
    _same_tables(companies["duckdb"][0], companies["spark"][0])
    assert list((companies["spark"][0] / "data" / "lake" / "staged-by-spark").iterdir()) == []
    _same_features(companies["duckdb"][0])


def _same_tables(ours: Path, theirs: Path) -> None:
    n_rows = 0
    for table in LAKE_TABLES.values():
        rows = []
        for folder in (ours, theirs):
            lake = open_lake(folder / "data" / "lake")
            rows.append(lake.collect(lake.read(table).order_by(list(table.key))))
        for column in table.columns:
            found = _differences(rows[0][column].to_pylist(), rows[1][column].to_pylist())
            assert found[:3] == [], f"{table.name}.{column}"
        n_rows += rows[0].num_rows
    assert n_rows > 30_000


def _same_features(folder: Path) -> None:
    as_of = datetime(2026, 11, 1, tzinfo=UTC)
    cutoffs = [datetime(2026, month, 1, tzinfo=UTC) for month in (5, 8, 11)]
    found: list[pa.Table] = []
    for engine in ("duckdb", "spark"):
        lake = open_lake(folder / "data" / "lake", engine=engine, options=_SMALL)
        story = timeline.read(lake, as_of=as_of)
        grid = lake.stage(active_grid(story, cutoffs))
        found.append(lake.collect(compute(story, grid).order_by("customer_id", "cutoff")))
    ours, theirs = found
    assert ours.num_rows > 150
    assert ours.schema.names == theirs.schema.names
    for name in ours.schema.names:
        values = ours[name].to_pylist(), theirs[name].to_pylist()
        is_whole = all(value is None or float(value).is_integer() for value in values[0] if name != "cutoff")
        assert (values[0] == values[1]) if is_whole else (_differences(*values) == []), name


def _some_features(story: Any, grid: Any) -> Any:
    return compute(story, grid, views=("activity", "contracts", "orders"))


def test_a_model_learned_on_spark_predicts_the_same(tmp_path: Path) -> None:
    said = {}
    for engine in ("duckdb", "spark"):
        folder = tmp_path / engine
        lake = open_lake(folder / "lake", engine=engine, options=_SMALL)
        lake.replace(EVENTS, fading_company(400, seed=4))
        ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=FixedClock(AS_OF))
        story = timeline.read(lake, as_of=AS_OF)
        report = train(lake, ledger, story, "churn", folder=folder / "models", compute=_some_features)
        assert predict(lake, ledger, story, "churn", folder=folder / "models", compute=_some_features) > 100
        rows = lake.collect(lake.read(PREDICTIONS).order_by("customer_id"))
        said[engine] = (report.manifest["measures"], report.manifest["estimator"], rows)
    assert said["spark"][:2] == said["duckdb"][:2]
    for column in ("customer_id", "reasons", "flagged", "probability"):
        ours, theirs = (said[engine][2][column].to_pylist() for engine in ("duckdb", "spark"))
        assert _differences(ours, theirs) == [], column


def test_the_same_records_are_the_same_customers(tmp_path: Path) -> None:
    rows, _truth = crowd()
    said = []
    for engine in ("duckdb", "spark"):
        lake = lake_with(tmp_path / engine / "lake", rows)
        cluster = open_lake(tmp_path / engine / "lake", engine=engine, options=_SMALL)
        ledger = open_ledger(f"sqlite:///{tmp_path / engine}/ledger.db", clock=FixedClock(AS_OF))
        report = resolve(lake, ledger, as_of=AS_OF, cluster=cluster)
        assert report.n_probable_links >= 50
        tables = (IDENTITIES, IDENTITY_REVIEWS, PEOPLE, CUSTOMERS)
        said.append((report, [lake.collect(lake.read(t).order_by(list(t.key))).to_pylist() for t in tables]))
    assert said[0] == said[1]


def test_what_a_killed_session_staged_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "lake" / "staged-by-spark" / "killed"
    left.mkdir(parents=True)
    (left / "alive").touch()
    (left / "part-0.parquet").touch()
    lake = open_lake(tmp_path / "lake", engine="spark", options=_SMALL)
    assert lake.count(lake.read(EVENTS)) == 0
    assert not left.exists()


def test_an_unknown_engine_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Choose duckdb or spark"):
        open_lake(tmp_path / "lake", engine="flink")
