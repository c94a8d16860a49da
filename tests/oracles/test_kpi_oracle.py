"""KPIs counted a second time, slowly and obviously, from the same events one by one."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from prevenance.kit.clock import FixedClock
from prevenance.outcomes import KpiSettings, KpiValue, measure
from prevenance.records.tables import CUSTOMERS, EVENTS
from prevenance.storage import Lake, open_lake, open_ledger
from prevenance.timeline import read

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 1)  # noqa: DTZ001 - as the lake stores it
FIRST = datetime(2025, 6, 1)  # noqa: DTZ001 - as the lake stores it
COST = KpiSettings(cost_per_hour=Decimal(30), minutes_per_message=10)

N = 220

Observation = tuple[int, date, float, float]  # customer, month, numerator, denominator


class Event(NamedTuple):
    customer_id: int
    kind: str
    at: datetime
    object_id: str | None = None
    label: str | None = None
    quantity: float | None = None
    due_at: datetime | None = None


def month(at: datetime) -> date:
    return date(at.year, at.month, 1)


def months() -> list[date]:
    return [date(2024 + (7 + k) // 12, (7 + k) % 12 + 1, 1) for k in range(27)]  # August 2024 to October 2026


def after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


class Inventor:
    """Invents seventeen months of customers' lives, and some events of after the cutoff."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def events(self, n_customers: int) -> list[Event]:
        told = [self.tickets, self.ratings, self.orders, self.contracts]
        return [event for customer in range(1, n_customers + 1) for tell in told for event in tell(customer)]

    def some_day(self) -> datetime:
        return FIRST + timedelta(days=int(self.rng.integers(0, 560)), hours=int(self.rng.integers(0, 24)))

    def tickets(self, customer: int) -> Iterator[Event]:
        for k in range(self.rng.poisson(6)):
            ticket, opened = f"t{customer}-{k}", self.some_day()
            solved = opened + timedelta(hours=float(self.rng.exponential(60)))
            yield Event(customer, "ticket_opened", opened, ticket)
            for _ in range(self.rng.poisson(1.2)):
                yield Event(customer, "message_sent", opened + (solved - opened) * self.rng.random() * 1.2, ticket)
                yield Event(customer, "message_received", opened + (solved - opened) * self.rng.random() * 1.2, ticket)
            if self.rng.random() < 0.9:
                hours = (solved - opened).total_seconds() / 3600
                yield Event(customer, "ticket_solved", solved, ticket, quantity=hours)
            if self.rng.random() < 0.3:
                yield Event(customer, "ticket_reopened", solved + timedelta(days=self.rng.random() * 14), ticket)

    def ratings(self, customer: int) -> Iterator[Event]:
        for _ in range(self.rng.poisson(3)):
            yield Event(customer, "rating_given", self.some_day(), "s", quantity=float(self.rng.integers(0, 7)))

    def orders(self, customer: int) -> Iterator[Event]:
        for k in range(self.rng.poisson(8)):
            product = f"product {self.rng.integers(0, 9)}"
            yield Event(customer, "order_placed", self.some_day(), f"o{k}", label=product)

    def contracts(self, customer: int) -> Iterator[Event]:
        start = FIRST - timedelta(days=int(self.rng.integers(0, 300)))
        for term in range(int(self.rng.integers(0, 5))):
            due = start + timedelta(days=int(self.rng.integers(60, 300)))
            kind, contract = "contract_renewed" if term else "contract_started", f"c{customer}-{term}"
            yield Event(customer, kind, start, contract, due_at=due if self.rng.random() < 0.8 else None)
            if self.rng.random() < 0.35:
                yield Event(customer, "contract_ended", start + (due - start) * self.rng.random(), contract)
            start = due + timedelta(days=int(self.rng.integers(-5, 40)))


def stored(lake: Lake, events: list[Event], n_customers: int) -> None:
    rows = [
        {
            "customer_id": e.customer_id, "event_id": f"e{i}", "kind": e.kind, "subject": f"crm:{e.customer_id}",
            "occurred_at": e.at, "known_at": e.at, "source": "t", "stream": "t", "record_id": str(i), "row_hash": "1",
            "object_id": e.object_id, "label": e.label, "quantity": e.quantity, "due_at": e.due_at,
        }
        for i, e in enumerate(events)
    ]  # fmt: skip
    lake.replace(EVENTS, pa.Table.from_pylist(rows))
    since = pa.timestamp("us")
    people = [
        {
            "customer_id": i,
            "customer_kind": "account",
            "name": f"C{i}",
            "segment": f"segment {i % 3}",
            "known_at": FIRST,
        }
        for i in range(1, n_customers + 1)
    ]
    schema = pa.schema(
        [(k, since if k == "known_at" else pa.int64() if k == "customer_id" else pa.string()) for k in people[0]]
    )
    lake.replace(CUSTOMERS, pa.Table.from_pylist(people, schema=schema))


# ------------------------------------------------------------------ the slow way


def naive_csat(events: list[Event]) -> Iterator[Observation]:
    for e in events:
        if e.kind == "rating_given" and e.quantity is not None and 1 <= e.quantity <= 5:
            yield e.customer_id, month(e.at), e.quantity, 1


def naive_first_contact_resolution(events: list[Event]) -> Iterator[Observation]:
    tickets: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for e in events:
        if e.object_id and (e.kind.startswith("ticket_") or e.kind.startswith("message_")):
            tickets[e.customer_id, e.object_id].append(e)
    for (customer, _), story in tickets.items():
        solved = [e.at for e in story if e.kind == "ticket_solved"]
        if not solved or min(solved) + timedelta(days=7) > UNTIL:
            continue
        at = min(solved)
        answered = min((e.at for e in story if e.kind == "message_sent"), default=at)
        again = any(e.kind == "message_received" and answered < e.at <= at for e in story)
        reopened = any(e.kind == "ticket_reopened" and at <= e.at <= at + timedelta(days=7) for e in story)
        yield customer, month(at), float(not again and not reopened), 1


def naive_churn(events: list[Event]) -> Iterator[Observation]:
    stories: dict[int, list[Event]] = defaultdict(list)
    for e in events:
        if e.kind.startswith("contract_"):
            stories[e.customer_id].append(e)
    for customer, story in stories.items():
        for day in months():
            if runs(story, day):
                yield customer, day, float(not runs(story, after(day))), 1


def runs(story: list[Event], day: date) -> bool:
    """Say whether any contract of a customer runs at the first instant of a month."""
    at = datetime(day.year, day.month, 1)  # noqa: DTZ001 - as the lake stores it
    for term in story:
        if term.kind != "contract_ended" and term.at < at:
            over = [e.at for e in story if e.kind == "contract_ended" and e.object_id == term.object_id]
            over += [term.due_at + timedelta(days=14)] if term.due_at else []
            if not over or min(over) >= at:
                return True
    return False


def naive_renewal_rate(events: list[Event]) -> Iterator[Observation]:
    for e in events:
        if e.kind in {"contract_renewed", "contract_ended"}:
            yield e.customer_id, month(e.at), float(e.kind == "contract_renewed"), 1


def naive_time_to_resolution(events: list[Event]) -> Iterator[Observation]:
    for e in events:
        if e.kind == "ticket_solved" and e.quantity is not None:
            yield e.customer_id, month(e.at), e.quantity, 1


def naive_tickets_per_customer(events: list[Event]) -> Iterator[Observation]:
    alive: dict[int, set[date]] = defaultdict(set)
    opened: dict[tuple[int, date], int] = defaultdict(int)
    for e in events:
        alive[e.customer_id].add(month(e.at))
        opened[e.customer_id, month(e.at)] += e.kind == "ticket_opened"
    for customer, lived in alive.items():
        present: set[date] = set()
        for day in lived:
            for _ in range(12):
                present.add(day)
                day = after(day)  # noqa: PLW2901 - walks on from the month of life
        for day in present:
            yield customer, day, opened[customer, day], 1


def naive_cost_per_ticket(events: list[Event]) -> Iterator[Observation]:
    for e in events:
        if e.kind == "message_sent":
            yield e.customer_id, month(e.at), 5.0, 0
        elif e.kind == "ticket_opened":
            yield e.customer_id, month(e.at), 0.0, 1


def naive_cross_sell_success(events: list[Event]) -> Iterator[Observation]:
    orders = sorted((e for e in events if e.kind == "order_placed"), key=lambda e: e.at)
    bought: dict[tuple[int, date], set[str]] = defaultdict(set)
    for e in orders:
        bought[e.customer_id, month(e.at)].add(str(e.label))
    for (customer, day), labels in bought.items():
        earlier = {label for (who, when), old in bought.items() if who == customer and when < day for label in old}
        if earlier:
            yield customer, day, float(bool(labels - earlier)), 1


NAIVE = {
    "churn": naive_churn,
    "cost_per_ticket": naive_cost_per_ticket,
    "cross_sell_success": naive_cross_sell_success,
    "csat": naive_csat,
    "first_contact_resolution": naive_first_contact_resolution,
    "renewal_rate": naive_renewal_rate,
    "tickets_per_customer": naive_tickets_per_customer,
    "time_to_resolution": naive_time_to_resolution,
}


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return Inventor(np.random.default_rng(7)).events(N)


@pytest.fixture(scope="module")
def measured(events: list[Event], tmp_path_factory: pytest.TempPathFactory) -> tuple[KpiValue, ...]:
    folder = tmp_path_factory.mktemp("kpis")
    lake = open_lake(folder / "lake")
    stored(lake, events, N)
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=FixedClock(AS_OF))
    return measure(lake, ledger, read(lake, as_of=AS_OF), as_of=AS_OF, settings=COST)


@pytest.mark.parametrize("kpi", sorted(NAIVE))
def test_every_month_equals_a_naive_count(kpi: str, events: list[Event], measured: tuple[KpiValue, ...]) -> None:
    past = [e for e in events if e.at < UNTIL]
    sums: dict[date, list[Any]] = defaultdict(lambda: [0.0, 0.0, 0, set()])
    for customer, day, numerator, denominator in NAIVE[kpi](past):
        if day < date(2026, 11, 1):
            cell = sums[day]
            cell[0] += numerator
            cell[1] += denominator
            cell[2] += 1
            cell[3].add(customer)

    found = {value.month: value for value in measured if value.kpi == kpi and value.segment == "all"}

    assert set(found) == set(sums)
    n_shown = 0
    for day, (numerator, denominator, n, customers) in sums.items():
        value = found[day]
        assert value.is_suppressed == (len(customers) < 10), day
        if value.is_suppressed:
            assert (value.value, value.low, value.high, value.n) == (None, None, None, None)
            continue
        n_shown += 1
        assert value.n == n, day
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert math.isclose(value.value, numerator / denominator, rel_tol=1e-9), day
        assert value.low <= value.value <= value.high
    assert n_shown >= 8


def test_the_list_of_kpis_has_a_naive_twin_each(measured: tuple[KpiValue, ...]) -> None:
    assert {value.kpi for value in measured} == set(NAIVE)
