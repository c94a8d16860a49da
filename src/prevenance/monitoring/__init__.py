"""Monitoring: is it still true?

An alarm is one file in `alarms/` that compares today with what was normal, and says what changed, since when, what it
touches and what to do. `watch` asks them all.
"""

from prevenance.monitoring.base import Alarm, Raised, Watched
from prevenance.monitoring.watch import watch

__all__ = ["Alarm", "Raised", "Watched", "watch"]
