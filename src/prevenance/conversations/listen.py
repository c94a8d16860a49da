"""Listen to every message that was not read before."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from prevenance.conversations.base import Reading
from prevenance.kit.catalogue import load
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.records.tables import READINGS
from prevenance.storage import Lake
from prevenance.timeline import Timeline

FROM_CUSTOMERS = ("ticket_opened", "message_received", "rating_given", "survey_answered")
_COLUMNS = ("event_id", "row_hash", "customer_id", "reading", "value", "confidence", "because")
_BATCH = 20_000


@dataclass(frozen=True)
class ListeningReport:
    """Counts the messages there are, those read now, and what was written of them."""

    n_messages: int
    n_read: int
    n_readings: int


@cache
def readings_of() -> dict[str, Reading]:
    """Return the readings, by name."""
    return load("prevenance.conversations.readings", Reading)


def listen(lake: Lake, timeline: Timeline, *, progress: Progress | None = None) -> ListeningReport:
    """Read what customers wrote, once for each message and revision, and write what was heard.

    Example:
        >>> import tempfile
        >>> from datetime import UTC, datetime
        >>> from pathlib import Path
        >>> from prevenance.storage import open_lake
        >>> from prevenance.timeline import read
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     lake = open_lake(Path(folder))
        ...     listen(lake, read(lake, as_of=datetime(2026, 11, 1, tzinfo=UTC)))
        ListeningReport(n_messages=0, n_read=0, n_readings=0)
    """
    progress = progress or SilentProgress()
    messages = timeline.events.filter(_.kind.isin(FROM_CUSTOMERS) & _.text.notnull() & (_.text != ""))
    messages = messages.select("event_id", "row_hash", "customer_id", "text")
    unread = lake.stage(messages.anti_join(lake.read(READINGS), ["event_id", "row_hash"]))
    n_unread = lake.count(unread)
    progress.step("messages", n_unread)
    heard = [row for batch in _batches(lake, unread) for row in _heard(batch, progress)]
    table = pa.Table.from_pylist(heard, schema=_schema()) if heard else None
    written = 0 if table is None else lake.upsert(READINGS, table).inserted
    return ListeningReport(lake.count(messages), n_unread, written)


def _batches(lake: Lake, unread: ir.Table) -> list[list[dict[str, Any]]]:
    # Words are read one by one in Python: the one place where rows leave the engine, as far as they are new.
    return [batch.to_pylist() for batch in lake.batches(unread.order_by("event_id"))]


def _heard(batch: list[dict[str, Any]], progress: Progress) -> list[dict[str, Any]]:
    rows = []
    for message in batch:
        for name, reading in readings_of().items():
            found = reading.read(message["text"])
            values = (None, None, "") if found is None else (found.value, found.confidence, " · ".join(found.because))
            said = (message["event_id"], message["row_hash"], message["customer_id"], name, *values)
            rows.append(dict(zip(_COLUMNS, said, strict=True)))
    progress.advance(len(batch))
    return rows


def _schema() -> pa.Schema:
    return pa.schema(
        [(name, {"customer_id": pa.int64(), "confidence": pa.float64()}.get(name, pa.string())) for name in _COLUMNS]
    )
