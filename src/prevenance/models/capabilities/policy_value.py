"""Say what another policy would have earned, from logged decisions: the lab's `evaluate-policy`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_columns import as_numbers, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number
from prevenance.models.base import Positions, Values

_DRAWS = 1000
_TRUST = 100  # decisions that effectively tell about the other policy, below which a person should wait
_LEAD = Words(
    fr="L’autre politique aurait rapporté {value} par décision ({low} à {high}), contre {logged} pour celle suivie.",
    en="The other policy would have earned {value} per decision ({low} to {high}), against {logged} as it was.",
)
_SIZE = Words(
    fr="{rows} décisions en valent {effective} pour juger cette politique.",
    en="{rows} decisions are worth {effective} for judging this policy.",
)
_THIN = Words(
    fr="C’est trop peu : les deux politiques se ressemblent trop peu, attendez d’autres décisions.",
    en="That is too few: the two policies are too unlike, wait for more decisions.",
)


@dataclass(frozen=True)
class _Log:
    """Holds logged decisions: which action (numbered), what it earned, and how probable it was under both policies."""

    action: Positions
    reward: Values
    propensity: Values
    target: Values
    everywhere: Values  # the target policy's probability of each action, a row a decision


def evaluate_policy_table(
    table: Path | pa.Table,
    *,
    action: str,
    reward: str,
    propensity: str,
    target_policy: Path | pa.Table | str,
    by: tuple[str, ...] = (),
    seed: int = 0,
) -> Findings:
    """Estimate the mean reward of a policy that did not make the logged decisions.

    Inverse propensity (IPS), its self-normalised form (SNIPS; Swaminathan and Joachims 2015) and the doubly robust
    estimate (Dudík et al. 2011), each with a 95 % interval from 1,000 samples of the decisions.

    Args:
        table: one row a decision.
        action: the column that says what was done.
        reward: the column that says what it earned.
        propensity: the column that says how probable that action was when it was logged.
        target_policy: a column with the other policy's probability of the logged action, or a log of its own decisions,
            from which its probabilities are counted.
        by: with a log, columns within which its actions are counted apart, such as the place on a page.
        seed: fixes chance.

    Raises:
        ConfigurationError: a column is missing or holds no probabilities.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> shown = rng.integers(0, 2, 4000)
        >>> clicked = rng.random(4000) < 0.1 + 0.2 * shown
        >>> log = pa.table({"shown": shown, "clicked": clicked, "p": np.full(4000, 0.5), "always_one": shown * 1.0})
        >>> ask = {"action": "shown", "reward": "clicked", "propensity": "p"}
        >>> low, high = evaluate_policy_table(log, **ask, target_policy="always_one").data["snips"]["interval"]
        >>> low < 0.3 < high
        True
    """
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, action, reward, propensity, *by)
    log = _log(rows, action, reward, propensity, target_policy, by)
    weight = log.target / log.propensity
    model = _expected(log, np.random.default_rng(seed))
    mine = np.take_along_axis(model, log.action[:, None], axis=1)[:, 0]
    terms = {
        "ips": weight * log.reward,
        "dr": (log.everywhere * model).sum(axis=1) + weight * (log.reward - mine),
    }
    rng = np.random.default_rng(seed)
    counts = [np.bincount(rng.integers(0, len(weight), len(weight)), minlength=len(weight)) for _ in range(_DRAWS)]
    found: dict[str, object] = {name: _estimate(values, np.ones_like(values), counts) for name, values in terms.items()}
    found["snips"] = _estimate(weight * log.reward, weight, counts)
    effective = float(weight.sum() ** 2 / max((weight**2).sum(), 1e-300))
    data: dict[str, object] = {
        "task": "evaluate-policy",
        "rows": len(weight),
        "actions": log.everywhere.shape[1],
        "logged_value": float(log.reward.mean()),
        **{name: found[name] for name in ("ips", "snips", "dr")},
        "effective_sample_size": effective,
        "mean_weight": float(weight.mean()),
    }
    return _told(data, pa.table({"weight": weight, **terms}))


def _log(
    rows: pa.Table, action: str, reward: str, propensity: str, policy: Path | pa.Table | str, by: tuple[str, ...]
) -> _Log:  # fmt: skip
    chances, rewards = _numbers(rows, propensity), _rewards(rows, reward)
    if not ((chances > 0) & (chances <= 1)).all():
        message = f"The column {propensity!r} must hold probabilities above 0, at most 1. Log them with each decision."
        raise ConfigurationError(message, column=propensity)
    words = [str(word) for word in words_of(rows[action])]
    if isinstance(policy, str) and policy in rows.column_names:
        names, numbers = np.unique(words, return_inverse=True)
        target = _numbers(rows, policy)
        everywhere = np.zeros((len(words), len(names)))
        everywhere[np.arange(len(words)), numbers] = target
        # What is not known of other actions is shared among them as the log shows them.
        share = np.bincount(numbers, minlength=len(names)) / len(words)
        others = np.where(everywhere > 0, 0.0, share[None, :])
        others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-12)
        everywhere += others * (1 - target)[:, None]
        return _Log(numbers, rewards, chances, target, everywhere)
    log = read_table(Path(policy)) if isinstance(policy, str | Path) else policy
    needed(log, action, *by)
    other = [str(word) for word in words_of(log[action])]
    names, numbers = np.unique(words + other, return_inverse=True)
    places, where = np.unique(_keys(rows, by) + _keys(log, by), return_inverse=True)
    counted = np.zeros((len(places), len(names)))
    np.add.at(counted, (where[len(words):], numbers[len(words):]), 1.0)  # fmt: skip
    totals = counted.sum(axis=1, keepdims=True)
    overall = counted.sum(axis=0) / max(counted.sum(), 1)
    everywhere = np.where(totals > 0, counted / np.maximum(totals, 1), overall)[where[: len(words)]]
    mine = numbers[: len(words)]
    return _Log(mine, rewards, chances, everywhere[np.arange(len(mine)), mine], everywhere)


def _keys(rows: pa.Table, by: tuple[str, ...]) -> list[str]:
    columns = [words_of(rows[name]) for name in by]
    return ["|".join(map(str, values)) for values in zip(*columns, strict=True)] if by else [""] * rows.num_rows


def _numbers(rows: pa.Table, column: str) -> Values:
    values = as_numbers(rows[column])
    if values is None or np.isnan(values).any():
        raise ConfigurationError(f"The column {column!r} must hold a number in every row.", column=column)
    return values


def _rewards(rows: pa.Table, column: str) -> Values:
    words = [(word or "").lower() for word in words_of(rows[column])]
    if set(words) <= {"yes", "no", "true", "false", "oui", "non"}:
        return np.array([float(word in {"yes", "true", "oui"}) for word in words])
    return _numbers(rows, column)


def _expected(log: _Log, rng: np.random.Generator) -> Values:
    """Return what each action is expected to earn, learned on the other half; rare actions lean on all."""
    halves = rng.random(len(log.reward)) < 0.5
    model = np.empty_like(log.everywhere)
    for mine in (halves, ~halves):
        n = np.bincount(log.action[~mine], minlength=model.shape[1])
        earned = np.bincount(log.action[~mine], weights=log.reward[~mine], minlength=model.shape[1])
        mean = log.reward[~mine].mean() if (~mine).any() else 0.0
        model[mine] = (earned + 50 * mean) / (n + 50)
    return model


def _estimate(above: Values, below: Values, counts: list[Positions]) -> dict[str, object]:
    draws = [float((count * above).sum() / max((count * below).sum(), 1e-300)) for count in counts]
    low, high = np.quantile(draws, [0.025, 0.975])
    return {"value": float(above.sum() / max(below.sum(), 1e-300)), "interval": [float(low), float(high)]}


def _told(data: dict[str, object], rows: pa.Table) -> Findings:
    robust, effective = data["dr"], data["effective_sample_size"]
    assert isinstance(robust, dict)
    assert isinstance(effective, float)

    def values(lang: Language) -> dict[str, str]:
        low, high = robust["interval"]
        amounts = {"value": robust["value"], "low": low, "high": high, "logged": data["logged_value"]}
        return {key: number(amount, lang, 5) for key, amount in amounts.items()}

    def sizes(lang: Language) -> dict[str, str]:
        return {"rows": number(rows.num_rows, lang), "effective": number(round(effective), lang)}

    said = [Said.of(_LEAD, values), Said.of(_SIZE, sizes)]
    if effective < _TRUST:
        said.append(Said.of(_THIN))
    title = Said(fr="Ce qu’une autre politique aurait rapporté", en="What another policy would have earned")
    return Findings(title, data, tuple(said), rows)
