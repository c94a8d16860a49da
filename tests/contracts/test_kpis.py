"""Every KPI keeps to its card: words, unit, direction; undefined is not zero; the interval contains the known truth."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from prevenance.kit.catalogue import load
from prevenance.kit.shares import wilson
from prevenance.outcomes.base import Kpi, KpiSettings, Observed
from prevenance.outcomes.intervals import Sums, newcombe, proportion, ratio
from prevenance.outcomes.measure import summarise
from prevenance.storage import open_lake
from prevenance.timeline import read

KPIS = load("prevenance.outcomes.kpis", Kpi)
NOTHING = Sums(0, 0, 0, 0, 0, 0)


def test_the_kpis_of_the_promise_are_there() -> None:
    assert set(KPIS) >= {
        "csat", "first_contact_resolution", "churn", "cost_per_ticket", "cross_sell_success", "tickets_per_customer",
        "time_to_resolution", "renewal_rate",
    }  # fmt: skip


@pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda kpi: kpi.name)
def test_a_kpi_says_in_both_languages_what_it_counts(kpi: Kpi) -> None:
    assert kpi.words.fr != kpi.words.en
    for text in (kpi.words.fr, kpi.words.en):
        assert "churn" not in text.lower()
        assert "'" not in text
    assert (kpi.unit == "share") == (kpi.bounds == (0.0, 1.0))


@pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda kpi: kpi.name)
def test_an_empty_denominator_is_undefined_not_zero(kpi: Kpi) -> None:
    found = summarise(kpi, NOTHING)
    assert (found.value, found.low, found.high) == (None, None, None)


@pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda kpi: kpi.name)
def test_a_company_without_a_single_event_has_no_figure(kpi: Kpi, tmp_path: Path, clock: object) -> None:
    now: datetime = clock.now()  # type: ignore[attr-defined]  # the fixture's FixedClock
    lake = open_lake(tmp_path)
    rows = kpi.observe(Observed(read(lake, as_of=now), KpiSettings(cost_per_hour=Decimal(30))))
    assert rows is not None
    assert lake.count(rows) == 0


@pytest.mark.parametrize("kpi", KPIS.values(), ids=lambda kpi: kpi.name)
def test_another_definition_has_another_fingerprint(kpi: Kpi) -> None:
    assert kpi.definition(KpiSettings()) != kpi.definition(KpiSettings(cost_per_hour=Decimal(30)))


def sums_of(x: np.ndarray, y: np.ndarray) -> Sums:
    return Sums(x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum(), len(x))


def test_the_interval_of_a_share_contains_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(1000):
        x = (rng.random(80) < 0.07).astype(float)
        found = proportion(sums_of(x, np.ones(80)))
        hits += found.low <= 0.07 <= found.high  # type: ignore[operator]  # defined here
    assert 925 <= hits <= 985


def test_customers_who_ask_often_do_not_narrow_the_interval_of_their_tickets() -> None:
    rng = np.random.default_rng(2)
    hits = naive_hits = 0
    for _ in range(1000):  # 60 customers with ten tickets each, whose own rates lie far apart around 0.5
        solved = rng.binomial(10, rng.beta(1, 1, 60)).astype(float)
        found = proportion(sums_of(solved, np.full(60, 10.0)))
        hits += found.low <= 0.5 <= found.high  # type: ignore[operator]  # defined here
        low, high = wilson(solved.sum(), 600)
        naive_hits += low <= 0.5 <= high
    assert 925 <= hits <= 975
    assert naive_hits < 800  # what treating tickets as independent would have claimed


def test_the_interval_of_a_ratio_contains_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(1000):
        n = rng.poisson(3, 60) + 1.0
        x = n * rng.gamma(4, 2, 60)  # hours: 8 each on average, customer by customer
        found = ratio(sums_of(x, n))
        hits += found.low <= 8 <= found.high  # type: ignore[operator]  # defined here
    assert 915 <= hits <= 975


def test_the_interval_of_a_difference_contains_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(2000):  # nine treated for one held out, as a hold-out of ten per cent leaves them
        low, high = newcombe(int(rng.binomial(450, 0.10)), 450, int(rng.binomial(50, 0.16)), 50)
        hits += low <= -0.06 <= high
    assert 1850 <= hits <= 1970
