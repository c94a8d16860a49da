"""Count the customers of each group, as the last run sorted them."""

from datetime import datetime

from ibis import _

from prevenance import insights
from prevenance.kit.clock import naive_utc
from prevenance.records.screens import SegmentLine
from prevenance.records.tables import SEGMENTS
from prevenance.storage import Lake


def counted(lake: Lake, as_of: datetime) -> tuple[SegmentLine, ...]:
    """Return every group that has customers, by segmentation, the largest first."""
    sorted_now = lake.read(SEGMENTS).filter(_.as_of == naive_utc(as_of))
    rows = lake.collect(sorted_now.group_by("segmentation", "segment").agg(n=_.count())).to_pylist()
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["segmentation"]] = totals.get(row["segmentation"], 0) + row["n"]
    lines = []
    for row in sorted(rows, key=lambda row: (row["segmentation"], -row["n"], row["segment"])):
        words = insights.segment_words(row["segmentation"], row["segment"])
        if words is not None:
            share = row["n"] / totals[row["segmentation"]]
            lines.append(SegmentLine(row["segmentation"], row["segment"], *words, n_customers=row["n"], share=share))
    return tuple(lines)
