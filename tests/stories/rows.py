"""Write the few rows that a story needs: records of companies and people, their identifiers, and facts."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from prevenance.records.tables import (
    CONSENT_RECORDS,
    FACTS,
    IDENTIFIERS,
    PARTIES,
    QUARANTINE,
    LakeTable,
)
from prevenance.storage import Lake, open_lake

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def naive(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """Return an instant as the lake stores it: UTC, without a zone."""
    return datetime(year, month, day, hour, tzinfo=UTC).replace(tzinfo=None)


LONG_AGO = naive(2024, 1, 1)
Row = dict[str, Any]


def party(source: str, record_id: str, kind: str = "account", **fields: Any) -> Row:
    """Return one record; `fields` may hold any column of parties, and `ids` - further identifiers by namespace."""
    usual = {
        "party_id": f"{source}:{kind}s:{record_id}",
        "party_kind": kind,
        "source": source,
        "stream": f"{kind}s",
        "record_id": record_id,
        "row_hash": "1",
        "known_at": LONG_AGO,
        "created_at": fields.get("known_at", LONG_AGO),
    }
    return {**usual, **fields}


def person(source: str, record_id: str, **fields: Any) -> Row:
    """Return one record of a person."""
    return party(source, record_id, "person", **fields)


def identifiers(parties: Iterable[Row]) -> list[Row]:
    """Return what the sources room would write beside these records: own ids, e-mail, and those in `ids`."""
    found = {}
    for row in parties:
        named = [(row["source"], row["record_id"]), ("email", row.get("email")), *row.get("ids", {}).items()]
        for namespace, value in named:
            if value is not None:
                key = (row["party_id"], namespace, value)
                entry = dict(zip(("party_id", "namespace", "value"), key, strict=True))
                found[key] = {**entry, "source": row["source"], "known_at": row["known_at"]}
    return list(found.values())


_numbers = itertools.count()


def fact(kind: str, subject: str, occurred_at: datetime, **fields: Any) -> Row:
    """Return one fact, known when it happened unless told otherwise."""
    record_id = fields.get("record_id", str(next(_numbers)))
    usual = {
        "event_id": f"{kind}-{record_id}",
        "kind": kind,
        "subject": subject,
        "occurred_at": occurred_at,
        "known_at": occurred_at,
        "source": "erp",
        "stream": "rows",
        "record_id": record_id,
        "row_hash": "1",
    }
    return {**usual, **fields}


def arrow(table: LakeTable, rows: Iterable[Row]) -> pa.Table:
    """Return rows in a table's shape; what is not given is unknown."""
    listed = [{name: row.get(name) for name in table.columns} for row in rows]
    return pa.Table.from_pylist(listed, schema=ibis.schema(table.schema).to_pyarrow())


def lake_with(
    folder: Path,
    parties: Iterable[Row] = (),
    facts: Iterable[Row] = (),
    consents: Iterable[Row] = (),
    quarantine: Iterable[Row] = (),
) -> Lake:
    """Return a lake that holds these rows."""
    lake, records = open_lake(folder), list(parties)
    lake.upsert(PARTIES, arrow(PARTIES, records))
    lake.upsert(IDENTIFIERS, arrow(IDENTIFIERS, identifiers(records)))
    lake.upsert(FACTS, arrow(FACTS, facts))
    lake.upsert(CONSENT_RECORDS, arrow(CONSENT_RECORDS, consents))
    lake.upsert(QUARANTINE, arrow(QUARANTINE, quarantine))
    return lake


def stored(lake: Lake, table: LakeTable) -> list[Row]:
    """Return all rows of a table in the order of its key."""
    return [dict(row) for row in lake.collect(lake.read(table).order_by(list(table.key))).to_pylist()]
