"""Keep messages the moment they come: many waiting requests share one durable commit, and each is answered after it."""

import queue
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.compiler import SQLCompiler

from prevenance.intake.messages import Delivery, Message, Misfit, RefusedError
from prevenance.kit.problems import PrevenanceError
from prevenance.storage import Ledger, ledger_tables

_EVENTS, _QUARANTINE, _COUNTS = (
    ledger_tables.intake_events,
    ledger_tables.intake_quarantine,
    ledger_tables.intake_counts,
)
_LARGEST_GROUP = 5_000
_CHUNK = 400
_PASSING = (OperationalError, OSError, PrevenanceError)  # a full disk, a server away: no message's fault
_COUNTED = ("received", "stored", "duplicate", "quarantined", "refused")


@dataclass(frozen=True)
class _Waiting:
    source: str
    delivery: Delivery
    done: Future[None] = field(default_factory=Future)


class Buffer:
    """Writes deliveries to the ledger in one thread, as many at a time as have come meanwhile."""

    def __init__(self, ledger: Ledger, *, most_waiting: int = 20_000) -> None:
        self._ledger = ledger
        self._most_waiting = most_waiting
        self._n_waiting = 0
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="intake-buffer", daemon=True)
        self._thread.start()

    def submit(self, source: str, delivery: Delivery) -> Future[None]:
        """Hand in a delivery; the future is done when all of it is on disk, and fails when none of it is.

        Raises:
            RefusedError: too much waits already; the client should come again.
        """
        waiting = _Waiting(source, delivery)
        with self._lock:
            if self._n_waiting + delivery.n_received > self._most_waiting:
                message = "The intake has more to write than it may hold. Send again in a moment."
                raise RefusedError(429, "busy", message, retry_after=2)
            self._n_waiting += delivery.n_received
        self._queue.put(waiting)
        return waiting.done

    def close(self) -> None:
        """Write what waits, then end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        for group in self._groups():
            problem = self._written(group)
            if problem is None or len(group) == 1 or isinstance(problem, _PASSING):
                self._settle(group, problem)
                continue
            for one in group:  # something in it cannot be stored: its neighbours shall not suffer
                self._settle([one], self._written([one]))

    def _written(self, group: Sequence[_Waiting]) -> Exception | None:
        try:
            with self._ledger.begin() as tx:
                store(tx, self._ledger, group_of((one.source, one.delivery) for one in group))
        except Exception as problem:  # noqa: BLE001 - whatever the disk or the server says, each waiting one hears it
            return problem
        return None

    def _groups(self) -> Iterator[list[_Waiting]]:
        """Return all that waits, again and again, until the buffer is closed."""
        while (first := self._queue.get()) is not None:
            group, size = [first], first.delivery.n_received
            is_closing = False
            while size < _LARGEST_GROUP and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    is_closing = True
                    break
                group.append(following)
                size += following.delivery.n_received
            yield group
            if is_closing:
                return

    def _settle(self, group: Sequence[_Waiting], problem: Exception | None) -> None:
        with self._lock:
            self._n_waiting -= sum(one.delivery.n_received for one in group)
        for one in group:
            if one.done.set_running_or_notify_cancel():  # a client that hung up waits no more
                one.done.set_exception(problem) if problem else one.done.set_result(None)


Group = dict[tuple[str, datetime], list[Delivery]]

# Built once: building a statement costs as much as running it.
_KNOWN = select(_EVENTS.c.message_id, _EVENTS.c.content_hash).where(
    _EVENTS.c.source == bindparam("of_source"), _EVENTS.c.message_id.in_(bindparam("ids", expanding=True))
)
_COUNT_MORE = (
    update(_COUNTS)
    .where(_COUNTS.c.source == bindparam("of_source"), _COUNTS.c.hour == bindparam("of_hour"))
    .values({name: _COUNTS.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)
_FIRST_COUNT = insert(_COUNTS)


def group_of(deliveries: Iterable[tuple[str, Delivery]]) -> Group:
    """Return the deliveries by source and hour, the place where they are counted."""
    group: Group = defaultdict(list)
    for source, delivery in deliveries:
        group[source, delivery.received_at.replace(minute=0, second=0, microsecond=0)].append(delivery)
    return group


def store(tx: Connection, ledger: Ledger, group: Group) -> None:
    """Write deliveries and count them; a message that is known already is written once."""
    ledger.hold(tx, "intake")  # one writer at a time: the order of the rows is the order of the commits
    for (source, hour), deliveries in sorted(group.items(), key=lambda item: item[0]):
        fresh, reused = _unseen_messages(tx, source, [m for one in deliveries for m in one.messages])
        misfits = _unseen_misfits(tx, source, [*(m for one in deliveries for m in one.misfits), *reused])
        place = {"source": source, "hour": hour}
        _insert(tx, _EVENTS, place, [(one.message_id, one.content_hash, one.payload) for one in fresh])
        _insert(tx, _QUARANTINE, place, [(m.message_id, m.content_hash, m.payload, m.reason) for m in misfits])
        n_received = sum(one.n_received for one in deliveries)
        counts = {
            "received": n_received,
            "stored": len(fresh),
            "quarantined": len(misfits),
            "duplicate": sum(len(one.messages) + len(one.misfits) for one in deliveries) - len(fresh) - len(misfits),
            "refused": sum(one.n_refused for one in deliveries),
        }
        _count(tx, place, counts)


def _unseen_messages(tx: Connection, source: str, messages: Sequence[Message]) -> tuple[list[Message], list[Misfit]]:
    """Return the messages that are new, and those that carry the id of another one."""
    known: dict[str, str] = {}
    for chunk in _chunks([one.message_id for one in messages]):
        known |= {row.message_id: row.content_hash for row in tx.execute(_KNOWN, {"of_source": source, "ids": chunk})}
    fresh, reused = [], []
    for one in messages:
        before = known.get(one.message_id)
        if before is None:
            known[one.message_id] = one.content_hash
            fresh.append(one)
        elif before != one.content_hash:
            reused.append(Misfit("id_reuse", one.content_hash, one.payload, one.message_id))
    return fresh, reused


def _unseen_misfits(tx: Connection, source: str, misfits: Sequence[Misfit]) -> list[Misfit]:
    found = {(one.content_hash, one.reason): one for one in reversed(misfits)}
    for chunk in _chunks(list(found)):
        named = tuple_(_QUARANTINE.c.content_hash, _QUARANTINE.c.reason)
        of_these = (_QUARANTINE.c.source == source) & named.in_(chunk)
        for content_hash, reason in tx.execute(
            select(_QUARANTINE.c.content_hash, _QUARANTINE.c.reason).where(of_these)
        ):
            found.pop((content_hash, reason), None)
    return list(found.values())


def _insert(tx: Connection, table: Table, place: dict[str, Any], rows: list[tuple[Any, ...]]) -> None:
    """Insert rows by the driver's own means: turning each value of each row costs more than writing it."""
    if not rows:
        return
    own = ("message_id", "content_hash", "payload", "reason")[: len(rows[0])]
    compiled = insert(table).inline().compile(dialect=tx.dialect, column_keys=[*place, *own])
    assert isinstance(compiled, SQLCompiler), compiled
    turned = table.c.hour.type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
    shared = {**place, "hour": turned(place["hour"]) if turned is not None else place["hour"]}
    names, first = (*shared, *own), tuple(shared.values())
    if compiled.positiontup:
        in_order = itemgetter(*(names.index(name) for name in compiled.positiontup))
        tx.exec_driver_sql(str(compiled), [in_order(first + row) for row in rows])
    else:
        tx.exec_driver_sql(str(compiled), [dict(zip(names, first + row, strict=True)) for row in rows])


def _count(tx: Connection, place: dict[str, Any], counts: dict[str, int]) -> None:
    more = {f"more_{name}": counts[name] for name in _COUNTED}
    if tx.execute(_COUNT_MORE, {"of_source": place["source"], "of_hour": place["hour"], **more}).rowcount == 0:
        tx.execute(_FIRST_COUNT, {**place, **counts})


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
