"""Tell the time: the one place of the product that may look at the machine's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, with its zone (UTC)."""
        ...


class SystemClock:
    """Reads the machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """Stands still, for replays and tests.

    Example:
        >>> FixedClock(datetime(2026, 11, 1, tzinfo=UTC)).now().isoformat()
        '2026-11-01T00:00:00+00:00'
    """

    at: datetime

    def now(self) -> datetime:
        """Return the instant it was made with."""
        return self.at


def naive_utc(instant: datetime) -> datetime:
    """Return the instant as the lake stores it: UTC, without a zone.

    Raises:
        ValueError: the instant has no zone, so its meaning is unknown.

    Example:
        >>> naive_utc(datetime(2026, 11, 1, 6, tzinfo=UTC))
        datetime.datetime(2026, 11, 1, 6, 0)
    """
    if instant.tzinfo is None:
        message = f"{instant.isoformat()} has no time zone. Pass an aware instant, for example one in UTC."
        raise ValueError(message)
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware_utc(stored: datetime) -> datetime:
    """Return a stored UTC instant with its zone again.

    Example:
        >>> aware_utc(datetime(2026, 11, 1)).isoformat()
        '2026-11-01T00:00:00+00:00'
    """
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class ReplayClock:
    """Runs on from a chosen instant, for a project that is looked at as of a past day.

    Example:
        >>> start = datetime(2026, 11, 1, 8, tzinfo=UTC)
        >>> ReplayClock(start, FixedClock(datetime(2030, 1, 1, tzinfo=UTC))).now() == start
        True
    """

    def __init__(self, start: datetime, real: Clock) -> None:
        self._start = start
        self._real = real
        self._opened = real.now()

    def now(self) -> datetime:
        """Return the chosen instant plus the time that has passed since."""
        return self._start + (self._real.now() - self._opened)
