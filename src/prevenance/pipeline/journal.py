"""Keep the journal of runs in the ledger, so that a killed run goes on where it stood and a page can show the past."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from prevenance.kit.clock import Clock
from prevenance.kit.hashing import stable_id
from prevenance.pipeline.base import StageCounts, StageReport
from prevenance.storage import Ledger, ledger_tables

_runs = ledger_tables.runs
_stages = ledger_tables.stages


class Journal:
    """Writes one run into the ledger, stage by stage."""

    def __init__(self, ledger: Ledger, clock: Clock, run_id: str, done: dict[str, StageReport]) -> None:
        self._ledger = ledger
        self._clock = clock
        self.run_id = run_id
        self.done = done

    @classmethod
    def open(cls, ledger: Ledger, clock: Clock, *, as_of: datetime, inputs: str) -> "Journal":
        """Go on with the last run when it was cut short on the same inputs and day, else begin a new one."""
        with ledger.begin() as tx:
            last = tx.execute(select(_runs).order_by(_runs.c.started_at.desc(), _runs.c.run_id).limit(1)).first()
            unfinished = last is not None and last.status == "running"
            if last is not None and unfinished and last.inputs == inputs and last.as_of == as_of:
                rows = tx.execute(select(_stages).where(_stages.c.run_id == last.run_id, _stages.c.status == "done"))
                return cls(ledger, clock, last.run_id, {row.name: _stage_report(row) for row in rows})
            if last is not None and unfinished:
                tx.execute(update(_runs).where(_runs.c.run_id == last.run_id).values(status="abandoned"))
            now = clock.now()
            n_runs = len(tx.execute(select(_runs.c.run_id)).all())
            run_id = stable_id("run", str(n_runs), as_of.isoformat(), inputs)
            tx.execute(
                insert(_runs).values(run_id=run_id, as_of=as_of, status="running", inputs=inputs, started_at=now)
            )
        return cls(ledger, clock, run_id, {})

    def stage_done(self, position: int, report: StageReport) -> None:
        """Write that a stage is done; from here on a killed run does not repeat it."""
        counts = asdict(report.counts)
        with self._ledger.begin() as tx:
            tx.execute(
                insert(_stages).values(
                    run_id=self.run_id,
                    name=report.name,
                    position=position,
                    status="done",
                    seconds=report.seconds,
                    finished_at=self._clock.now(),
                    **counts,
                )
            )

    def finished(self, summary: dict[str, Any]) -> None:
        """Write that the run is done."""
        self._close("done", summary=summary)

    def failed(self, problem: str) -> None:
        """Write that the run stopped, and why."""
        self._close("failed", problem=problem)

    def _close(self, status: str, **values: object) -> None:
        with self._ledger.begin() as tx:
            tx.execute(
                update(_runs)
                .where(_runs.c.run_id == self.run_id)
                .values(status=status, finished_at=self._clock.now(), **values)
            )


def _stage_report(row: Any) -> StageReport:
    """Return what the journal knows of a stage (`row` is an untyped SQLAlchemy row)."""
    counts = StageCounts(row.rows_in, row.rows_out, row.rows_new, row.quarantined, row.detail or {})
    return StageReport(name=row.name, seconds=row.seconds, counts=counts, was_resumed=True)
