"""Every rung of the ladder learns, answers with probabilities, explains itself exactly, comes back from its file."""

from pathlib import Path

import numpy as np
import pytest

from prevenance.kit.catalogue import load
from prevenance.models.base import Estimator, Labels, Values
from prevenance.models.calibration import log_odds
from prevenance.models.model_file import SigningKey, publish, restore
from prevenance.models.scores import auc

ESTIMATORS = load("prevenance.models.estimators", Estimator)
ALL = list(ESTIMATORS.values())


@pytest.fixture(scope="module")
def rows() -> tuple[Values, Labels]:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(1_500, 5))
    x[:, 3] = rng.integers(0, 2, 1_500)
    score = 1.5 * x[:, 0] - np.abs(x[:, 1]) + x[:, 3]
    x[rng.random(x.shape) < 0.05] = np.nan
    return x, (rng.random(1_500) < 1 / (1 + np.exp(-score))).astype(np.int8)


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: estimator.name)
def test_it_ranks_rows_that_it_has_not_seen(estimator: Estimator, rows: tuple[Values, Labels]) -> None:
    x, y = rows
    model = estimator.build(0).fit(x[:1_000], y[:1_000])
    assert auc(y[1_000:], model.predict_proba(x[1_000:])[:, 1]) > 0.75


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: estimator.name)
def test_its_answers_are_probabilities_even_when_nothing_is_known(
    estimator: Estimator, rows: tuple[Values, Labels]
) -> None:
    x, y = rows
    answer = estimator.build(0).fit(x, y).predict_proba(np.vstack([x[:20], np.full((1, 5), np.nan)]))
    assert answer.shape == (21, 2)
    assert np.all((answer >= 0) & (answer <= 1))
    assert np.allclose(answer.sum(axis=1), 1)


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: estimator.name)
def test_its_contributions_add_up_to_its_score_exactly(estimator: Estimator, rows: tuple[Values, Labels]) -> None:
    x, y = rows
    model = estimator.build(0).fit(x, y)
    yes = model.predict_proba(x[:50])[:, 1]
    wanted = yes if estimator.name == "random_forest" else log_odds(yes)  # a forest averages probabilities
    assert np.allclose(estimator.explain(model, x[:50]).scores, wanted, atol=1e-6)


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: estimator.name)
def test_the_same_seed_gives_the_same_answers(estimator: Estimator, rows: tuple[Values, Labels]) -> None:
    x, y = rows
    once, again = (estimator.build(3).fit(x, y).predict_proba(x) for _ in range(2))
    assert np.array_equal(once, again)


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: estimator.name)
def test_it_comes_back_from_its_file_with_the_same_answers(
    estimator: Estimator, rows: tuple[Values, Labels], tmp_path: Path
) -> None:
    x, y = rows
    model, key = estimator.build(0).fit(x, y), SigningKey(tmp_path / "signing.key")
    folder = publish(tmp_path, model, estimator, {"model_id": "m", "estimator": estimator.name}, key)
    again, manifest = restore(folder, ESTIMATORS, key)
    assert np.array_equal(model.predict_proba(x), again.predict_proba(x))
    assert manifest["format"] == estimator.file_format


def test_the_ladder_has_a_clear_order() -> None:
    rungs = sorted(estimator.rung for estimator in ALL)
    assert rungs == list(range(1, len(ALL) + 1))


def test_the_simplest_finds_that_a_line_bends() -> None:
    """A risk that is high at both ends is found, although straight lines cannot see it."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-2, 2, size=(4_000, 1))
    y = (rng.random(4_000) < 0.1 + 0.2 * x[:, 0] ** 2).astype(np.int8)
    model = ESTIMATORS["logistic_regression"].build(0).fit(x, y)
    assert auc(y, model.predict_proba(x)[:, 1]) > 0.68
