"""Keep what the live window found, and give it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from prevenance.features import signal_cards
from prevenance.kit.words import Words
from prevenance.records.ids import CustomerId
from prevenance.storage import Ledger, ledger_tables

_HITS = ledger_tables.live_hits


@dataclass(frozen=True)
class LiveHit:
    """Is a signal that began to fire today."""

    signal: str
    customer_id: CustomerId
    words: Words
    strength: float | None
    received_at: datetime
    found_at: datetime

    @property
    def title(self) -> Words:
        """Return what the signal is called."""
        return signal_cards()[self.signal].words


def hits(ledger: Ledger, *, since: datetime, limit: int = 200) -> tuple[LiveHit, ...]:
    """Return what fired on the days since, latest first."""
    wanted = select(_HITS).where(_HITS.c.on_day >= since)
    with ledger.read() as tx:
        rows = tx.execute(wanted.order_by(_HITS.c.found_at.desc(), _HITS.c.signal).limit(limit)).mappings().all()
    return tuple(
        LiveHit(
            row["signal"],
            CustomerId(row["customer_id"]),
            Words(fr=row["fr"], en=row["en"]),
            row["strength"],
            row["received_at"],
            row["found_at"],
        )
        for row in rows
        if row["signal"] in signal_cards()
    )


def keep(ledger: Ledger, day: datetime, found: Sequence[LiveHit]) -> tuple[LiveHit, ...]:
    """Write what is new today, and return it; what fired already keeps the time at which it was found first."""
    with ledger.begin() as tx:
        ledger.hold(tx, "live_hits")
        known = {
            tuple(row) for row in tx.execute(select(_HITS.c.signal, _HITS.c.customer_id).where(_HITS.c.on_day == day))
        }
        fresh = tuple(one for one in found if (one.signal, int(one.customer_id)) not in known)
        if fresh:
            tx.execute(insert(_HITS), [_row(day, one) for one in fresh])
    return fresh


def _row(day: datetime, one: LiveHit) -> dict[str, object]:
    said = {"fr": one.words.fr, "en": one.words.en, "strength": one.strength}
    times = {"received_at": one.received_at, "found_at": one.found_at}
    return {"on_day": day, "signal": one.signal, "customer_id": int(one.customer_id), **said, **times}
