"""Tell what is known of each purchase: who, what, when, how, and what came before it.

Why somebody bought is rarely in any system. What came before - a call, a quote, a visit, a coupon - is; it is told as
that, never as a cause.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from prevenance.kit.catalogue import load
from prevenance.records.event_kind import EventKind
from prevenance.timeline.read import TimelineEvent

BUYING = ("order_placed", "contract_started", "contract_renewed", "plan_changed")
_ITEM, _COUPON = "product_bought", "coupon_redeemed"
_LEADING = ("page_visited", "cart_abandoned", "trial_started", "outreach_sent", "feature_used")
_BEFORE = timedelta(days=60)
_SAME_VISIT = timedelta(hours=24)


@dataclass(frozen=True)
class Lead:
    """Holds the last event of one kind within sixty days before a purchase, and how many there were."""

    event: TimelineEvent
    n: int


@dataclass(frozen=True)
class Purchase:
    """Holds what is known of one purchase.

    Attributes:
        event: the purchase itself.
        items: what was bought, where the source says it line by line.
        coupons: the coupons redeemed with it.
        followed: what happened to the same object since, earliest first: delivered, paid, returned.
        leads: what came before it, latest first.
    """

    event: TimelineEvent
    items: tuple[str, ...]
    coupons: tuple[str, ...]
    followed: tuple[TimelineEvent, ...]
    leads: tuple[Lead, ...]


def purchases(events: Sequence[TimelineEvent], *, limit: int) -> list[Purchase]:
    """Return the latest purchases among the events of one customer, latest first.

    Example:
        >>> purchases([], limit=5)
        []
    """
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.event_id))
    bought = [event for event in ordered if event.kind in BUYING]
    # Some sources know the lines only: then each basket is a purchase, told by its first line.
    known = {event.object_id for event in bought if event.object_id is not None}
    baskets: dict[str, TimelineEvent] = {}
    for event in ordered:
        if event.kind == _ITEM and event.object_id not in known:
            baskets.setdefault(event.object_id or event.event_id, event)
    latest = sorted([*bought, *baskets.values()], key=lambda event: event.occurred_at, reverse=True)[:limit]
    return [_told(event, ordered) for event in latest]


def _told(event: TimelineEvent, ordered: Sequence[TimelineEvent]) -> Purchase:
    same = [other for other in ordered if event.object_id is not None and other.object_id == event.object_id]
    lines = [other for other in same if other.kind == _ITEM]
    return Purchase(
        event=event,
        items=_labels(lines),
        coupons=_labels(other for other in ordered if other.kind == _COUPON and _is_with(other, event)),
        followed=tuple(other for other in same if other.occurred_at >= event.occurred_at and _is_news(other, event)),
        leads=tuple(_leads(event, ordered)),
    )


def _is_with(coupon: TimelineEvent, event: TimelineEvent) -> bool:
    return coupon.object_id == event.object_id or abs(coupon.occurred_at - event.occurred_at) < _SAME_VISIT


def _is_news(other: TimelineEvent, event: TimelineEvent) -> bool:
    return other.event_id != event.event_id and other.kind not in {_ITEM, _COUPON}


def _leads(event: TimelineEvent, ordered: Iterable[TimelineEvent]) -> list[Lead]:
    found: dict[str, Lead] = {}
    kinds = _leading_kinds()
    for other in ordered:
        is_own = event.object_id is not None and other.object_id == event.object_id
        if other.kind in kinds and not is_own and event.occurred_at - _BEFORE <= other.occurred_at < event.occurred_at:
            n = found[other.kind].n if other.kind in found else 0
            found[other.kind] = Lead(other, n + 1)
    return sorted(found.values(), key=lambda lead: lead.event.occurred_at, reverse=True)


def _leading_kinds() -> frozenset[str]:
    """Return what may lead to a purchase: every meeting of company and customer that is none itself, and the web."""
    met = {kind.name for kind in load("prevenance.records.events", EventKind).values() if kind.is_touch_point}
    return frozenset(met.union(_LEADING) - {*BUYING, _ITEM, _COUPON})


def _labels(events: Iterable[TimelineEvent]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.label for event in events if event.label))
