"""Recompute the features slowly and obviously, from lists of facts, and compare."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.moments import AT, by_key, event, grid, moment

from prevenance.features import active_grid, compute

Fact = Mapping[str, Any]
CUTOFFS = [AT - timedelta(153), AT - timedelta(123), AT - timedelta(109), AT - timedelta(61), AT]
KINDS = [
    *["login_recorded"] * 4, *["feature_used"] * 2, *["ticket_opened"] * 2, *["ticket_solved"] * 2,
    "usage_measured", "error_raised", "crash_reported", "ticket_reopened", "rating_given", "invoice_issued",
    "payment_received", "order_placed", "order_delivered", "contract_started", "contract_renewed", "contract_ended",
    "plan_changed", "member_added", "maintenance_done", "project_started", "project_completed", "message_received",
    "outreach_sent",
]  # fmt: skip
LABELS = ["seats", "storage_gb", "export", "api"]
YEAR = 364


# --- the slow way ---


def known(facts: Sequence[Fact], cutoff: datetime) -> list[Fact]:
    """Return what counts at a cutoff: occurred before, known before, not yet superseded."""
    return [
        f
        for f in facts
        if f["occurred_at"] < cutoff
        and f["known_at"] < cutoff
        and (f.get("superseded_at") is None or f["superseded_at"] >= cutoff)
    ]


class Slow:
    """Computes each feature from the facts that count, one list comprehension at a time."""

    def __init__(self, facts: Sequence[Fact], cutoff: datetime) -> None:
        self.cutoff = cutoff
        self.facts = known(facts, cutoff)

    def of(self, kinds: str, days: int = 10**6, skip: int = 0) -> list[Fact]:
        """Return the facts of some kinds from `days` to `skip` days ago."""
        wanted = kinds.split()
        return [f for f in self.facts if f["kind"] in wanted and skip < self.age(f) <= days]

    def age(self, fact: Fact) -> int:
        """Return whole days from a fact's day to the cutoff."""
        return (self.cutoff.date() - fact["occurred_at"].date()).days

    def n(self, kinds: str, days: int = 10**6, skip: int = 0) -> int:
        return len(self.of(kinds, days, skip))

    def since(self, kinds: str) -> int | None:
        return min((self.age(f) for f in self.of(kinds)), default=None)

    def days(self, kinds: str, days: int = 10**6) -> int:
        return len({f["occurred_at"].date() for f in self.of(kinds, days)})

    def newest(self, kinds: str, value: str, days: int = 10**6, skip: int = 0, label: str | None = None) -> Any:
        said = [f for f in self.of(kinds, days, skip) if f.get(value) is not None and label in (None, f["label"])]
        return max(said, key=place_of)[value] if said else None

    def open(self, opening: str, closing: str) -> int:
        """Return how many objects were opened last, of those opened at all."""
        still = set()
        for thing in {f["object_id"] for f in self.of(opening)}:
            opened = max(f["occurred_at"] for f in self.of(opening) if f["object_id"] == thing)
            closed = [f["occurred_at"] for f in self.of(closing) if f["object_id"] == thing]
            if not closed or opened > max(closed):
                still.add(thing)
        return len(still)


def place_of(fact: Fact) -> tuple[Any, ...]:
    """Return what orders facts of one customer: the instant, then what they say, unknown last."""
    words = (fact["kind"], fact["label"])
    numbers = ((fact[name] is None, fact[name] or 0) for name in ("quantity", "limit_quantity", "amount"))
    return (fact["occurred_at"], fact["known_at"], *words, *numbers, (fact["due_at"] is None, fact["due_at"] or AT))


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def over(above: float, below: float) -> float | None:
    return above / below if below else None


def line(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the least-squares slope, undefined without two different places."""
    if len({x for x, _ in points}) < 2:
        return None
    middle_x, middle_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _ in points)


def is_late(fact: Fact) -> bool:
    return fact.get("due_at") is not None and fact["occurred_at"].date() > fact["due_at"].date()


def late_days(fact: Fact) -> int:
    return (fact["occurred_at"].date() - fact["due_at"].date()).days if is_late(fact) else 0


def slow(facts: Sequence[Fact], everybody: Sequence[Fact], cutoff: datetime) -> dict[str, Any]:
    """Return the features of one customer at one cutoff."""
    s = Slow(facts, cutoff)
    return {**usage(s, Slow(everybody, cutoff)), **help_given(s), **money(s), **bonds(s)}


def usage(s: Slow, everybody: Slow) -> dict[str, Any]:
    logins = Counter(s.age(f) for f in s.of("login_recorded", 56))
    used, others = ({f["label"] for f in side.of("feature_used", 84)} for side in (s, everybody))
    days = Counter(f["occurred_at"].date() for f in s.of("error_raised", 14))
    habit = Counter(f["occurred_at"].hour // 4 for f in s.of("login_recorded", 98, 14))
    recent = [f["occurred_at"].hour // 4 for f in s.of("login_recorded", 14)]
    rare = [part for part in recent if habit[part] < 0.05 * habit.total()]
    seats, before = (
        s.newest("usage_measured", "quantity", label="seats"),
        s.newest("usage_measured", "quantity", 112, 28, "seats"),
    )
    limit = s.newest("usage_measured", "limit_quantity", label="seats")
    return {
        **{f"n_logins_{d}": s.n("login_recorded", d) for d in (7, 28, 84, YEAR)},
        "n_logins_before_28": s.n("login_recorded", 56, 28),
        "n_feature_uses_ahead_last_year": s.n("feature_used", 364, 336),
        "n_active_days_28": s.days("login_recorded", 28),
        "n_active_days_84": s.days("login_recorded", 84),
        "days_since_login": s.since("login_recorded"),
        "login_trend": over(s.n("login_recorded", 28), s.n("login_recorded", 56, 28)),
        # x runs towards the cutoff, so the slope is that of the days; 49 makes weeks of both axes
        "login_slope": 49 * (line([(-age, logins[age]) for age in range(1, 57)]) or 0.0),
        "n_feature_uses_28": s.n("feature_used", 28),
        "n_features_used_84": len(used),
        "n_features_unused_84": len(others - used),
        "n_errors_worst_day_14": max(days.values(), default=0),
        "n_crashes_84": s.n("crash_reported", 84),
        "unusual_hours_rate": over(len(rare), len(recent)) if habit.total() >= 20 else None,
        "seats_limit_rate": over(seats, limit) if seats is not None and limit else None,
        "seats_growth": None if seats is None or not before else seats / before - 1,
        **{f"n_members_added_{d}": sum(f["quantity"] for f in s.of("member_added", d)) for d in (28, 84, YEAR)},
    }


def help_given(s: Slow) -> dict[str, Any]:
    ratings = s.of("rating_given", YEAR)
    slope = line([(f["occurred_at"].toordinal(), f["quantity"]) for f in ratings])
    return {
        **{f"n_tickets_{d}": s.n("ticket_opened", d) for d in (7, 28, 84, YEAR)},
        "n_tickets_reopened_84": s.n("ticket_reopened", 84),
        "n_tickets_open": s.open("ticket_opened ticket_reopened", "ticket_solved"),
        "n_ticket_topics_84": len({f["label"] for f in s.of("ticket_opened", 84)}),
        "resolution_hours_84": mean([f["quantity"] for f in s.of("ticket_solved", 84)]),
        "days_since_ticket": s.since("ticket_opened"),
        "rating_mean_84": mean([f["quantity"] for f in s.of("rating_given", 84)]),
        "rating_mean_364": mean([f["quantity"] for f in ratings]),
        "rating_last": s.newest("rating_given", "quantity"),
        "rating_slope": None if slope is None else 28 * slope,
        "n_low_ratings_84": len([f for f in s.of("rating_given", 84) if f["quantity"] <= 2]),
        "n_messages_received_28": s.n("message_received", 28),
    }


def money(s: Slow) -> dict[str, Any]:
    paid = s.of("payment_received", YEAR)
    due = [f for f in s.of("invoice_issued payment_received") if f["due_at"] and f["due_at"].date() < s.cutoff.date()]
    owed = sum(f["amount"] * (1 if f["kind"] == "invoice_issued" else -1) for f in due)
    bought = sorted({f["occurred_at"].date() for f in s.of("order_placed")})
    to_last = (bought[-1] - bought[0]).days if bought else None
    return {
        "n_invoices_84": s.n("invoice_issued", 84),
        "invoiced_amount_364": sum(f["amount"] for f in s.of("invoice_issued", YEAR)),
        "n_late_payments_364": len([f for f in paid if is_late(f)]),
        "late_payment_rate_364": over(len([f for f in paid if is_late(f)]), len(paid)),
        "mean_days_late_364": mean([late_days(f) for f in paid]),
        "amount_overdue": max(0, owed),
        "n_orders_ever": s.n("order_placed"),
        "order_amount_84": sum(f["amount"] for f in s.of("order_placed", 84)),
        "order_value_mean": over(sum(f["amount"] for f in s.of("order_placed")), len(bought)),
        "n_order_days": len(bought),
        "days_first_to_last_order": to_last,
        "days_since_first_order": (s.cutoff.date() - bought[0]).days if bought else None,
        "days_between_orders": over(to_last, len(bought) - 1) if bought else None,
        "n_products_84": len({f["label"] for f in s.of("order_placed", 84)}),
        "late_delivery_rate_364": over(
            len([f for f in s.of("order_delivered", YEAR) if is_late(f)]), s.n("order_delivered", YEAR)
        ),
        "days_since_late_delivery": min((s.age(f) for f in s.of("order_delivered") if is_late(f)), default=None),
    }


def bonds(s: Slow) -> dict[str, Any]:
    begun, ended = s.of("contract_started contract_renewed"), s.of("contract_ended")
    last_begun = max((f["occurred_at"] for f in begun), default=None)
    last_ended = max((f["occurred_at"] for f in ended), default=None)
    runs = last_begun is not None and (last_ended is None or last_ended <= last_begun)
    end = s.newest("contract_started contract_renewed", "due_at")
    return {
        "has_contract": int(runs),
        "days_to_contract_end": (end.date() - s.cutoff.date()).days if runs and end else None,
        "monthly_fee": s.newest("contract_started contract_renewed plan_changed", "amount") if runs else None,
        "n_renewals": s.n("contract_renewed"),
        "n_contracts_ended": len(ended),
        "n_projects_running": s.open("project_started", "project_completed"),
        "n_projects_completed_84": s.n("project_completed", 84),
        "days_to_maintenance": next_due(s),
        "n_maintenance_364": s.n("maintenance_done", YEAR),
    }


def next_due(s: Slow) -> int | None:
    newest: dict[str, tuple[date, date]] = {}
    for f in s.of("maintenance_done"):
        if f["due_at"] is not None:
            said = (f["occurred_at"].date(), f["due_at"].date())
            newest[f["object_id"]] = max(said, newest.get(f["object_id"], said))
    return min(((due - s.cutoff.date()).days for _, due in newest.values()), default=None)


# --- histories ---


def fact(kind: str, days: int, hours: float, late: int, stood: int | None, **said: Any) -> dict[str, Any]:
    """Return one fact: often at midnight, perhaps known late, superseded, or later than the last cutoff."""
    occurred_at = AT + timedelta(days=days, hours=hours)
    known_at = occurred_at + timedelta(days=late)
    superseded_at = None if stood is None else known_at + timedelta(days=stood)
    due_at = None if said["due"] is None else occurred_at + timedelta(days=said.pop("due"))
    said.pop("due", None)
    times = {"occurred_at": occurred_at, "known_at": known_at, "superseded_at": superseded_at, "due_at": due_at}
    return {"kind": kind, **times, **said}


def facts() -> st.SearchStrategy[dict[str, Any]]:
    """Draw facts of all kinds over a year and a half."""
    return st.builds(
        fact,
        kind=st.sampled_from(KINDS),
        days=st.integers(-520, 10),
        hours=st.sampled_from([0, 0, 3, 13, 23.9999]),
        late=st.sampled_from([0, 0, 0, 0, 1, 20, 70]),
        stood=st.sampled_from([None, None, None, None, 0, 1, 40, 90]),
        label=st.sampled_from(LABELS),
        object_id=st.sampled_from(["A", "B", "C"]),
        quantity=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]),
        limit_quantity=st.sampled_from([None, 4.0, 10.0]),
        amount=st.integers(1, 100),
        due=st.sampled_from([None, -20, 0, 15, 40]),
    )


HISTORIES = st.lists(st.lists(facts(), min_size=1, max_size=60), min_size=12, max_size=20)
# One query judges some twenty lives, so few examples are many lives; shrinking would take hours and is left out.
UNHURRIED = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    print_blob=False,
)


def numbered(histories: Sequence[Sequence[Fact]]) -> list[list[dict[str, Any]]]:
    """Give each fact of each history its customer and its id."""
    return [
        [event(customer * 1000 + place, customer, **fact) for place, fact in enumerate(history)]
        for customer, history in enumerate(histories, start=1)
    ]


def same(fast: Any, slowly: Any) -> bool:
    if fast is None or slowly is None:
        return fast is None and slowly is None
    return math.isclose(fast, slowly, rel_tol=1e-9, abs_tol=1e-9)


@UNHURRIED
@given(HISTORIES)
def test_features_equal_a_slow_recomputation(histories: list[list[dict[str, Any]]]) -> None:
    lives = numbered(histories)
    everybody = [fact for life in lives for fact in life]
    fast = by_key(compute(moment(everybody), grid(range(1, len(lives) + 1), CUTOFFS)))
    wrong = [
        (customer, cutoff.date(), name, fast[customer, cutoff][name], value)
        for customer, life in enumerate(lives, start=1)
        for cutoff in CUTOFFS
        for name, value in slow(life, everybody, cutoff).items()
        if not same(fast[customer, cutoff][name], value)
    ]
    assert not wrong, wrong[:10]


@UNHURRIED
@given(HISTORIES, st.lists(facts(), min_size=5, max_size=40))
def test_adding_later_facts_changes_no_earlier_feature(
    histories: list[list[dict[str, Any]]], later: list[dict[str, Any]]
) -> None:
    before = [fact for life in numbered(histories) for fact in life]
    learnt_at = max(CUTOFFS[2], *(fact["occurred_at"] for fact in later)) if later else CUTOFFS[2]
    news = [
        event(10**5 + place, 1 + place % len(histories), **{**fact, "known_at": learnt_at, "superseded_at": None})
        for place, fact in enumerate(later)
    ]
    earlier = [cutoff for cutoff in CUTOFFS if cutoff <= learnt_at]
    rows = grid(range(1, len(histories) + 1), earlier)
    assert by_key(compute(moment(before + news), rows)) == by_key(compute(moment(before), rows))


@UNHURRIED
@given(HISTORIES)
def test_a_replay_and_another_order_give_the_same_features(histories: list[list[dict[str, Any]]]) -> None:
    everything = [fact for life in numbered(histories) for fact in life]
    rows = grid(range(1, len(histories) + 1), CUTOFFS)
    assert by_key(compute(moment(everything), rows)) == by_key(compute(moment(everything[::-1]), rows))


@UNHURRIED
@given(HISTORIES)
def test_the_other_customers_and_cutoffs_of_a_grid_change_nothing(histories: list[list[dict[str, Any]]]) -> None:
    timeline = moment([fact for life in numbered(histories) for fact in life])
    alone = by_key(compute(timeline, grid([1], [CUTOFFS[3]])))
    among = by_key(compute(timeline, grid(range(1, len(histories) + 1), CUTOFFS)))
    differing = {
        name: (value, among[key][name])
        for key, row in alone.items()
        for name, value in row.items()
        if not same(value, among[key][name])
    }
    assert not differing


@UNHURRIED
@given(HISTORIES)
def test_the_active_customers_equal_a_slow_recomputation(histories: list[list[dict[str, Any]]]) -> None:
    lives = numbered(histories)
    expected = set()
    for customer, life in enumerate(lives, start=1):
        for cutoff in CUTOFFS:
            s = Slow([fact for fact in life if fact["kind"] != "outreach_sent"], cutoff)
            year = [f for f in s.facts if s.age(f) <= YEAR]
            ended = [f["occurred_at"] for f in year if f["kind"] == "contract_ended"]
            begun = ("contract_started", "contract_renewed", "order_placed")
            back = [f["occurred_at"] for f in year if f["kind"] in begun]
            if year and (not ended or (back and max(back) >= max(ended))):
                expected.add((customer, cutoff))
    found = active_grid(moment([fact for life in lives for fact in life]), CUTOFFS).to_pyarrow().to_pylist()
    assert {(row["customer_id"], row["cutoff"]) for row in found} == expected
    assert len(found) == len(expected)
