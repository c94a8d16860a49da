"""Conduct the road: every stage in its order, journaled, resumed after a kill."""

import time
from collections.abc import Callable, Sequence

from prevenance.kit.problems import PrevenanceError
from prevenance.pipeline.base import RunContext, RunReport, Stage, StageReport
from prevenance.pipeline.journal import Journal


def run(
    context: RunContext,
    stages: Sequence[Stage],
    *,
    inputs: str,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> RunReport:
    """Run the stages one after the other and return how each went.

    Every stage may be repeated without changing its result, so a run that was killed goes on with the first stage that
    the journal does not know as done.

    Args:
        context: where rows live, what time it is.
        stages: the road, in order.
        inputs: fingerprint of everything that goes in; a cut-short run is resumed only for the same inputs.
        stopwatch: returns seconds; only differences are used.

    Raises:
        PrevenanceError: a stage could not do its work; what it left is the last good state.
    """
    journal = Journal.open(context.ledger, context.clock, as_of=context.as_of, inputs=inputs)
    reports: list[StageReport] = []
    for position, stage in enumerate(stages):
        context.progress.step(stage.words.say(context.project.settings.language))
        known = journal.done.get(stage.name)
        if known is None:
            began = stopwatch()
            try:
                counts = stage.work(context)
            except PrevenanceError as problem:
                journal.failed(f"{stage.name}: {problem.message}")
                raise
            known = StageReport(stage.name, stopwatch() - began, counts)
            journal.stage_done(position, known)
        reports.append(known)
    report = RunReport(run_id=journal.run_id, as_of=context.as_of, stages=tuple(reports))
    journal.finished(report.to_json())
    return report
