"""Sort every customer into the groups of each segmentation."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance import features
from prevenance.insights.base import Segmentation
from prevenance.insights.usage import SEGMENTATION, usage_groups, usage_words
from prevenance.insights.usage import WORDS as USAGE_WORDS
from prevenance.kit.catalogue import load
from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words
from prevenance.records.tables import SEGMENTS
from prevenance.storage import Lake
from prevenance.timeline import Timeline


@dataclass(frozen=True)
class SegmentCount:
    """Counts the customers of one group."""

    segmentation: str
    segment: str
    words: Words
    n_customers: int


@cache
def segmentations() -> dict[str, Segmentation]:
    """Return the segmentations, by name."""
    return load("prevenance.insights.segments", Segmentation)


def discover(lake: Lake, timeline: Timeline) -> tuple[SegmentCount, ...]:
    """Sort every active customer as of the timeline's day, and return how many stand in each group.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from pathlib import Path
        >>> from prevenance.storage import open_lake
        >>> from prevenance.timeline import read
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lake = open_lake(Path(folder))
        ...     sum(count.n_customers for count in discover(lake, read(lake, as_of=datetime(2026, 11, 1, tzinfo=UTC))))
        0
    """
    cutoff = datetime.combine(naive_utc(timeline.as_of).date(), datetime.min.time())
    views = sorted({view for one in segmentations().values() for view in one.views})
    grid = features.active_grid(timeline, [cutoff])
    figures = lake.stage(features.compute(timeline, grid, views=views))
    parts = [_sorted_expr(figures, one, cutoff) for one in segmentations().values()]
    used = usage_groups(lake, timeline, figures)
    if used is not None:
        parts.append(_rows_of(used, SEGMENTATION, used.segment, cutoff))
    sorted_expr = lake.stage(ibis.union(*parts))
    others = lake.read(SEGMENTS).filter(_.as_of != cutoff)
    lake.replace(SEGMENTS, others.union(sorted_expr))
    counted = lake.collect(sorted_expr.group_by("segmentation", "segment").agg(n=_.count())).to_pylist()
    found = {(row["segmentation"], row["segment"]): row["n"] for row in counted}
    fixed = [
        SegmentCount(one.name, group.name, group.words, found.get((one.name, group.name), 0))
        for one in segmentations().values()
        for group in one.groups
    ]
    usage = [
        SegmentCount(SEGMENTATION, segment, usage_words(segment), n)
        for (segmentation, segment), n in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if segmentation == SEGMENTATION
    ]
    return (*fixed, *usage)


def segment_words(segmentation: str, segment: str) -> tuple[Words, Words] | None:
    """Return what a segmentation and one of its groups are called; `None` when there is no such.

    Example:
        >>> segment_words("rfm", "absent")[1].en
        'no order for a year'
    """
    if segmentation == SEGMENTATION:
        return USAGE_WORDS, usage_words(segment)
    one = segmentations().get(segmentation)
    words = None if one is None else next((group.words for group in one.groups if group.name == segment), None)
    return None if one is None or words is None else (one.words, words)


def _sorted_expr(figures: ir.Table, one: Segmentation, cutoff: datetime) -> ir.Table:
    *named, rest = one.groups
    segment = ibis.cases(*[(group.belongs(figures).fill_null(False), group.name) for group in named], else_=rest.name)
    return _rows_of(figures, one.name, segment, cutoff)


def _rows_of(customers: ir.Table, segmentation: str, segment: ir.Value, cutoff: datetime) -> ir.Table:
    return customers.select(
        as_of=ibis.literal(cutoff).cast("timestamp(6)"),
        segmentation=ibis.literal(segmentation),
        customer_id=customers.customer_id,
        segment=segment.cast("string"),
    )
