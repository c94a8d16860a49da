"""Keep the audit trail: entries chained by keyed hashes, so that no one alters, drops or moves one unseen."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from prevenance.kit.clock import aware_utc
from prevenance.storage.keys import keyed_hash
from prevenance.storage.ledger_schema import ledger_tables

_TRAIL = ledger_tables.audit_trail
_STATE = ledger_tables.state
_HEAD = "audit_head"
_BEGINNING = "0" * 64


@dataclass(frozen=True)
class Entry:
    """Holds one thing that was done, before it has its place in the chain."""

    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AuditVerdict:
    """Says whether the trail is whole; if not, at which entry it breaks and how."""

    is_intact: bool
    n_entries: int
    broken_at: int | None = None
    problem: str | None = None


def write(tx: Connection, key: bytes, entries: list[Entry], *, at: datetime) -> None:
    """Append entries to the chain and move its head, which also tells when the end was cut off."""
    seq, previous = _head(tx)
    rows = []
    for entry in entries:
        seq += 1
        row = {"seq": seq, "at": at, "previous_hash": previous, **_plain(entry)}
        previous = row["hash"] = _hash(key, row)
        rows.append(row)
    tx.execute(insert(_TRAIL), rows)
    tx.execute(delete(_STATE).where(_STATE.c.name == _HEAD))
    tx.execute(insert(_STATE).values(name=_HEAD, value={"seq": seq, "hash": previous}, updated_at=at))


def verify(tx: Connection, key: bytes) -> AuditVerdict:
    """Walk the whole chain and say where it breaks, if it does."""
    expected, previous = 0, _BEGINNING
    for row in tx.execute(select(_TRAIL).order_by(_TRAIL.c.seq)).mappings():
        expected += 1
        problem = _problem(key, dict(row), expected, previous)
        if problem:
            return AuditVerdict(is_intact=False, n_entries=expected, broken_at=expected, problem=problem)
        previous = row["hash"]
    if _head(tx) != (expected, previous):
        return AuditVerdict(is_intact=False, n_entries=expected, broken_at=expected, problem="the end was cut off")
    return AuditVerdict(is_intact=True, n_entries=expected)


def length(tx: Connection) -> int:
    """Return how many entries there are."""
    return int(tx.execute(select(func.coalesce(func.max(_TRAIL.c.seq), 0))).scalar_one())


def _head(tx: Connection) -> tuple[int, str]:
    value = tx.execute(select(_STATE.c.value).where(_STATE.c.name == _HEAD)).scalar_one_or_none()
    return (value["seq"], value["hash"]) if value else (0, _BEGINNING)


def _plain(entry: Entry) -> dict[str, Any]:
    """Return the entry as the database will give it back: its detail once through JSON."""
    detail = json.loads(json.dumps(entry.detail, default=str))
    return {"actor": entry.actor, "action": entry.action, "subject": entry.subject, "detail": detail}


def _problem(key: bytes, row: dict[str, Any], expected: int, previous: str) -> str | None:
    if row["seq"] != expected:
        return f"entry {expected} is missing"
    if row["previous_hash"] != previous:
        return "it does not follow the entry before it"
    if row["hash"] != _hash(key, row):
        return "its content was altered"
    return None


def _hash(key: bytes, row: dict[str, Any]) -> str:
    detail = json.dumps(row["detail"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    instant = aware_utc(row["at"]).isoformat()
    return keyed_hash(
        key, str(row["seq"]), instant, row["actor"], row["action"], row["subject"], detail, row["previous_hash"]
    )
