"""Balance the books of the intake: what came is stored, doubled or set aside, per source and hour, to the last one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from prevenance.storage import Ledger, ledger_tables

_EVENTS, _QUARANTINE, _COUNTS = (
    ledger_tables.intake_events,
    ledger_tables.intake_quarantine,
    ledger_tables.intake_counts,
)


@dataclass(frozen=True)
class Line:
    """Is one source in one hour (equation E1): `received = stored + duplicate + quarantined`.

    `stored` and `quarantined` must also be what the tables really hold. `refused` counts requests that were turned
    away whole, with an answer that says so.
    """

    source: str
    hour: datetime
    received: int
    stored: int
    duplicate: int
    quarantined: int
    refused: int
    stored_rows: int
    quarantined_rows: int

    @property
    def is_balanced(self) -> bool:
        """Return whether every message is accounted for."""
        is_even = self.received == self.stored + self.duplicate + self.quarantined
        return is_even and self.stored == self.stored_rows and self.quarantined == self.quarantined_rows


def balance(ledger: Ledger) -> tuple[Line, ...]:
    """Return the books, oldest hour first."""
    with ledger.read() as tx:
        stored, quarantined = _rows(tx, _EVENTS), _rows(tx, _QUARANTINE)
        counted: dict[tuple[str, datetime], Any] = {
            (row["source"], row["hour"]): row for row in tx.execute(select(_COUNTS)).mappings()
        }
    nothing = dict.fromkeys(("received", "stored", "duplicate", "quarantined", "refused"), 0)
    return tuple(
        _line(place, counted.get(place, nothing), stored.get(place, 0), quarantined.get(place, 0))
        for place in sorted({*counted, *stored, *quarantined}, key=lambda place: (place[1], place[0]))
    )


def _rows(tx: Connection, table: Table) -> dict[tuple[str, datetime], int]:
    found = tx.execute(select(table.c.source, table.c.hour, func.count()).group_by(table.c.source, table.c.hour))
    return {(source, hour): n for source, hour, n in found}


def _line(place: tuple[str, datetime], counts: Any, stored_rows: int, quarantined_rows: int) -> Line:
    source, hour = place
    received, stored, duplicate, quarantined, refused = (
        int(counts[name]) for name in ("received", "stored", "duplicate", "quarantined", "refused")
    )
    return Line(source, hour, received, stored, duplicate, quarantined, refused, stored_rows, quarantined_rows)
