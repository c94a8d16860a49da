"""Compare what a source says now with what it said before: new, the same, corrected or withdrawn.

A correction never overwrites. The old row gets `superseded_at`, the new one becomes known at this load. When a source
returns to what it once said, the hash gets a number (`~2`), because the first time is history too.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import ibis
import ibis.expr.types as ir

from prevenance.kit.clock import naive_utc
from prevenance.records.tables import FACTS, PARTIES, LakeTable
from prevenance.sources.judging import RECORD
from prevenance.sources.plan import Plan
from prevenance.sources.values import value_expr
from prevenance.storage import Lake

SAME, NEW, CHANGED = 0, 1, 2


@dataclass(frozen=True)
class Comparison:
    """Holds what to write, and for each record whether it is the same (0), new (1) or changed (2)."""

    fresh: ir.Table
    """Rows with new keys."""
    superseded: ir.Table | None
    """Old rows that now have an end, or a later stamp."""
    statuses: ir.Table


def compare(
    lake: Lake, plan: Plan, table: LakeTable, items: ir.Table, rows: ir.Table, *, as_of: datetime
) -> Comparison:
    """Compare built rows of a table with those of the same stream in the lake.

    Args:
        lake: the lake.
        plan: the stream.
        table: `facts` or `parties`.
        items: what the stream says now.
        rows: the sound rows; only records among them can withdraw what they said.
        as_of: the instant of the load.
    """
    stored = lake.read(table)
    scope = stored.filter(stored.source == plan.source.source, stored.stream == plan.name)
    if lake.count(scope.limit(1)) == 0:
        return Comparison(items, None, items.select("record_id", status=ibis.literal(NEW)))
    identity = table.key[0]
    now = ibis.literal(naive_utc(as_of)).cast("timestamp(6)")
    told = lake.stage(_told(items, scope, identity))
    superseded = _superseded(scope, told, rows, identity, now)
    stamped = plan.stream.changed_at is not None
    return Comparison(
        fresh=_fresh(told, table, now),
        superseded=superseded.union(_touched(scope, told, identity)) if stamped else superseded,
        statuses=_statuses(told, scope, rows, identity),
    )


def newest_expr(lake: Lake, plan: Plan, sound: ir.Table) -> ir.Table:
    """Return the rows but those that their source changed before what the lake already holds of their record.

    So an old export adds the records that were missing, and leaves the present alone.
    """
    stamp = value_expr(sound, plan.stream.changed_at, "instant", plan)
    held = reduce(lambda left, right: left.union(right), [_stamps(lake, plan, table) for table in (FACTS, PARTIES)])
    newest = held.group_by("record_id").agg(held_at=held.changed_at.max())
    stamped = sound.mutate(_stamp=stamp).left_join(newest, sound[RECORD] == newest.record_id)
    is_older = (stamped["_stamp"] < stamped.held_at).fill_null(False)
    return stamped.filter(~is_older).select(*sound.columns)


def _stamps(lake: Lake, plan: Plan, table: LakeTable) -> ir.Table:
    rows = lake.read(table)
    own = rows.filter(rows.source == plan.source.source, rows.stream == plan.name, rows.superseded_at.isnull())
    return own.filter(own.changed_at.notnull()).select("record_id", "changed_at")


def _touched(scope: ir.Table, told: ir.Table, identity: str) -> ir.Table:
    """Return the live rows whose record the source changed since without changing what it says, with the new stamp."""
    same = told.filter((told["_status"] == SAME) & told.changed_at.notnull())
    stamps = same.select(_told_id=same[identity], _told_at=same.changed_at)
    live = scope.filter(scope.superseded_at.isnull())
    joined = live.inner_join(stamps, live[identity] == stamps["_told_id"])
    is_newer = joined.changed_at.isnull() | (joined.changed_at < joined["_told_at"])
    return joined.filter(is_newer).mutate(changed_at=joined["_told_at"]).select(*scope.columns)


def _told(items: ir.Table, scope: ir.Table, identity: str) -> ir.Table:
    """Return each item with what the lake holds of it: the live hash, and how often it said the same before."""
    history = scope.mutate(_stem=_stem(scope.row_hash))
    live = history.filter(history.superseded_at.isnull()).select(_live_id=history[identity], _live=history["_stem"])
    ever = history.group_by(_ever_id=history[identity]).agg(_n_before=history.count())
    same = history.group_by(_same_id=history[identity], _same_stem=history["_stem"]).agg(_n_same=history.count())
    joined = items.left_join(live, items[identity] == live["_live_id"])
    joined = joined.left_join(ever, joined[identity] == ever["_ever_id"])
    joined = joined.left_join(same, [joined[identity] == same["_same_id"], joined.row_hash == same["_same_stem"]])
    status = ibis.cases(
        (joined["_ever_id"].isnull(), NEW), (joined["_live"].identical_to(joined.row_hash), SAME), else_=CHANGED
    )
    kept = joined.mutate(_status=status, _n_same=joined["_n_same"].fill_null(0))
    return kept.select(*items.columns, "_status", "_n_same")


def _fresh(told: ir.Table, table: LakeTable, now: ir.Value) -> ir.Table:
    changed = told.filter(told["_status"] != SAME)
    is_new = changed["_status"] == NEW
    return changed.mutate(
        known_at=ibis.ifelse(is_new, changed.known_at, ibis.greatest(changed.known_at, now)),
        row_hash=ibis.ifelse(
            changed["_n_same"] > 0,
            changed.row_hash.concat("~", (changed["_n_same"] + 1).cast("string")),
            changed.row_hash,
        ),
    ).select(*table.columns)


def _superseded(scope: ir.Table, told: ir.Table, rows: ir.Table, identity: str, now: ir.Value) -> ir.Table:
    """Return the live rows that are corrected, or that their record no longer says."""
    live = scope.filter(scope.superseded_at.isnull())
    corrected = live.semi_join(told.filter(told["_status"] == CHANGED), identity)
    withdrawn = _withdrawn(live, told, rows, identity)
    return corrected.union(withdrawn).mutate(superseded_at=now)


def _withdrawn(live: ir.Table, told: ir.Table, rows: ir.Table, identity: str) -> ir.Table:
    present = rows.select(record_id=rows[RECORD])
    return live.semi_join(present, "record_id").anti_join(told, identity)


def _statuses(told: ir.Table, scope: ir.Table, rows: ir.Table, identity: str) -> ir.Table:
    live = scope.filter(scope.superseded_at.isnull())
    withdrawn = _withdrawn(live, told, rows, identity)
    return told.select("record_id", status=told["_status"].cast("int64")).union(
        withdrawn.select("record_id", status=ibis.literal(CHANGED).cast("int64"))
    )


def _stem(row_hash: ir.StringValue) -> ir.StringValue:
    return row_hash.split("~")[0]
