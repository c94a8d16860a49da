"""Timeline: what happened, in order, as known when?

Every fact of every source stands in one history per customer. Each has two clocks, `occurred_at` (in the world) and
`known_at` (by us); whoever reads says as of when, and is handed nothing that was known later.
"""

from prevenance.timeline.buying import Purchase, purchases
from prevenance.timeline.read import Timeline, TimelineEvent, read
from prevenance.timeline.record import TimelineReport, record

__all__ = ["Purchase", "Timeline", "TimelineEvent", "TimelineReport", "purchases", "read", "record"]
