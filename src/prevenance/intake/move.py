"""Move kept messages out of the ledger into batch files, which the sources read like any other; each is verified.

A batch is a range of the ledger's rows, fixed in the ledger before its file is written, under a name that follows from
the range. So a mover may be killed anywhere, and several may work at once: whoever comes next writes the same file
again. Only when the file on disk has been read back, and holds every message of the range, does the ledger let go of
the contents; ids and hashes stay, so that what is sent again is still known.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from prevenance.kit.problems import BrokenPromiseError
from prevenance.storage import Ledger, ledger_tables

FOLDER = "intake"
_EVENTS, _BATCHES = ledger_tables.intake_events, ledger_tables.intake_batches


@dataclass(frozen=True)
class MoveReport:
    """Counts what was moved, and what is in the ledger: `stored = moved + waiting`, always."""

    n_batches: int
    n_messages: int
    n_stored: int
    n_moved: int
    n_waiting: int
    damaged: tuple[str, ...] = ()
    """Batches whose file is missing or is no longer what was verified; known when they were looked at again."""


def move(ledger: Ledger, data_folder: Path, *, largest_batch: int = 50_000, looks_again: bool = False) -> MoveReport:
    """Write what waits into `intake/SOURCE/*.ndjson` below the data folder.

    Args:
        ledger: holds the messages.
        data_folder: the folder of the company's files.
        largest_batch: how many messages are moved at a time.
        looks_again: whether every earlier batch is read again, to find those that were damaged since.

    Raises:
        BrokenPromiseError: a file does not hold what the ledger holds; nothing of that batch is let go.
    """
    n_batches = n_messages = 0
    while batches := _open_batches(ledger, largest_batch):
        for batch in batches:
            if _write(ledger, batch, data_folder):
                n_batches += 1
                n_messages += int(batch["n_messages"])
    _sweep(data_folder / FOLDER)
    report = _report(ledger, n_batches, n_messages)
    return replace(report, damaged=_damaged(ledger, data_folder)) if looks_again else report


def _sweep(folder: Path) -> None:
    """Remove the drafts that killed movers left beside files that are in place."""
    for draft in folder.glob("*/.*.part"):
        if draft.with_name(f"{draft.name[1:].partition('.')[0]}.ndjson").exists():
            draft.unlink(missing_ok=True)


def _damaged(ledger: Ledger, data_folder: Path) -> tuple[str, ...]:
    with ledger.read() as tx:
        rows = tx.execute(select(_BATCHES).where(_BATCHES.c.verified_at.is_not(None))).mappings().all()
    return tuple(row["place"] for row in rows if _hash_of(data_folder / row["place"]) != row["file_hash"])


def _open_batches(ledger: Ledger, largest: int) -> list[RowMapping]:
    """Return the batches that are not verified yet; when there is none, make them of the next messages."""
    is_open = select(_BATCHES).where(_BATCHES.c.verified_at.is_(None)).order_by(_BATCHES.c.batch_id)
    with ledger.begin() as tx:
        ledger.hold(tx, "intake")  # no message comes in between, and no other mover takes the same range
        if found := list(tx.execute(is_open).mappings()):
            return found
        after = tx.execute(select(func.coalesce(func.max(_BATCHES.c.up_to_seq), 0))).scalar_one()
        following = select(_EVENTS.c.seq).where(_EVENTS.c.seq > after).order_by(_EVENTS.c.seq).limit(largest).subquery()
        up_to = tx.execute(select(func.max(following.c.seq))).scalar_one()
        if up_to is None:
            return []
        _make(tx, ledger, after, up_to)
        return list(tx.execute(is_open).mappings())


def _make(tx: Connection, ledger: Ledger, after: int, up_to: int) -> None:
    """Make a batch of each source's messages in a range."""
    sizes = select(_EVENTS.c.source, func.count()).where(_EVENTS.c.seq > after, _EVENTS.c.seq <= up_to)
    for source, n in tx.execute(sizes.group_by(_EVENTS.c.source).order_by(_EVENTS.c.source)).all():
        place = f"{FOLDER}/{source}/{after + 1:012d}-{up_to:012d}.ndjson"
        row = {"source": source, "after_seq": after, "up_to_seq": up_to, "n_messages": n, "place": place}
        tx.execute(insert(_BATCHES).values(**row, opened_at=ledger.clock.now()))


def _write(ledger: Ledger, batch: RowMapping, data_folder: Path) -> bool:
    """Write, read back and settle one batch; return whether it was us who settled it."""
    expected = _contents(ledger, batch)
    if expected is None:
        return False
    path = data_folder / batch["place"]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part")
    try:
        _write_durably(draft, expected.values())
        _require(draft, set(expected), batch["place"])
        draft.replace(path)
    except FileNotFoundError:  # another mover put the same file in place and swept ours away
        return False
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(path.parent)
    return _settle(ledger, batch, _hash_of(path))


def _contents(ledger: Ledger, batch: RowMapping) -> dict[str, str] | None:
    """Return the messages of a batch by id, or None when another mover has settled it meanwhile."""
    with ledger.read() as tx:
        settled = select(_BATCHES.c.verified_at).where(_BATCHES.c.batch_id == batch["batch_id"])
        if tx.execute(settled).scalar_one() is not None:
            return None
        rows = tx.execute(select(_EVENTS.c.message_id, _EVENTS.c.payload).where(*_range(batch)).order_by(_EVENTS.c.seq))
        found = {row.message_id: row.payload for row in rows}
    if len(found) != batch["n_messages"] or None in found.values():
        message = f"The ledger lacks messages of {batch['place']}. Restore it from its backup, then move again."
        raise BrokenPromiseError(message, place=batch["place"], n_expected=batch["n_messages"], n_found=len(found))
    return found


def _settle(ledger: Ledger, batch: RowMapping, file_hash: str | None) -> bool:
    mine = (_BATCHES.c.batch_id == batch["batch_id"]) & _BATCHES.c.verified_at.is_(None)
    with ledger.begin() as tx:
        verified = update(_BATCHES).where(mine).values(verified_at=ledger.clock.now(), file_hash=file_hash)
        if tx.execute(verified).rowcount != 1:
            return False
        tx.execute(update(_EVENTS).where(*_range(batch)).values(payload=None))
    return True


def _range(batch: RowMapping) -> tuple[ColumnElement[bool], ...]:
    return (
        _EVENTS.c.source == batch["source"],
        _EVENTS.c.seq > batch["after_seq"],
        _EVENTS.c.seq <= batch["up_to_seq"],
    )


def _write_durably(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)  # JSON has no line breaks of its own
        file.flush()
        os.fsync(file.fileno())


def _require(path: Path, expected: set[str], place: str) -> None:
    with path.open("rb") as file:
        found = [msgspec.json.decode(line)["messageId"] for line in file]
    if len(found) != len(expected) or set(found) != expected:
        message = f"{place} does not hold the messages it was written with. Look at the disk, then move again."
        raise BrokenPromiseError(message, place=place)


def _hash_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _report(ledger: Ledger, n_batches: int, n_messages: int) -> MoveReport:
    with ledger.read() as tx:
        n_stored = tx.execute(select(func.count()).select_from(_EVENTS)).scalar_one()
        n_waiting = tx.execute(select(func.count()).where(_EVENTS.c.payload.is_not(None))).scalar_one()
        moved = select(func.coalesce(func.sum(_BATCHES.c.n_messages), 0)).where(_BATCHES.c.verified_at.is_not(None))
        n_moved = int(tx.execute(moved).scalar_one())
    if n_stored != n_moved + n_waiting:
        message = f"{n_stored} messages are stored, but {n_moved} moved and {n_waiting} waiting. None may be lost."
        raise BrokenPromiseError(message, n_stored=n_stored, n_moved=n_moved, n_waiting=n_waiting)
    return MoveReport(n_batches, n_messages, n_stored, n_moved, n_waiting)
