"""Make small timelines by hand, for tests that need a life and nothing else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.kit.clock import naive_utc
from prevenance.records.tables import CUSTOMERS, EVENTS, PEOPLE, LakeTable

Row = Mapping[str, Any]
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
AT = naive_utc(AS_OF)


@dataclass(frozen=True)
class MadeByHand:
    """Looks like a timeline: holds rows in memory."""

    revisions: ir.Table
    customers: ir.Table
    people: ir.Table
    as_of: datetime = AS_OF

    @property
    def events(self) -> ir.Table:
        """Return what is in force."""
        return self.revisions.filter(self.revisions.superseded_at.isnull())


def rows_of(table: LakeTable, rows: Iterable[Row]) -> pa.Table:
    """Return rows in the shape of a table of the lake, unknown where nothing is said."""
    schema = ibis.schema(table.schema).to_pyarrow()
    return pa.Table.from_pylist([{name: row.get(name) for name in table.schema} for row in rows], schema=schema)


def event(number: int, customer_id: int, kind: str, occurred_at: datetime, **said: Any) -> dict[str, Any]:
    """Return one fact, known when it happened unless told otherwise."""
    return {
        "event_id": f"e{number:06}",
        "row_hash": "a",
        "customer_id": customer_id,
        "kind": kind,
        "occurred_at": occurred_at,
        "known_at": occurred_at,
        "source": "hand",
        "stream": "hand",
        "record_id": str(number),
        "attributes": json.dumps({}),
        **said,
    }


def moment(events: Sequence[Row], customers: Sequence[Row] = (), people: Sequence[Row] = ()) -> MadeByHand:
    """Return a timeline of these rows."""
    tables = ((EVENTS, events), (CUSTOMERS, customers), (PEOPLE, people))
    return MadeByHand(*(ibis.memtable(rows_of(table, rows)) for table, rows in tables))


def grid(customer_ids: Iterable[int], cutoffs: Iterable[datetime]) -> ir.Table:
    """Return every customer at every cutoff."""
    cutoffs = list(cutoffs)
    pairs = [(customer_id, cutoff) for customer_id in customer_ids for cutoff in cutoffs]
    return ibis.memtable(
        pa.table(
            {
                "customer_id": pa.array([customer_id for customer_id, _ in pairs], pa.int64()),
                "cutoff": pa.array([cutoff for _, cutoff in pairs], pa.timestamp("us")),
            }
        )
    )


def by_key(table: ir.Table) -> dict[tuple[int, datetime], dict[str, Any]]:
    """Run an expression and return its rows by customer and cutoff."""
    rows = table.to_pyarrow().to_pylist()
    return {(row.pop("customer_id"), row.pop("cutoff")): row for row in rows}


def ago(days: float, hour: int = 12) -> datetime:
    """Return an hour of a day before the usual cutoff."""
    return datetime.combine(AT.date(), time(hour)) - timedelta(days)
