"""Offer what a person may choose for a proposal: reasons to reject it, days to come back to it."""

from datetime import date, datetime, timedelta

from prevenance.records.screens import REJECT_REASONS
from prevenance.web.access import DECIDERS
from prevenance.web.face import Face

_RESTS = {"tomorrow": 1, "week": 7, "month": 30}
_LONGEST = timedelta(days=366)


def decision_choices(face: Face) -> dict[str, object]:
    """Return what the forms of a proposal need to know."""
    return {
        "deciders": DECIDERS,
        "reject_reasons": REJECT_REASONS,
        "snooze_days": snooze_days(face.clock.now()),
    }


def snooze_days(now: datetime) -> list[tuple[str, date]]:
    """Return the days that are offered, by the name of their sentence.

    Example:
        >>> from datetime import UTC
        >>> snooze_days(datetime(2026, 11, 2, tzinfo=UTC))[1]
        ('week', datetime.date(2026, 11, 9))
    """
    return [(name, now.date() + timedelta(days=days)) for name, days in _RESTS.items()]


def is_possible_snooze(until: date, now: datetime) -> bool:
    """Return whether a proposal may rest until that day: later than today, within a year."""
    return now.date() < until <= now.date() + _LONGEST
