"""Tell of the runs: each stage with its rows and seconds, the verdict on each prediction, the reports to read."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from prevenance.kit.words import Language, Words
from prevenance.pipeline import ROAD
from prevenance.records.screens import Run, RunState, Stage, StageState, TargetVerdict
from prevenance.settings import Project
from prevenance.storage import Ledger, ledger_tables

_runs = ledger_tables.runs
_stages = ledger_tables.stages
_STATES: dict[str, RunState] = {
    "running": "running",
    "done": "done",
    "failed": "failed",
    "abandoned": "interrupted",
}


class Runs:
    """Reads the journal of runs for a page."""

    def __init__(self, ledger: Ledger, project: Project) -> None:
        self._ledger = ledger
        self._project = project

    def latest(self, limit: int) -> tuple[Run, ...]:
        """Return the latest runs, newest first."""
        with self._ledger.read() as tx:
            rows = tx.execute(select(_runs).order_by(_runs.c.started_at.desc()).limit(limit)).all()
            stages = tx.execute(
                select(_stages).where(_stages.c.run_id.in_([row.run_id for row in rows])).order_by(_stages.c.position)
            ).all()
        return tuple(self._run(row, [stage for stage in stages if stage.run_id == row.run_id]) for row in rows)

    def audit_report(self, run_id: str, language: Language) -> str | None:
        """Return the audit of a run as a page, or None when it was not kept."""
        as_of = self._as_of(run_id)
        return None if as_of is None else _text(self._project.reports_folder(as_of) / f"audit.{language}.html")

    def last_as_of(self) -> datetime | None:
        """Return the instant the newest finished run looked from."""
        with self._ledger.read() as tx:
            done = select(_runs.c.as_of).where(_runs.c.status == "done").order_by(_runs.c.started_at.desc()).limit(1)
            found: datetime | None = tx.execute(done).scalar()
        return found

    def _as_of(self, run_id: str) -> datetime | None:
        with self._ledger.read() as tx:
            found: datetime | None = tx.execute(select(_runs.c.as_of).where(_runs.c.run_id == run_id)).scalar()
        return found

    def _run(self, row: Any, stages: list[Any]) -> Run:
        details = {stage.name: stage.detail or {} for stage in stages}
        counts = details.get("decisions", {}).get("decisions", {})
        return Run(
            run_id=row.run_id,
            as_of=row.as_of,
            state=_STATES[row.status],
            started_at=row.started_at,
            finished_at=row.finished_at,
            stages=_all_stages(row, {stage.name: stage for stage in stages}),
            targets=tuple(_verdict(target) for target in details.get("models", {}).get("targets", ())),
            n_acted=counts.get("acted"),
            n_held_out=counts.get("held_out"),
            n_waiting=counts.get("waiting"),
            has_audit=(self._project.reports_folder(row.as_of) / "audit.en.html").is_file(),
        )


def _all_stages(row: Any, done: dict[str, Any]) -> tuple[Stage, ...]:
    """Return every stage of the road: those done with their figures, the next as it stands, the others as waiting."""
    shown: list[Stage] = []
    for planned in ROAD:
        stage = done.get(planned.name)
        if stage is not None:
            shown.append(
                Stage(
                    planned.name,
                    planned.words,
                    "done",
                    stage.seconds,
                    stage.rows_in,
                    stage.rows_out,
                    stage.rows_new,
                    stage.quarantined,
                )
            )
            continue
        is_next = all(other.state == "done" for other in shown)
        failed = row.status == "failed" and is_next
        running = row.status == "running" and is_next
        problem = Words(fr=row.problem, en=row.problem) if failed and row.problem else None
        state: StageState = "failed" if failed else "running" if running else "waiting"
        shown.append(Stage(planned.name, planned.words, state, message=problem))
    return tuple(shown)


def _verdict(target: dict[str, Any]) -> TargetVerdict:
    interval = target.get("auc_interval") or [None, None]
    return TargetVerdict(
        target=target["name"],
        question=Words(**target["question"]),
        verdict=target["verdict"],
        reason=Words(**target["reason"]),
        auc=target.get("auc"),
        auc_low=interval[0],
        auc_high=interval[1],
        baseline_auc=target.get("baseline_auc"),
        n_right=target.get("n_right"),
        n_fired=target.get("n_flagged"),
        has_card=bool(target.get("has_card")),
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
