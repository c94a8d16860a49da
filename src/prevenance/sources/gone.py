"""Take back what a source no longer has, with care: an empty or shrunken extract is rather an accident.

A record is gone when the source marks it as deleted, or, where the mapping says `missing_records: gone`, when a whole
reading of the place does not hold it any more. Its facts and parties are superseded - history stays - and
`gone_records` remembers when.
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from prevenance.kit.clock import naive_utc
from prevenance.records.tables import FACTS, PARTIES, LakeTable
from prevenance.sources.plan import Plan
from prevenance.storage import Lake

GONE_RECORDS = LakeTable(
    "gone_records",
    {"source": "string", "stream": "string", "record_id": "string", "why": "string", "gone_at": "timestamp(6)"},
    key=("source", "stream", "record_id", "gone_at"),
    sort_by=("source", "stream", "record_id"),
)


@dataclass(frozen=True)
class Gone:
    """Counts the records that are gone, and those whose absence was not believed."""

    n_gone: int = 0
    n_held_back: int = 0


def take_back_deleted(lake: Lake, plan: Plan, deleted: ir.Table, as_of: datetime) -> Gone:
    """Take back the records that the source itself marks as deleted; it names them, so all are believed."""
    gone = lake.stage(_live_records(lake, plan).semi_join(deleted, "record_id"))
    return Gone(n_gone=_take_back(lake, plan, gone, "deleted", as_of))


def take_back_missing(lake: Lake, plan: Plan, present: ir.Table, as_of: datetime) -> Gone:
    """Take back the records that a whole reading does not hold, unless too many are missing at once.

    Args:
        lake: the lake.
        plan: the stream.
        present: the record ids of a whole reading, rows in quarantine among them.
        as_of: the instant of the load.
    """
    live = lake.stage(_live_records(lake, plan))
    gone = lake.stage(live.anti_join(present, "record_id"))
    n_live, n_gone = lake.count(live), lake.count(gone)
    is_believed = lake.count(present.limit(1)) > 0 and n_gone < plan.stream.most_missing * n_live
    if not is_believed:
        return Gone(n_held_back=n_gone)
    return Gone(n_gone=_take_back(lake, plan, gone, "missing", as_of))


def _live(lake: Lake, plan: Plan, table: LakeTable) -> ir.Table:
    stored = lake.read(table)
    ours = (stored.source == plan.source.source, stored.stream == plan.name)
    return stored.filter(*ours, stored.superseded_at.isnull())


def _live_records(lake: Lake, plan: Plan) -> ir.Table:
    told = [_live(lake, plan, table).select("record_id") for table in (FACTS, PARTIES)]
    return told[0].union(told[1]).distinct()


def _take_back(lake: Lake, plan: Plan, gone: ir.Table, why: str, as_of: datetime) -> int:
    n_gone = lake.count(gone)
    if not n_gone:
        return 0
    now = ibis.literal(naive_utc(as_of)).cast("timestamp(6)")
    marks = gone.select(
        source=ibis.literal(plan.source.source),
        stream=ibis.literal(plan.name),
        record_id=gone.record_id,
        why=ibis.literal(why),
        gone_at=now,
    )
    lake.upsert(GONE_RECORDS, marks)  # first, so that a crash below leaves them to be taken back again
    for table in (PARTIES, FACTS):
        ended = _live(lake, plan, table).semi_join(gone, "record_id").mutate(superseded_at=now)
        lake.upsert(table, ended.select(*table.columns))
    return n_gone
