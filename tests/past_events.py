"""Make small pasts for tests of targets and models: events, and a company whose customers fade before they leave."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from prevenance.records.tables import EVENTS

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "timestamp(6)": pa.timestamp("us"),
    "decimal(18, 2)": pa.decimal128(18, 2),
}


def events_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Return rows of the timeline; what is not given is unknown, and a fact is known when it happens."""
    complete = []
    for number, row in enumerate(rows):
        usual = {"known_at": row["occurred_at"], "event_id": f"event-{number}", "row_hash": "1", "source": "test"}
        complete.append({**usual, "stream": "test", "record_id": str(number), "subject": "crm:1", **row})
    columns = {name: [row.get(name) for row in complete] for name in EVENTS.columns}
    return pa.table({name: pa.array(columns[name], _TYPES[kind]) for name, kind in EVENTS.schema.items()})


def fading_company(n_customers: int = 500, seed: int = 0) -> pa.Table:
    """Return 30 months of a company: yearly contracts; a third of the customers log in less, and then do not renew."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for customer in range(1, n_customers + 1):
        rows += _one_life(customer, rng)
    return events_table(sorted(rows, key=lambda row: (row["occurred_at"], row["customer_id"], row["kind"])))


def _one_life(customer: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    def at(day: float) -> datetime:
        return datetime(2024, 5, 1) + timedelta(days=float(day))  # noqa: DTZ001 - the lake stores UTC without a zone

    last_day, joined = 914, int(rng.integers(0, 500))
    term = joined + int(rng.integers(60, 365))
    is_fading, pace = rng.random() < 0.4, rng.gamma(4, 0.5)
    rows = [
        {"customer_id": customer, "kind": "contract_started", "object_id": f"{customer}-0", "day": joined, "due": term}
    ]
    left, number = None, 0
    while term < last_day:
        if rng.random() < (0.8 if is_fading else 0.06):
            left = term
            row = {"customer_id": customer, "kind": "contract_ended", "object_id": f"{customer}-{number}", "day": term}
            rows.append(row)
            break
        number += 1
        renewal = {"customer_id": customer, "kind": "contract_renewed", "object_id": f"{customer}-{number}"}
        rows.append({**renewal, "day": term, "due": term + 365})
        term += 365
    for week in range(joined, left or last_day, 7):
        faded = is_fading and left is not None and left - week < 100
        n = int(rng.poisson(pace * (0.2 if faded else 1.0)))
        rows += [
            {"customer_id": customer, "kind": "login_recorded", "day": week + float(rng.random()) * 7} for _ in range(n)
        ]
    rows += [
        {"customer_id": customer, "kind": "order_placed", "day": int(rng.integers(joined, last_day))}
        for _ in range(int(rng.poisson(6)))
    ]
    return [
        {
            **{key: value for key, value in row.items() if key not in ("day", "due")},
            "occurred_at": at(row["day"]),
            "due_at": at(row["due"]) if "due" in row else None,
        }
        for row in rows
        if row["day"] < last_day
    ]


def few_features(history: Any, grid: ir.Table) -> ir.Table:
    """Compute four features of the real catalogue the plain way, so that a test need not wait for all of them."""
    seen = history.revisions
    beside = grid.left_join(
        seen,
        [grid.customer_id == seen.customer_id, seen.occurred_at < grid.cutoff, seen.known_at < grid.cutoff],
    )
    age = beside.cutoff.epoch_seconds() / 86_400 - beside.occurred_at.epoch_seconds() / 86_400
    is_login, is_order = beside.kind == "login_recorded", beside.kind == "order_placed"
    due = beside.due_at.max(where=beside.kind.isin(["contract_started", "contract_renewed"]))
    return beside.group_by("customer_id", "cutoff").aggregate(
        n_logins_28=(is_login & (age <= 28)).sum().fill_null(0),
        n_logins_364=(is_login & (age <= 364)).sum().fill_null(0),
        days_since_login=age.min(where=is_login),
        n_orders_364=(is_order & (age <= 364)).sum().fill_null(0),
        days_since_order=age.min(where=is_order),
        days_to_contract_end=due.epoch_seconds() / 86_400
        - ibis.ifelse(True, beside.cutoff.max(), None).epoch_seconds() / 86_400,
    )
