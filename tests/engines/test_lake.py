"""The lake keeps its word: shapes, keys, snapshots, replays that change nothing, kills that leave a good version."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from prevenance.kit.problems import BrokenPromiseError
from prevenance.records.tables import EVENTS, FACTS
from prevenance.storage import Lake, MergeCounts, open_lake


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    return open_lake(tmp_path / "lake", engine=request.param)


def _facts(n: int, *, quantity: float = 1.0) -> pa.Table:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return pa.table(
        {
            "event_id": [f"event-{i}" for i in range(n)],
            "row_hash": ["first"] * n,
            "kind": ["login_recorded"] * n,
            "occurred_at": [at] * n,
            "known_at": [at] * n,
            "quantity": [quantity] * n,
        }
    )


def test_a_table_never_written_is_empty_and_has_its_columns(lake: Lake) -> None:
    assert lake.count(lake.read(EVENTS)) == 0
    assert lake.read(EVENTS).columns == EVENTS.columns


def test_loading_the_same_rows_twice_changes_nothing(lake: Lake) -> None:
    assert lake.upsert(FACTS, _facts(5)) == MergeCounts(inserted=5)
    version = lake.version(FACTS)
    assert lake.upsert(FACTS, _facts(5)) == MergeCounts(unchanged=5)
    assert lake.replace(FACTS, _facts(5)) == MergeCounts(unchanged=5)
    assert lake.version(FACTS) == version


def test_an_upsert_tells_new_rows_from_changed_ones(lake: Lake) -> None:
    lake.upsert(FACTS, _facts(3))
    assert lake.upsert(FACTS, _facts(4, quantity=2.0)) == MergeCounts(inserted=1, updated=3)
    assert {row["quantity"] for row in lake.collect(lake.read(FACTS)).to_pylist()} == {2.0}


def test_a_value_that_becomes_unknown_is_a_change(lake: Lake) -> None:
    lake.upsert(FACTS, _facts(2))
    assert lake.upsert(FACTS, _facts(2).drop_columns(["quantity"])) == MergeCounts(updated=2)


def test_replacing_drops_the_rows_that_are_gone(lake: Lake) -> None:
    lake.replace(FACTS, _facts(5))
    lake.replace(FACTS, _facts(2))
    assert lake.count(lake.read(FACTS)) == 2


def test_two_rows_with_one_key_are_refused_and_nothing_is_written(lake: Lake) -> None:
    doubled = pa.concat_tables([_facts(1), _facts(1, quantity=2.0)])
    with pytest.raises(BrokenPromiseError, match="share the key"):
        lake.upsert(FACTS, doubled)
    assert lake.version(FACTS) == -1


def test_a_reader_keeps_the_snapshot_it_began_with(lake: Lake) -> None:
    lake.upsert(FACTS, _facts(2))
    before = lake.read(FACTS)
    lake.upsert(FACTS, _facts(5))
    assert (lake.count(before), lake.count(lake.read(FACTS))) == (2, 5)


def test_a_zoned_instant_is_stored_in_utc(lake: Lake) -> None:
    lake.upsert(FACTS, _facts(1))
    stored = lake.collect(lake.read(FACTS))["occurred_at"].to_pylist()
    assert [instant.isoformat() for instant in stored] == ["2026-01-01T12:00:00"]


def test_forgetting_takes_the_rows_out_of_the_files_too(lake: Lake, tmp_path: Path) -> None:
    lake.upsert(FACTS, _facts(3))
    assert lake.forget(FACTS, "event_id", ["event-1"]) == 1
    left = b"".join(path.read_bytes() for path in (tmp_path / "lake").rglob("*.parquet"))
    assert lake.count(lake.read(FACTS)) == 2
    assert b"event-0" in left
    assert b"event-1" not in left


_WRITER = """
import sys
from pathlib import Path
import pyarrow as pa
from prevenance.records.tables import FACTS
from prevenance.storage import open_lake
lake = open_lake(Path(sys.argv[1]))
for turn in range(2, 500):
    ids = [f"event-{i}" for i in range(20_000)]
    rows = {"event_id": ids, "row_hash": [str(turn)] * len(ids), "quantity": [float(turn)] * len(ids)}
    lake.replace(FACTS, pa.table(rows))
    print(turn, flush=True)
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_of_a_write_leaves_the_last_good_version(tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    for delay in (0.05, 0.11, 0.17, 0.23):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        lake = open_lake(folder)
        rows = lake.collect(lake.read(FACTS))
        assert rows.num_rows == 20_000
        assert len(set(rows["row_hash"].to_pylist())) == 1
