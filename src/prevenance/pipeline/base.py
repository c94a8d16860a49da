"""Describe a stage of the road and what it reports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from prevenance import privacy, timeline
from prevenance.kit.clock import Clock
from prevenance.kit.progress import Progress
from prevenance.kit.words import Words
from prevenance.settings import Project
from prevenance.storage import Lake, Ledger


@dataclass(frozen=True)
class RunContext:
    """Holds what every stage may use: where rows live, what was decided, what time it is.

    `lake` runs on this machine, `cluster` is the same lake on the engine of the settings, for what looks at every fact
    of every customer. Both read and write the same files.
    """

    project: Project
    lake: Lake
    cluster: Lake
    ledger: Ledger
    clock: Clock
    as_of: datetime
    data_folder: Path
    progress: Progress

    def story(self, lake: Lake) -> timeline.Timeline:
        """Return the timeline as of the run's instant, without those who object to being profiled."""
        whole = timeline.read(lake, as_of=self.as_of)
        with self.ledger.read() as tx:
            objectors = privacy.Wishes(tx, at=self.clock.now(), actor="run").objectors("profiling")
        return whole.without(objectors) if objectors else whole


@dataclass(frozen=True)
class StageCounts:
    """Counts the rows of a stage; `detail` holds figures of its own, JSON-able."""

    rows_in: int
    rows_out: int
    rows_new: int = 0
    quarantined: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """Is one step of the road: its name, its words for the progress bar, and what it does."""

    name: str
    words: Words
    work: Callable[[RunContext], StageCounts]


@dataclass(frozen=True)
class StageReport:
    """Tells how a stage went."""

    name: str
    seconds: float
    counts: StageCounts
    was_resumed: bool = False


@dataclass(frozen=True)
class RunReport:
    """Tells how a run went, stage by stage."""

    run_id: str
    as_of: datetime
    stages: tuple[StageReport, ...]

    def detail(self, stage: str, key: str) -> Any:
        """Return a figure of one stage, or None when it has none."""
        return next((s.counts.detail.get(key) for s in self.stages if s.name == stage), None)

    def to_json(self) -> dict[str, Any]:
        """Return the report in the shape of `prevenance run --json`."""
        return {
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "stages": [
                {
                    "name": stage.name,
                    "seconds": round(stage.seconds, 3),
                    "rows_in": stage.counts.rows_in,
                    "rows_out": stage.counts.rows_out,
                    "rows_new": stage.counts.rows_new,
                    "quarantined": stage.counts.quarantined,
                    "resumed": stage.was_resumed,
                }
                for stage in self.stages
            ],
            "targets": self.detail("models", "targets") or [],
            "signals": self.detail("signals", "signals") or [],
            "decisions": self.detail("decisions", "decisions") or {"acted": 0, "held_out": 0, "waiting": 0},
        }
