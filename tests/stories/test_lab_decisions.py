"""An analyst asks whom to contact, what another policy would have earned, and whether decisions are fair."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

from prevenance.cli.face import build
from prevenance.kit.problems import ConfigurationError
from prevenance.models import Lab


def trial(n: int = 4000, effect: float = 0.25, seed: int = 0) -> pa.Table:
    """Return a randomised test in which contact helps those who like it, and a column known only afterwards."""
    rng = np.random.default_rng(seed)
    sent, likes = rng.random(n) < 0.5, rng.random(n) < 0.5
    came = rng.random(n) < 0.1 + effect * sent * likes
    spent = np.where(came & (rng.random(n) < 0.5), rng.gamma(2, 20, n), 0.0)
    return pa.table(
        {
            "email": [f"c{row}@ex.fr" for row in range(n)],
            "aime": np.where(likes, "oui", "non").tolist(),
            "age": rng.integers(18, 80, n),
            "arm": np.where(sent, "courriel", "rien").tolist(),
            "came": came,
            "spent": spent,
        }
    )


ASKED = {"treatment": "arm", "treated": "courriel", "control": "rien", "outcome": "came"}


def test_a_real_effect_is_found_and_ranked_and_what_is_known_afterwards_is_left_out() -> None:
    found = Lab.uplift(trial(), **ASKED, value=10, cost=1)
    data = json.loads(json.dumps(found.to_json()))
    assert data["ate_interval"][0] > 0
    assert data["qini_interval"][0] > 0
    assert [note["column"] for note in data["warnings"]] == ["spent"]
    assert data["uplift_at_30"] > data["ate"] * 1.5
    assert {"n_treated", "share", "incremental_rate", "net_value"} <= set(data["policy"])
    assert 0.3 < data["policy"]["share"] < 0.7, "about half of the people are worth a contact"
    assert "aide" in found.summary("fr")


def test_without_an_effect_nothing_is_claimed() -> None:
    found = Lab.uplift(trial(effect=0.0, seed=3), **ASKED)
    low, high = found.data["ate_interval"]  # type: ignore[misc]  # plain data
    assert low < 0 < high
    assert "No evidence that contact helps" in found.summary("en")
    assert "Rien ne montre que contacter aide" in found.summary("fr")


def test_a_third_arm_must_be_named() -> None:
    rows = trial(200)
    rows = rows.set_column(3, "arm", pa.array((["a", "b", "c"] * 67)[:200]))
    with pytest.raises(ConfigurationError, match="--treated"):
        Lab.uplift(rows, treatment="arm", outcome="came")


def test_hillstrom_reaches_its_published_rates_and_qini(shared_data: Path) -> None:  # fmt: skip
    table = str(shared_data / "hillstrom" / "hillstrom.parquet")
    command = ["lab", "uplift", table, "--treatment", "segment", "--treated", "Womens E-Mail"]
    ran = CliRunner().invoke(build(), [*command, "--control", "No E-Mail", "--outcome", "visit", "--json"])
    assert ran.exit_code == 0, ran.output
    data = json.loads(ran.stdout)
    assert data["treated_rate"] == pytest.approx(0.1514, abs=5e-5)
    assert data["control_rate"] == pytest.approx(0.1062, abs=5e-5)
    assert data["qini"] >= 0.0036
    assert {note["column"] for note in data["warnings"]} == {"conversion", "spend"}


def log(n: int = 6000, seed: int = 0) -> pa.Table:
    """Return decisions of a policy that mostly does nothing, where calling earns more."""
    rng = np.random.default_rng(seed)
    called = rng.random(n) < 0.2
    earned = (rng.random(n) < np.where(called, 0.3, 0.1)) * 1.0
    chance = np.where(called, 0.2, 0.8)
    return pa.table(
        {"did": np.where(called, "call", "wait").tolist(), "earned": earned, "p": chance, "always_call": called * 1.0}
    )


def test_a_policy_that_never_ran_is_valued_within_its_interval() -> None:
    found = Lab.evaluate_policy(log(), action="did", reward="earned", propensity="p", target_policy="always_call").data
    for estimate in ("ips", "snips", "dr"):
        low, high = found[estimate]["interval"]  # type: ignore[index]  # plain data
        assert low < 0.3 < high, estimate
        assert high - low < 0.1
    assert 1000 < found["effective_sample_size"] < 1500  # type: ignore[operator]  # plain data


def test_a_propensity_of_zero_is_refused() -> None:
    rows = log(100)
    broken = rows.set_column(2, "p", pa.array(np.zeros(100)))
    with pytest.raises(ConfigurationError, match="probabilities above 0"):
        Lab.evaluate_policy(broken, action="did", reward="earned", propensity="p", target_policy="always_call")


def test_the_thompson_policy_lies_in_each_interval(shared_data: Path) -> None:
    logs = shared_data / "open_bandit"
    found = Lab.evaluate_policy(
        logs / "random_all.parquet", action="item_id", reward="click", propensity="propensity_score",
        target_policy=logs / "bts_all.parquet", by=("position",),
    ).data  # fmt: skip
    true = float(np.mean(pq.read_table(logs / "bts_all.parquet")["click"].to_numpy()))
    for estimate in ("ips", "snips", "dr"):
        low, high = found[estimate]["interval"]  # type: ignore[index]  # plain data
        assert low < true < high, estimate


def test_fairness_equals_a_plain_computation() -> None:
    rng = np.random.default_rng(1)
    n = 3000
    group, label = rng.choice(["a", "b", "c"], n), rng.random(n) < 0.4
    decision = rng.random(n) < np.where(group == "a", 0.6, 0.3) * (0.5 + label)
    rows = pa.table({"g": group.tolist(), "oui": np.where(decision, "Oui", "Non").tolist(), "y": label})
    data = Lab.fairness(rows, decision="oui", label="y", group="g").data
    for name in "abc":
        mine = group == name
        seen = data["groups"][name]  # type: ignore[index]  # plain data
        assert seen["n"] == mine.sum()
        assert seen["selection_rate"] == pytest.approx(decision[mine].mean())
        assert seen["tpr"] == pytest.approx(decision[mine & label].mean())
        assert seen["fpr"] == pytest.approx(decision[mine & ~label].mean())
        assert seen["fnr"] == pytest.approx(1 - decision[mine & label].mean())
        assert seen["calibration"] == pytest.approx(label[mine & decision].mean())
    assert "not met" in data["verdicts"]["four_fifths"]["en"]  # type: ignore[index]  # plain data
    low, high = data["differences"]["selection_rate"]["interval"]  # type: ignore[index]  # plain data
    assert 0 < low < high


def test_fairness_on_adult_equals_an_independent_computation(shared_data: Path) -> None:
    """Data sheet: logistic regression, 70/30 stratified, seed 0: men 0.262, women 0.077 selected; TPR 0.610, 0.506."""
    people = pq.read_table(shared_data / "adult" / "adult.parquet").to_pandas()
    y = people["salary_>50K"].astype(int)
    x = people.drop(columns=["salary_>50K", "salary_<=50K"]).astype(float)
    learn, later = train_test_split(np.arange(len(y)), test_size=0.3, random_state=0, stratify=y)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000)).fit(x.iloc[learn], y.iloc[learn])
    said, true = model.predict(x.iloc[later]), y.iloc[later].to_numpy()
    sex = np.where(people["sex_Male"].iloc[later] == 1, "men", "women")
    data = Lab.fairness(
        pa.table({"said": said, "true": true, "sex": sex}), decision="said", label="true", group="sex"
    ).data
    for group in ("men", "women"):
        own = sex == group
        assert data["groups"][group]["n"] == own.sum()
        assert data["groups"][group]["selection_rate"] == pytest.approx(said[own].mean(), abs=1e-12)
        assert data["groups"][group]["tpr"] == pytest.approx(said[own & (true == 1)].mean(), abs=1e-12)
        assert data["groups"][group]["fpr"] == pytest.approx(said[own & (true == 0)].mean(), abs=1e-12)
    assert data["groups"]["men"]["selection_rate"] == pytest.approx(0.262, abs=0.006)
    assert data["groups"]["women"]["selection_rate"] == pytest.approx(0.077, abs=0.006)
    assert data["groups"]["men"]["tpr"] == pytest.approx(0.610, abs=0.02)
    assert data["groups"]["women"]["tpr"] == pytest.approx(0.506, abs=0.03)
    low, high = data["differences"]["selection_rate"]["interval"]
    assert low < 0.185 < high
