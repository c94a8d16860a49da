"""Keep decisions in the ledger: insert what is new, refresh what changed, let lapse what is no longer true."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, select, update

from prevenance.decisions.base import DecisionReport
from prevenance.kit.words import Words
from prevenance.storage import Ledger, ledger_tables

Row: TypeAlias = dict[str, Any]

OPEN = ("proposed", "snoozed")
_OURS = (*OPEN, "expired", "held_out", "waiting", "not_acted")  # what a person has not answered
_AT_ONCE = 500  # ids in one query
_LAPSED = Words(
    fr="La raison de cette proposition n’est plus d’actualité.",
    en="The reason for this proposal no longer holds.",
)

_decisions = ledger_tables.decisions


def keep(ledger: Ledger, rows: Sequence[Row], *, as_of: datetime, n_settled: int) -> DecisionReport:
    """Merge the day's rows into the ledger in one transaction; write and record nothing where nothing changed.

    What a person has answered stays as it is, whatever was computed meanwhile.
    """
    with ledger.begin() as tx:
        stored = _stored(tx, [row["decision_id"] for row in rows])
        new = [row for row in rows if row["decision_id"] not in stored]
        changed = _changed(rows, stored)
        _write(tx, new, changed)
        lapsed = _expire(tx, rows, as_of)
        _record(ledger, tx, [*new, *lapsed], as_of)
    status = Counter(row["status"] for row in rows)
    return DecisionReport(
        acted=status["proposed"] + n_settled,
        held_out=status["held_out"],
        waiting=status["waiting"],
        not_acted=status["not_acted"],
        new=len(new),
        refreshed=len(changed),
        unchanged=len(rows) - len(new) - len(changed),
        expired=len(lapsed),
    )


def _stored(tx: Connection, ids: Sequence[str]) -> dict[str, Row]:
    stored: dict[str, Row] = {}
    for start in range(0, len(ids), _AT_ONCE):
        asked = select(_decisions).where(_decisions.c.decision_id.in_(ids[start : start + _AT_ONCE]))
        stored |= {row["decision_id"]: dict(row) for row in tx.execute(asked).mappings()}
    return stored


def _changed(rows: Sequence[Row], stored: Mapping[str, Row]) -> list[Row]:
    """Return the rows that differ from what is stored, as they are to become."""
    changed = []
    for row in rows:
        before = stored.get(row["decision_id"])
        if before is None or before["status"] not in _OURS or before["as_of"] > row["as_of"]:
            continue
        asleep = {name: before[name] for name in ("status", "expires_at")} if before["status"] == "snoozed" else {}
        after = row | {"updated_at": before["updated_at"]} | asleep
        if any(before[column] != value for column, value in after.items()):
            changed.append(after | {"updated_at": row["updated_at"]})
    return changed


def _write(tx: Connection, new: list[Row], changed: list[Row]) -> None:
    if new:
        tx.execute(_decisions.insert(), new)
    if changed:
        values: dict[str, Any] = {
            column: bindparam(f"new_{column}") for column in changed[0] if column != "decision_id"
        }
        tx.execute(
            update(_decisions).where(_decisions.c.decision_id == bindparam("new_decision_id")).values(values),
            [{f"new_{column}": value for column, value in row.items()} for row in changed],
        )


def _expire(tx: Connection, rows: Sequence[Row], as_of: datetime) -> list[Row]:
    """Let the open proposals lapse that today's facts no longer give."""
    still = {row["decision_id"] for row in rows}
    refusals = {(row["play"], row["customer_id"]): row["refusal"] for row in rows if row["refusal"]}
    asked = select(_decisions).where(_decisions.c.status.in_(OPEN), _decisions.c.as_of <= as_of)
    lapsed = [dict(row) for row in tx.execute(asked).mappings() if row["decision_id"] not in still]
    for row in lapsed:
        reason = refusals.get((row["play"], row["customer_id"])) or {
            "rule": "lapsed", "fr": _LAPSED.fr, "en": _LAPSED.en, "answer": "refused"
        }  # fmt: skip
        tx.execute(
            update(_decisions)
            .where(_decisions.c.decision_id == row["decision_id"])
            .values(status="expired", refusal=reason, as_of=as_of, updated_at=as_of)
        )
    return [row | {"status": "expired"} for row in lapsed]


def _record(ledger: Ledger, tx: Connection, rows: Sequence[Row], as_of: datetime) -> None:
    """Put into the audit trail which decisions were taken or lapsed (equation E4 can be checked against it)."""
    ids = {
        status: sorted(row["decision_id"] for row in rows if row["status"] == status)
        for status in ("proposed", "held_out", "expired")
    }
    if any(ids.values()):
        ledger.record(tx, "prevenance", "decisions_taken", f"as_of:{as_of.isoformat()}", ids)
