"""Ask every alarm, and keep what they say."""

from datetime import datetime

import ibis
import pyarrow as pa
from ibis import _

from prevenance.kit.catalogue import load
from prevenance.kit.clock import naive_utc
from prevenance.monitoring.base import Alarm, Raised, Watched
from prevenance.records.tables import ALARMS
from prevenance.storage import Lake
from prevenance.timeline import Timeline


def watch(lake: Lake, timeline: Timeline) -> tuple[Raised, ...]:
    """Return what is no longer as it was at the timeline's instant, and write it down.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from pathlib import Path
        >>> from prevenance.storage import open_lake
        >>> from prevenance.timeline import read
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lake = open_lake(Path(folder))
        ...     watch(lake, read(lake, as_of=datetime(2026, 11, 1, tzinfo=UTC)))
        ()
    """
    watched = Watched(lake, timeline)
    alarms = load("prevenance.monitoring.alarms", Alarm)
    raised = [(alarm.name, one) for alarm in alarms.values() for one in alarm.ask(watched)]
    at = naive_utc(timeline.as_of)
    others = lake.read(ALARMS).filter(_.as_of != at)
    lake.replace(ALARMS, others.union(lake.stage(_rows(raised, at)).cast(ALARMS.schema)) if raised else others)
    return tuple(one for _name, one in raised)


def _rows(raised: list[tuple[str, Raised]], at: datetime) -> pa.Table:
    rows = [
        {
            "as_of": at,
            "alarm": alarm,
            "about": one.about,
            "severity": one.severity,
            "fr": one.words.fr,
            "en": one.words.en,
        }
        for alarm, one in raised
    ]
    return pa.Table.from_pylist(rows, schema=ibis.schema(ALARMS.schema).to_pyarrow())
