"""Outcomes as a manager meets them: monthly figures, a baseline that stays, effects that claim what they know."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from prevenance.demo import generate, react
from prevenance.kit.clock import FixedClock
from prevenance.kit.hashing import share
from prevenance.kit.problems import BrokenPromiseError
from prevenance.outcomes import Arm, compare, effects, measure
from prevenance.records.tables import CUSTOMERS, EVENTS, KPI_VALUES
from prevenance.storage import Lake, Ledger, ledger_tables, open_lake, open_ledger
from prevenance.timeline import read

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
DECIDED = AS_OF - timedelta(days=120)


class Books:
    """A lake and a ledger to fill with a few facts."""

    def __init__(self, folder: Path) -> None:
        self.lake: Lake = open_lake(folder / "lake")
        self.ledger: Ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=FixedClock(AS_OF))

    def ratings(
        self, by_customer: dict[int, list[tuple[datetime, float]]], *, segment: dict[int, str] | None = None
    ) -> None:
        stories = {i: [(at, "rating_given", stars) for at, stars in given] for i, given in by_customer.items()}
        self.events(stories)
        schema = pa.schema([("customer_id", pa.int64()), ("segment", pa.string()), ("known_at", pa.timestamp("us"))])
        known = datetime(2024, 1, 1)  # noqa: DTZ001 - as the lake stores it
        rows = [{"customer_id": i, "segment": (segment or {}).get(i), "known_at": known} for i in by_customer]
        self.lake.replace(CUSTOMERS, pa.Table.from_pylist(rows, schema=schema))

    def events(self, stories: dict[int, list[tuple[datetime, str, float | None]]]) -> None:
        rows = [
            {"customer_id": i, "event_id": f"{i}-{k}", "kind": kind, "subject": f"crm:{i}", "occurred_at": at,
             "known_at": at, "source": "t", "stream": "t", "record_id": f"{i}-{k}", "row_hash": "1",
             "quantity": quantity}
            for i, story in stories.items()
            for k, (at, kind, quantity) in enumerate(story)
        ]  # fmt: skip
        instants = {name: pa.timestamp("us") for name in ("occurred_at", "known_at")}
        types = {"customer_id": pa.int64(), "quantity": pa.float64()} | instants
        names = ["customer_id", "event_id", "kind", "subject", "occurred_at", "known_at", "source", "stream"]
        names += ["record_id", "row_hash", "quantity"]
        schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
        naive = [row | {name: row[name].replace(tzinfo=None) for name in instants} for row in rows]  # type: ignore[attr-defined]  # a datetime
        self.lake.replace(EVENTS, pa.Table.from_pylist(naive, schema=schema))

    def decisions(
        self, arms: dict[int, str], *, play: str = "tutorial", at: datetime = DECIDED, prefix: str = "d"
    ) -> None:
        rows = [
            {"decision_id": f"{prefix}{customer}", "play": play, "kind": "service", "customer_id": customer, "arm": arm,
             "trigger_occurrence": "x", "status": "held_out" if arm == "held_out" else "rejected", "stage": "pilot",
             "channel": "email", "currency": "EUR", "content": {}, "play_version": "1", "as_of": at, "proposed_at": at,
             "updated_at": at}
            for customer, arm in arms.items()
        ]  # fmt: skip
        with self.ledger.begin() as tx:
            tx.execute(ledger_tables.decisions.insert(), rows)

    def measure(self, at: datetime = AS_OF):
        return measure(self.lake, self.ledger, read(self.lake, as_of=at), as_of=at)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.ledger.close()


def day(month: int, of_month: int = 5) -> datetime:
    return datetime(2026, month, of_month, tzinfo=UTC)


def test_a_month_has_its_figure_with_an_interval_and_is_kept_in_the_lake(books: Books) -> None:
    books.ratings({i: [(day(9), 4.0 if i % 2 else 5.0), (day(11), 1.0)] for i in range(1, 13)})
    values = [value for value in books.measure() if value.kpi == "csat"]
    (september,) = values  # November has only begun, October was silent: no figure rather than a zero
    assert (september.month, september.segment, september.n) == (date(2026, 9, 1), "all", 12)
    assert september.value == pytest.approx(4.5)
    assert september.low is not None
    assert september.high is not None
    # Twelve customers, standard deviation 0.5222: Student's 2.201 times 0.1508 on both sides.
    assert (september.low, september.high) == (pytest.approx(4.1682, abs=1e-3), pytest.approx(4.8318, abs=1e-3))
    stored = books.lake.collect(books.lake.read(KPI_VALUES)).to_pylist()
    assert [row["value"] for row in stored if row["kpi"] == "csat"] == [pytest.approx(4.5)]


def test_measuring_again_changes_nothing(books: Books) -> None:
    books.ratings({i: [(day(9), 4.0)] for i in range(1, 13)})
    first = books.measure()
    version, n_audit = books.lake.version(KPI_VALUES), books.ledger.verify_audit().n_entries
    assert books.measure() == first
    assert (books.lake.version(KPI_VALUES), books.ledger.verify_audit().n_entries) == (version, n_audit)


def test_the_baseline_is_frozen_once_and_signed(books: Books) -> None:
    books.ratings({i: [(day(9), 4.0)] for i in range(1, 13)})
    books.measure()
    books.ratings({i: [(day(9), 4.0), (AS_OF + timedelta(days=3), 1.0)] for i in range(1, 13)})
    books.measure(AS_OF + timedelta(days=40))

    with books.ledger.read() as tx:
        (kept,) = tx.execute(
            select(ledger_tables.kpi_baselines).where(ledger_tables.kpi_baselines.c.kpi == "csat")
        ).all()
        trail = ledger_tables.audit_trail
        signed = tx.execute(select(trail.c.detail).where(trail.c.subject == "kpi:csat")).scalars().all()
    assert (kept.value, kept.n, kept.frozen_at) == (4.0, 12, AS_OF)
    assert (kept.starts_on, kept.ends_on) == (datetime(2025, 11, 1, tzinfo=UTC), AS_OF)
    assert [detail["value"] for detail in signed] == [4.0]
    assert books.ledger.verify_audit().is_intact


def test_groups_under_ten_people_are_left_empty_and_cannot_be_worked_out(books: Books) -> None:
    segment = {i: "large" if i <= 25 else "middle" if i <= 40 else "rare" for i in range(1, 45)}
    books.ratings({i: [(day(9), 4.0)] for i in segment}, segment=segment)
    shown = {value.segment: value for value in books.measure() if value.kpi == "csat"}
    assert (shown["all"].n, shown["large"].n) == (44, 25)
    assert shown["rare"].is_suppressed
    assert shown["middle"].is_suppressed  # the whole less the others would have told the four
    assert shown["middle"].value is None


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 15))
@settings(max_examples=200, deadline=None)
def test_what_is_hidden_is_nobody_or_a_group(sizes: list[int], n_without: int) -> None:
    from prevenance.outcomes.measure import _too_small

    cells: list[dict[str, Any]] = [{"segment": f"s{i}", "n_customers": n} for i, n in enumerate(sizes)]
    cells += [{"segment": None, "n_customers": n_without}] if n_without else []
    total = sum(cell["n_customers"] for cell in cells)
    cells.append({"segment": "all", "n_customers": total})
    hidden = _too_small(cells)
    shown = sum(cell["n_customers"] for cell in cells if cell["segment"] not in hidden and cell["segment"] != "all")
    assert all(cell["n_customers"] >= 10 for cell in cells if cell["segment"] not in hidden)
    if "all" not in hidden:
        assert total - shown == 0 or total - shown >= 10


def test_figures_of_the_future_are_refused(books: Books) -> None:
    with pytest.raises(BrokenPromiseError, match="later than the figures"):
        measure(books.lake, books.ledger, read(books.lake, as_of=AS_OF), as_of=AS_OF - timedelta(days=1))


def test_an_effect_sets_everybody_assigned_beside_everybody_held_out(books: Books) -> None:
    treated, held = range(1, 401), range(401, 801)
    books.decisions(dict.fromkeys(treated, "treated") | dict.fromkeys(held, "held_out"))
    left_treated = {i: [(DECIDED + timedelta(days=30), "contract_ended", None)] for i in treated if i % 20 == 0}
    left_held = {i: [(DECIDED + timedelta(days=30), "contract_ended", None)] for i in held if i % 5 == 0}
    too_late = {2: [(DECIDED + timedelta(days=91), "contract_ended", None)]}
    before = {3: [(DECIDED - timedelta(days=1), "contract_ended", None)]}
    books.events({**left_treated, **left_held, **too_late, **before})  # type: ignore[arg-type]  # None is a quantity

    found = {e.outcome: e for e in effects(books.lake, books.ledger, read(books.lake, as_of=AS_OF), as_of=AS_OF)}

    left = found["left"].comparison
    assert (left.n_treated, left.n_held_out) == (400, 400)
    assert (left.treated, left.held_out) == (0.05, 0.2)
    assert left.verdict == "helped"
    assert left.words.en.startswith("It helped: 5.0% against 20.0% in the control group (difference -15.0 points")
    assert found["ordered"].comparison.verdict == "no_difference"
    assert found["rated"].comparison.verdict == "cannot_tell"
    assert found["rated"].comparison.difference is None


def test_decisions_of_the_last_ninety_days_say_nothing_yet(books: Books) -> None:
    books.decisions({1: "treated", 2: "held_out"}, at=AS_OF - timedelta(days=89))
    found = effects(books.lake, books.ledger, read(books.lake, as_of=AS_OF), as_of=AS_OF)
    assert {(e.play, e.comparison.verdict, e.comparison.n_treated) for e in found} == {("tutorial", "cannot_tell", 0)}


def test_a_customer_counts_once_from_his_first_decision(books: Books) -> None:
    books.decisions({1: "treated", 2: "held_out"})
    books.decisions({1: "treated", 2: "held_out"}, at=DECIDED + timedelta(days=10), prefix="again")
    books.events({1: [(DECIDED + timedelta(days=95), "contract_ended", None)]})
    found = {e.outcome: e for e in effects(books.lake, books.ledger, read(books.lake, as_of=AS_OF), as_of=AS_OF)}
    assert (found["left"].comparison.n_treated, found["left"].comparison.treated) == (1, 0.0)


def test_with_200_accounts_an_arm_and_ten_in_a_hundred_leaving_only_large_effects_can_be_seen() -> None:
    few = compare(Arm.of_counts(200, 15), Arm.of_counts(200, 20), better="less", worth_having=0.02)
    assert few.verdict == "cannot_tell"
    assert few.needs is not None
    assert few.needs > 5_000
    assert few.words.fr.startswith("On ne peut pas encore le dire\u00a0: il faut environ ")
    seen = compare(Arm.of_counts(200, 11), Arm.of_counts(200, 28), better="less", worth_having=0.02)  # 8.5 points
    assert seen.verdict == "helped"


@pytest.mark.parametrize(
    ("treated", "better", "verdict"),
    [(480, "less", "harmed"), (480, "more", "helped"), (300, "less", "helped"), (300, "more", "harmed")],
)
def test_the_verdict_knows_which_way_is_better(treated: int, better: Any, verdict: str) -> None:
    found = compare(Arm.of_counts(4000, treated), Arm.of_counts(4000, 390), better=better, worth_having=0.005)
    assert found.verdict == verdict


def test_means_are_compared_too_and_a_shift_that_matters_is_seen() -> None:
    rng = np.random.default_rng(5)
    better = compare(
        Arm.of_values(rng.normal(4.3, 0.7, 800)),
        Arm.of_values(rng.normal(3.9, 0.8, 90)),
        better="more",
        worth_having=0.2,
    )
    assert better.verdict == "helped"
    assert better.difference == pytest.approx(0.4, abs=0.2)
    same = compare(
        Arm.of_values(rng.normal(4.1, 0.7, 2000)),
        Arm.of_values(rng.normal(4.1, 0.7, 800)),
        better="more",
        worth_having=0.2,
    )
    assert same.verdict == "no_difference"


def test_needs_about_so_many_more_keeps_its_word() -> None:
    few = compare(Arm.of_counts(180, 18), Arm.of_counts(20, 2), better="less", worth_having=0.05)
    assert few.needs is not None
    n = 200 + few.needs
    rng = np.random.default_rng(6)
    seen = 0
    for _ in range(400):  # the effect worth having is there: it should be seen in about four of five repetitions
        treated = Arm.of_counts(n * 9 // 10, int(rng.binomial(n * 9 // 10, 0.075)))
        held = Arm.of_counts(n // 10, int(rng.binomial(n // 10, 0.125)))
        seen += compare(treated, held, better="less", worth_having=0.05).verdict in {"helped", "no_difference"}
    assert 0.70 <= seen / 400 <= 0.92


def test_where_there_is_no_effect_one_is_claimed_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(7)
    claims = 0
    for _ in range(1000):
        treated, held = Arm.of_counts(900, int(rng.binomial(900, 0.1))), Arm.of_counts(100, int(rng.binomial(100, 0.1)))
        found = compare(treated, held, better="less", worth_having=0.02)
        claims += found.verdict in {"helped", "harmed"}
    assert claims <= 65  # of 1,000 looks at 95 %


@given(
    n_1=st.integers(1, 3000), n_2=st.integers(1, 300), share_1=st.floats(0, 1), share_2=st.floats(0, 1),
    worth=st.floats(0.005, 0.2),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_a_comparison_is_always_coherent(n_1: int, n_2: int, share_1: float, share_2: float, worth: float) -> None:
    one, two = Arm.of_counts(n_1, round(n_1 * share_1)), Arm.of_counts(n_2, round(n_2 * share_2))
    found = compare(one, two, better="more", worth_having=worth)
    assert found.low is not None
    assert found.high is not None
    assert found.difference is not None
    assert -1 - 1e-9 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1 + 1e-9
    mirrored = compare(two, one, better="less", worth_having=worth)
    assert mirrored.low is not None
    assert math.isclose(-mirrored.low, found.high, abs_tol=1e-9)
    assert mirrored.verdict == found.verdict
    assert (found.needs is None) == (found.verdict != "cannot_tell")


def exposed(truth: Path) -> pa.Table:
    """Return every customer of every month exposed to a call for key accounts or held out, and what became of them."""
    months = pq.read_table(truth / "leaving.parquet")
    ids, cutoffs = months["truth_id"].to_numpy(), months["cutoff"]
    arms = [
        "held_out" if share("seed", str(i), str(at)) < 0.5 else "treated" for i, at in zip(ids, cutoffs, strict=True)
    ]
    table = pa.table({"truth_id": ids, "action": ["call_key_account"] * len(ids), "at": cutoffs, "arm": arms})
    return react(truth, table)


def arm_of(outcomes: pa.Table, arm: str, column: str) -> Arm:
    values = outcomes.filter(pc.equal(outcomes["arm"], arm))[column].to_numpy(zero_copy_only=False).astype(float)
    return Arm.of_counts(len(values), int(values.sum())) if column == "left" else Arm.of_values(values)


@pytest.mark.parametrize("kind", ["no-effect", "standard"])
def test_in_the_practice_company_the_verdict_is_what_the_truth_says(kind: Any, tmp_path: Path) -> None:
    truth = generate(tmp_path / "company", size="small", kind=kind, seed=11).folder / "truth"
    outcomes = exposed(truth)
    left, rated = (
        compare(
            arm_of(outcomes, "treated", column), arm_of(outcomes, "held_out", column), better=better, worth_having=worth
        )
        for column, better, worth in (("left", "less", 0.005), ("satisfaction", "more", 0.05))
    )
    assert left.low is not None
    assert left.high is not None
    assert rated.low is not None
    assert rated.high is not None
    if kind == "no-effect":
        assert left.low <= 0 <= left.high
        assert rated.low <= 0 <= rated.high
        assert {left.verdict, rated.verdict} <= {"no_difference", "cannot_tell"}
    else:
        assert rated.verdict == "helped"
