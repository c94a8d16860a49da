"""The conductor: stages in order, a journal of each run, and going on where a killed run stood."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prevenance.kit.clock import FixedClock
from prevenance.kit.problems import DataError
from prevenance.kit.progress import SilentProgress
from prevenance.kit.words import Words
from prevenance.pipeline import RunContext, run
from prevenance.pipeline.base import Stage, StageCounts
from prevenance.settings import Project, Settings
from prevenance.storage import open_lake, open_ledger

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> RunContext:
    clock = FixedClock(AS_OF)
    lake = open_lake(tmp_path / "lake")
    return RunContext(
        project=Project(folder=tmp_path, settings=Settings(company="Mécaléa")),
        lake=lake,
        cluster=lake,
        ledger=open_ledger(f"sqlite:///{tmp_path}/ledger.db", clock=clock),
        clock=clock,
        as_of=AS_OF,
        data_folder=tmp_path,
        progress=SilentProgress(),
    )


class Killed(BaseException):
    """Stands for a SIGKILL: nothing of ours catches it."""


def _stages(calls: list[str], *, killed_at: str | None = None, broken_at: str | None = None) -> tuple[Stage, ...]:
    def stage(name: str) -> Stage:
        def work(context: RunContext) -> StageCounts:
            if name == killed_at:
                raise Killed
            if name == broken_at:
                message = "Order 812 ends before it begins. Fix it in the shop."
                raise DataError(message)
            calls.append(name)
            return StageCounts(rows_in=1, rows_out=2, rows_new=3, detail={"name": name})

        return Stage(name, Words(fr=name, en=name), work)

    return tuple(stage(name) for name in ("first", "second", "third"))


def test_the_stages_run_in_order_and_report_their_rows(context: RunContext) -> None:
    calls: list[str] = []
    report = run(context, _stages(calls), inputs="same")
    assert calls == ["first", "second", "third"]
    assert [stage["rows_out"] for stage in report.to_json()["stages"]] == [2, 2, 2]


def test_a_killed_run_goes_on_with_the_stage_it_was_in(context: RunContext) -> None:
    calls: list[str] = []
    with pytest.raises(Killed):
        run(context, _stages(calls, killed_at="second"), inputs="same")
    report = run(context, _stages(calls), inputs="same")
    assert calls == ["first", "second", "third"]
    assert [stage.was_resumed for stage in report.stages] == [True, False, False]
    assert report.detail("first", "name") == "first"


def test_a_killed_run_begins_anew_when_the_files_changed(context: RunContext) -> None:
    calls: list[str] = []
    with pytest.raises(Killed):
        run(context, _stages(calls, killed_at="second"), inputs="before")
    run(context, _stages(calls), inputs="after")
    assert calls == ["first", "first", "second", "third"]


def test_a_killed_run_begins_anew_on_another_day(context: RunContext) -> None:
    calls: list[str] = []
    with pytest.raises(Killed):
        run(context, _stages(calls, killed_at="second"), inputs="same")
    run(replace(context, as_of=datetime(2026, 11, 2, tzinfo=UTC)), _stages(calls), inputs="same")
    assert calls == ["first", "first", "second", "third"]


def test_a_finished_run_is_not_resumed(context: RunContext) -> None:
    calls: list[str] = []
    run(context, _stages(calls), inputs="same")
    run(context, _stages(calls), inputs="same")
    assert calls == ["first", "second", "third"] * 2


def test_a_stage_that_cannot_do_its_work_says_so_and_the_next_run_starts_over(context: RunContext) -> None:
    calls: list[str] = []
    with pytest.raises(DataError, match="Order 812"):
        run(context, _stages(calls, broken_at="second"), inputs="same")
    run(context, _stages(calls), inputs="same")
    assert calls == ["first", "first", "second", "third"]
