"""Find the signals that fire now, and measure how right each was on this company's own past."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import ibis
import pyarrow as pa

from prevenance.features.backtest import back_test
from prevenance.features.compute import active_grid, compute
from prevenance.features.fire import Hit, chosen_thresholds, hits_of
from prevenance.features.signal import SignalRecord
from prevenance.features.thresholds import Thresholds, signal_cards
from prevenance.kit.clock import naive_utc
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.records.tables import SIGNAL_HITS, SIGNAL_RECORDS
from prevenance.storage import Lake
from prevenance.timeline import Timeline

_CITED = 5  # events per hit: enough to check it, few enough to read


def detect(
    lake: Lake, timeline: Timeline, *, thresholds: Thresholds | None = None, progress: Progress | None = None
) -> tuple[SignalRecord, ...]:
    """Write the signals that fire for each active customer, and the record of each signal.

    The day that `as_of` begins is the cutoff: what happened during it counts from the next.

    Args:
        lake: takes `signal_hits` and `signal_records`.
        timeline: what was known at `as_of`.
        thresholds: by signal and name; the defaults when not given.
        progress: hears of the two steps.

    Returns:
        The record of each signal, sorted by name.
    """
    progress = progress or SilentProgress()
    chosen = chosen_thresholds(thresholds)
    catalogue = signal_cards()
    cutoff = datetime.combine(naive_utc(timeline.as_of).date(), datetime.min.time())
    progress.step("signals", len(catalogue))
    features = lake.stage(compute(timeline, active_grid(timeline, [cutoff])))
    hits: dict[Hit, dict[str, float | None]] = {}
    for signal in catalogue.values():
        hits |= hits_of(lake, features, signal, chosen[signal.name])
        progress.advance()
    _write_hits(lake, timeline, cutoff, hits)
    progress.step("signal records")
    records = back_test(lake, timeline, catalogue, chosen)
    _write_records(lake, cutoff, records)
    return records


def _write_hits(lake: Lake, timeline: Timeline, cutoff: datetime, hits: Mapping[Hit, dict[str, float | None]]) -> None:
    cited = _cited(lake, timeline, cutoff, sorted(hits))
    rows = [_row(cutoff, hit, values, cited[hit]) for hit, values in sorted(hits.items())]
    kept = lake.read(SIGNAL_HITS).filter(lambda t: t.as_of != ibis.literal(cutoff, "timestamp(6)"))
    lake.replace(SIGNAL_HITS, kept.union(lake.stage(_typed(rows, SIGNAL_HITS.schema))))


def _row(cutoff: datetime, hit: Hit, values: dict[str, float | None], evidence: list[str]) -> dict[str, object]:
    name, customer_id = hit
    signal = signal_cards()[name]
    return {
        "as_of": cutoff,
        "signal": name,
        "customer_id": customer_id,
        "fr": signal.said(values, "fr"),
        "en": signal.said(values, "en"),
        "evidence": json.dumps(evidence),
        "strength": values["_strength"],
    }


def _cited(lake: Lake, timeline: Timeline, cutoff: datetime, hits: Sequence[Hit]) -> dict[Hit, list[str]]:
    """Return the newest events behind each hit, newest first."""
    evidence = [
        {"signal": s.name, "kind": kind, "days": s.evidence.days}
        for s in signal_cards().values()
        for kind in s.evidence.kinds
    ]
    wanted = ibis.memtable(pa.Table.from_pylist(evidence))
    fired = pa.table(
        {
            "signal": pa.array([name for name, _ in hits], pa.string()),
            "customer_id": pa.array([c for _, c in hits], pa.int64()),
        }
    )
    at = ibis.literal(cutoff, "timestamp(6)")
    events = timeline.events.filter(lambda e: (e.occurred_at < at) & (e.known_at < at))
    events = events.mutate(age=at.date().delta(events.occurred_at.date(), unit="day"))
    found = lake.stage(fired).join(wanted, "signal").join(events, ["customer_id", "kind"])
    found = found.filter(found.age <= found.days)
    newest = ibis.window(group_by=["signal", "customer_id"], order_by=[ibis.desc("occurred_at"), "event_id"])
    ranked = found.mutate(place=ibis.row_number().over(newest))
    rows = ranked.filter(ranked.place < _CITED).select("signal", "customer_id", "place", "event_id")
    cited: dict[Hit, list[str]] = defaultdict(list)
    for row in lake.collect(rows.order_by(["signal", "customer_id", "place"])).to_pylist():
        cited[row["signal"], row["customer_id"]].append(row["event_id"])
    return cited


def _write_records(lake: Lake, cutoff: datetime, records: Sequence[SignalRecord]) -> None:
    rows = [{"as_of": cutoff, **vars(record)} for record in records]
    lake.upsert(SIGNAL_RECORDS, _typed(rows, SIGNAL_RECORDS.schema))


def _typed(rows: Sequence[Mapping[str, object]], schema: Mapping[str, str]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=ibis.schema(schema).to_pyarrow())
