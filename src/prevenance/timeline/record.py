"""Record the timeline: give each fact its customer and its person."""

from dataclasses import dataclass
from datetime import datetime

import ibis.expr.types as ir
from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.problems import BrokenPromiseError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.records.tables import EVENTS, FACTS, IDENTITIES
from prevenance.storage import Lake, MergeCounts


@dataclass(frozen=True)
class TimelineReport:
    """Counts where the facts went: `n_facts = n_events + n_pending`, always (equation E2).

    Attributes:
        counts: rows inserted, updated and unchanged on the timeline.
        n_facts: revisions of facts known by then.
        n_events: of these, on the timeline.
        n_pending: of these, waiting because their subject names no customer, or more than one.
        pending_subjects: the subjects for which most facts wait, with their number of facts.
    """

    counts: MergeCounts
    n_facts: int
    n_events: int
    n_pending: int
    pending_subjects: tuple[tuple[str, int], ...] = ()


def record(lake: Lake, *, as_of: datetime, progress: Progress | None = None) -> TimelineReport:
    """Write the timeline anew from the facts known by `as_of` and the identities of now.

    Nothing is committed when nothing changed. A merge or unmerge moves past events too, because the table always equals
    one that was built from nothing.
    """
    progress = progress or SilentProgress()
    progress.step("timeline", 2)
    facts = lake.read(FACTS).filter(_.known_at <= naive_utc(as_of))
    identities = lake.read(IDENTITIES).select("subject", "customer_id", "person_id")
    counts = lake.replace(EVENTS, facts.inner_join(identities, "subject"))
    progress.advance()
    pending = lake.stage(_pending_expr(facts, identities))
    most = lake.collect(pending.order_by([pending.n.desc(), "subject"]).limit(20)).to_pylist()
    n_events = counts.inserted + counts.updated + counts.unchanged
    n_pending = int(lake.collect(pending.agg(n=_.n.sum().fill_null(0)))["n"][0].as_py())
    n_facts = lake.count(facts)
    if n_facts != n_events + n_pending:
        message = f"{n_facts} facts became {n_events} events and {n_pending} pending ones. None may be lost or doubled."
        raise BrokenPromiseError(message, n_facts=n_facts, n_events=n_events, n_pending=n_pending)
    progress.advance()
    return TimelineReport(
        counts=counts,
        n_facts=n_facts,
        n_events=n_events,
        n_pending=n_pending,
        pending_subjects=tuple((row["subject"], row["n"]) for row in most),
    )


def _pending_expr(facts: ir.Table, identities: ir.Table) -> ir.Table:
    return facts.anti_join(identities, "subject").group_by("subject").agg(n=_.count())
