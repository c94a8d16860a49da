"""Look at the customers about whom something just came in, with the signals of the nightly run."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from prevenance import features, intake, privacy, sources, timeline
from prevenance.kit.clock import aware_utc
from prevenance.live.hits import LiveHit, keep
from prevenance.pipeline import RunContext, floor_to_day
from prevenance.records.ids import CustomerId
from prevenance.records.tables import CUSTOMERS, EVENTS, FACTS, IDENTITIES, PEOPLE, SIGNAL_HITS, LakeTable
from prevenance.storage import Lake

_MESSAGES = "intake"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Glance:
    """Says what one look saw: messages that came, events they told, customers concerned, and what began to fire."""

    n_messages: int = 0
    n_events: int = 0
    n_customers: int = 0
    hits: tuple[LiveHit, ...] = field(default=())


class LiveWindow:
    """Holds the day's messages in a lake of its own, beside the company's, which it only reads."""

    def __init__(self, context: RunContext, open_scratch: Callable[[Path], Lake]) -> None:
        self._context = context
        self._open_scratch = open_scratch
        self._folder = tempfile.TemporaryDirectory(prefix="prevenance-live-")
        self._day: datetime | None = None
        self._after = 0
        self._known: set[str] = set()
        self._mappings: list[sources.SourceMapping] = []

    def close(self) -> None:
        """Forget the day's messages."""
        self._folder.cleanup()

    def look(self) -> Glance:
        """Take in what came since the last look, and write down what begins to fire."""
        self._begin_the_day(floor_to_day(self._context.clock.now()))
        assert self._day is not None
        context = self._context
        messages = intake.recent(context.ledger, context.data_folder, after=self._after, since=self._day)
        if not messages:
            return Glance()
        self._write(messages)
        events = self._pull()
        self._after = messages[-1].seq
        if not events:
            return Glance(len(messages))
        received_at = self._concerned(events)
        found = self._fired(received_at, {event["kind"] for event in events}) if received_at else ()
        return Glance(len(messages), len(events), len(received_at), keep(context.ledger, self._day, found))

    def _begin_the_day(self, day: datetime) -> None:
        if self._day == day:
            return
        self._day, self._after = day, 0
        self._known = set()
        self._place = Path(self._folder.name) / day.strftime("%Y-%m-%d")
        self._data = self._place / "files"
        self._data.mkdir(parents=True)
        self._lake = self._open_scratch(self._place / "lake")
        mappings = sources.load_mappings(self._context.project.folder / "mappings")
        live = [mapping.model_copy(update={"streams": _live_streams(mapping)}) for mapping in mappings]
        self._mappings = [one for one in live if one.streams]
        for beside in self._context.data_folder.iterdir():  # tables that a mapping looks things up in
            if beside.name != _MESSAGES:
                (self._data / beside.name).symlink_to(beside.resolve())

    def _write(self, messages: Sequence[Any]) -> None:
        by_source: dict[str, list[str]] = defaultdict(list)
        for one in messages:
            by_source[one.source].append(one.payload)
        for source, lines in by_source.items():
            path = self._data / _MESSAGES / source / f"{messages[-1].seq:012d}.ndjson"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _pull(self) -> list[dict[str, Any]]:
        """Read the new messages by the mappings, and return the facts they tell."""
        sources.pull(self._lake, self._mappings, data_folder=self._data, as_of=self._context.clock.now())
        facts = self._lake.read(FACTS).select("event_id", "kind", "subject", "known_at")
        fresh = [row for row in self._lake.collect(facts).to_pylist() if row["event_id"] not in self._known]
        self._known |= {row["event_id"] for row in fresh}
        return fresh

    def _concerned(self, events: Sequence[dict[str, Any]]) -> dict[int, datetime]:
        """Return the customers whom the events concern, with when the latest came; who is unknown waits."""
        subjects = sorted({event["subject"] for event in events})
        lake = self._context.lake
        known = lake.read(IDENTITIES)
        rows = lake.collect(known.filter(known.subject.isin(subjects)).select("subject", "customer_id")).to_pylist()
        customers = {row["subject"]: row["customer_id"] for row in rows}
        received_at: dict[int, datetime] = {}
        for event in events:
            customer = customers.get(event["subject"])
            if customer is not None:
                latest = aware_utc(event["known_at"])
                received_at[customer] = max(received_at.get(customer, latest), latest)
        return received_at

    def _fired(self, received_at: dict[int, datetime], kinds: set[str]) -> tuple[LiveHit, ...]:
        context = self._context
        assert self._day is not None
        self._lay_out(sorted(received_at))
        tomorrow = self._day + _DAY
        story = timeline.read(self._lake, as_of=tomorrow)
        with context.ledger.read() as tx:
            objectors = privacy.Wishes(tx, at=context.clock.now(), actor="live").objectors("profiling")
        fired = features.fire(
            story.without(objectors) if objectors else story,
            tomorrow,
            kinds=kinds,
            thresholds=features.SignalsFile(context.project.folder / "signals.yaml").thresholds(),
        )
        listed = self._this_mornings(sorted(received_at))
        now = context.clock.now()
        return tuple(
            LiveHit(one.signal, CustomerId(one.customer_id), one.words, one.strength, received_at[one.customer_id], now)
            for one in fired
            if (one.signal, one.customer_id) not in listed
        )

    def _lay_out(self, customers: list[int]) -> None:
        """Write these customers' whole history, today's messages on top, as a timeline of its own."""
        lake = self._context.lake
        known = lake.read(IDENTITIES)
        identities = lake.collect(known.filter(known.customer_id.isin(customers)))
        facts = lake.read(FACTS)
        earlier = facts.filter(facts.subject.isin(identities["subject"].to_pylist()))
        past = self._lake.stage(lake.collect(earlier))
        both = past.union(self._lake.read(FACTS).anti_join(past, list(FACTS.key)))
        named = self._lake.stage(identities).select("subject", "customer_id", "person_id")
        self._lake.replace(EVENTS, both.inner_join(named, "subject"))
        for table in (CUSTOMERS, PEOPLE):
            self._lake.replace(table, self._rows_of(table, customers))

    def _rows_of(self, table: LakeTable, customers: list[int]) -> pa.Table:
        rows = self._context.lake.read(table)
        return self._context.lake.collect(rows.filter(rows.customer_id.isin(customers)))

    def _this_mornings(self, customers: list[int]) -> set[tuple[str, int]]:
        """Return what stands in the latest list already."""
        rows = self._context.lake.read(SIGNAL_HITS)
        latest = rows.filter(rows.as_of == rows.as_of.max(), rows.customer_id.isin(customers))
        found = self._context.lake.collect(latest.select("signal", "customer_id")).to_pylist()
        return {(row["signal"], row["customer_id"]) for row in found}


def is_live(mapping: sources.SourceMapping) -> bool:
    """Say whether a mapping reads what the live intake keeps.

    Example:
        >>> grounds = {"care": {"purpose": "help", "basis": "contract"}}
        >>> event = {"kind": "login_recorded", "occurred_at": "at"}
        >>> stream = {"connector": "ndjson_file", "record_id": "id", "subject": "app:{user}", "events": [event],
        ...           "fields": {"id": "care", "user": "care", "at": "care"}, "location": "intake/app/*.ndjson"}
        >>> is_live(sources.SourceMapping(source="app", grounds=grounds, streams={"tracks": stream}))
        True
    """
    return bool(_live_streams(mapping))


def _live_streams(mapping: sources.SourceMapping) -> dict[str, Any]:
    """Return the streams that read what the live intake keeps."""
    return {name: one for name, one in mapping.streams.items() if one.location.startswith(f"{_MESSAGES}/")}
