"""Hand out the latest messages, whether they still wait in the ledger or were moved into a batch already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from prevenance.storage import Ledger, ledger_tables

_EVENTS, _BATCHES = ledger_tables.intake_events, ledger_tables.intake_batches


@dataclass(frozen=True)
class Recent:
    """Is one message: its place in the order of the commits, whose it is, and what it says, as JSON."""

    seq: int
    source: str
    payload: str


def recent(
    ledger: Ledger, data_folder: Path, *, after: int, since: datetime, limit: int = 20_000
) -> tuple[Recent, ...]:
    """Return messages in the order in which they were kept.

    Args:
        ledger: holds the messages.
        data_folder: where batches lie.
        after: the place of the last message that is known already.
        since: messages of earlier hours are left out.
        limit: how many to return at most; ask again after the last one for more.
    """
    wanted = (_EVENTS.c.seq > after) & (_EVENTS.c.hour >= since)
    columns = (_EVENTS.c.seq, _EVENTS.c.source, _EVENTS.c.message_id, _EVENTS.c.payload)
    with ledger.read() as tx:
        rows = tx.execute(select(*columns).where(wanted).order_by(_EVENTS.c.seq).limit(limit)).all()
        gone = [row.seq for row in rows if row.payload is None]
        places = _places(tx, min(gone), max(gone)) if gone else ()
    moved = _read(data_folder, places)
    said = ((row, row.payload or moved.get((row.source, row.message_id))) for row in rows)
    return tuple(Recent(row.seq, row.source, payload) for row, payload in said if payload is not None)


def _places(tx: Connection, first: int, last: int) -> Sequence[tuple[str, str]]:
    covering = (_BATCHES.c.up_to_seq >= first) & (_BATCHES.c.after_seq < last)
    return [(row.source, row.place) for row in tx.execute(select(_BATCHES.c.source, _BATCHES.c.place).where(covering))]


def _read(data_folder: Path, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found = {}
    for source, place in places:
        for line in (data_folder / place).read_text(encoding="utf-8").split("\n"):
            if line:
                found[source, msgspec.json.decode(line)["messageId"]] = line
    return found
