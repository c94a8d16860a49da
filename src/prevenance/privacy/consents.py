"""Take in the consents that the sources report: they may add a no, never turn a no into a yes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
from sqlalchemy import Connection, insert, select

from prevenance.kit.clock import aware_utc, naive_utc
from prevenance.kit.hashing import stable_id
from prevenance.privacy.address import address_key, is_usable
from prevenance.records.tables import CONSENT_RECORDS, IDENTITIES, PARTIES
from prevenance.storage import Lake, Ledger, ledger_tables

_CHUNK = 400
_ACTOR = "import"


@dataclass(frozen=True)
class ConsentCounts:
    """Counts records: read, newly taken in, known already, and those that point to nobody or to no address."""

    read: int = 0
    taken: int = 0
    known: int = 0
    unresolved: int = 0


def import_consents(lake: Lake, ledger: Ledger, *, as_of: datetime) -> ConsentCounts:
    """Take in what sources recorded, once each; a record without proof is kept and never enough for marketing.

    Runs after identity, whose customers the records are tied to. An objection to profiling arrives the same way: as a
    record for the purpose `profiling` that is not given.
    """
    rows = _resolved_rows(lake, as_of)
    counts = [_take(ledger, rows[start : start + _CHUNK], as_of) for start in range(0, len(rows), _CHUNK)]
    taken, unresolved = sum(count.taken for count in counts), sum(count.unresolved for count in counts)
    return ConsentCounts(read=len(rows), taken=taken, known=len(rows) - taken - unresolved, unresolved=unresolved)


def _resolved_rows(lake: Lake, as_of: datetime) -> list[dict[str, Any]]:  # rows as the lake gives them
    moment = naive_utc(as_of)
    records = lake.read(CONSENT_RECORDS)
    parties = lake.read(PARTIES)
    live = parties.filter(
        (parties.known_at <= moment) & (parties.superseded_at.isnull() | (parties.superseded_at > moment))
    ).select("party_id", "email", "phone", "address", "country")
    who = lake.read(IDENTITIES).select("subject", "customer_id", "person_id", "party_id")
    # A source that does not say when: the wish counts from the day that we heard of it.
    # One that says neither yes nor no has told us nothing.
    told = records.filter((records.known_at <= moment) & records.is_given.notnull()).mutate(
        recorded_at=ibis.coalesce(records.recorded_at, records.known_at)
    )
    joined = told.left_join(who, "subject").drop("subject_right")
    joined = joined.left_join(live, "party_id").drop("party_id_right")
    ordered = joined.order_by(["source", "stream", "record_id", "channel", "purpose"])
    rows: list[dict[str, Any]] = lake.collect(ordered).to_pylist()
    return rows


def _take(ledger: Ledger, rows: list[dict[str, Any]], as_of: datetime) -> ConsentCounts:
    with ledger.begin() as tx:
        consents = list(_consents(tx, rows))
        objections = list(_objections(tx, rows))
        new_consents = _new(tx, ledger_tables.consents, consents)
        new_objections = _new(tx, ledger_tables.objections, objections)
        kept = {row["import_key"] for row in new_consents + new_objections}
        if kept:
            detail = {"consents": len(new_consents), "objections": len(new_objections), "as_of": as_of.isoformat()}
            ledger.record(tx, _ACTOR, "consents_imported", "consent_records", detail)
    n_silent = sum(row["purpose"] == "profiling" and row["is_given"] for row in rows)  # no objection: nothing to keep
    n_kept = len(consents) + len(objections) + n_silent
    return ConsentCounts(taken=len(kept), unresolved=len(rows) - n_kept)


def _consents(tx: Connection, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        address = row["address"] if row["channel"] == "post" else row[row["channel"]]
        country = row["country"] or "FR"
        if row["purpose"] == "profiling" or not address or not is_usable(row["channel"], address):
            continue
        yield {
            "address_key": address_key(tx, row["channel"], address, country),
            "customer_id": row["customer_id"],
            "person_id": row["person_id"],
            "channel": row["channel"],
            "purpose": row["purpose"],
            "is_given": row["is_given"],
            "proof": {"kind": "import", "reference": row["proof"]},
            "text_version": "",
            "source": row["source"],
            "recorded_at": aware_utc(row["recorded_at"]),
            "import_key": _import_key(row, address),
        }


def _objections(tx: Connection, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["purpose"] != "profiling" or row["is_given"] or row["customer_id"] is None:
            continue
        yield {
            "customer_id": row["customer_id"],
            "person_id": row["person_id"],
            "address_key": address_key(tx, "email", row["email"], row["country"] or "FR") if row["email"] else None,
            "purpose": "profiling",
            "source": row["source"],
            "recorded_at": aware_utc(row["recorded_at"]),
            "import_key": _import_key(row, str(row["customer_id"])),  # a merged customer inherits it under the new id
        }


def _new(tx: Connection, table: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: consents or objections
    wanted = {row["import_key"]: row for row in rows}
    known = set(tx.execute(select(table.c.import_key).where(table.c.import_key.in_(list(wanted)))).scalars())
    new = [row for key, row in wanted.items() if key not in known]
    if new:
        Ledger.hold(tx, *(f"address:{row['address_key']}" for row in new if row["address_key"]))
        tx.execute(insert(table), new)
    return new


def _import_key(row: dict[str, Any], place: str) -> str:
    return stable_id(
        row["source"], row["stream"], row["record_id"], row["channel"], row["purpose"], str(row["is_given"]),
        row["recorded_at"].isoformat(), str(row["proof"]), place,
    )  # fmt: skip
