"""Say how often customers will buy again, who has silently left, and what they are worth: the lab's `value`."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_columns import as_numbers, days_of, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number
from prevenance.models.base import Positions, Values
from prevenance.models.capabilities.purchase_process import BetaGeometric, GammaGamma, Purchases
from prevenance.models.scores import auc

_FEWEST = 50
_EARLIER = (1 / 3, 4 / 9, 5 / 9)  # shares of the known time that are hidden, so that who bought again can be learned
_LEAD = Words(
    fr="{n} clients ; sur {days} jours, {total} achats attendus, et {alive} clients sont encore là.",
    en="{n} customers; over {days} days {total} purchases are expected, and {alive} customers are still there.",
)
_HELD = Words(
    fr="Jugé sur les {days} jours suivants : qui rachète, AUC {auc} ; achats à {mae} près en moyenne (règle simple, "
    "« comme avant » : AUC {plain}, {plain_mae}).",
    en="Judged on the {days} days after: who buys again, AUC {auc}; purchases within {mae} on average (plain rule, "
    "“as before”: AUC {plain}, {plain_mae}).",
)
_UNJUDGED = Words(
    fr="Les données s’arrêtent avant la fin de l’horizon : rien ne permet encore de juger.",
    en="The data end before the horizon does: nothing can be judged yet.",
)


@dataclass(frozen=True)
class _Log:
    """Holds purchase days: customer (numbered), day, amount spent that day."""

    names: tuple[str, ...]
    customer: Positions
    day: Positions
    amount: Values | None


@dataclass(frozen=True)
class _State:
    """Holds what was known of each customer at one day."""

    customer: Positions
    seen: Purchases
    mean_amount: Values | None
    last_amount: Values | None
    first_day: int


def value_table(
    table: Path | pa.Table,
    *,
    customer: str,
    time: str,
    until: date | str,
    horizon: int,
    amount: str | None = None,
    seed: int = 0,
) -> Findings:
    """Fit how customers buy and leave up to a day, and say what the days after will bring.

    Counts by BG/NBD (Fader, Hardie and Lee 2005), amounts by Gamma-Gamma (Fader and Hardie 2013). Who buys at all is
    ranked by a logistic regression on the same figures and these models, taught on earlier days whose sequel is known.

    Args:
        table: one row a purchase; purchases of one customer on one day count once.
        customer: the column that says who bought.
        time: the column that says when.
        until: the last day that may be looked at.
        horizon: the days after it, for which the answer is given and, where the table goes that far, judged.
        amount: the column that says for how much.
        seed: fixes chance; nothing here is drawn, it is there for all commands of the lab.

    Raises:
        ConfigurationError: a column is missing or holds no days, or there are too few customers.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> who = np.repeat(np.arange(300), 8)
        >>> when = np.datetime64("2026-01-01") + rng.integers(0, 300, len(who))
        >>> bought = pa.table({"who": who, "when": when})
        >>> value_table(bought, customer="who", time="when", until="2026-07-01", horizon=60).data["model"]
        'BG/NBD'
    """
    del seed
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, customer, time, amount)
    log = _log(rows, customer, time, amount)
    last = _day(until)
    state = _state(log, last)
    if len(state.customer) < _FEWEST:
        message = (
            f"Only {len(state.customer)} customers bought by {until}. Bring at least {_FEWEST}, or a later --until."
        )
        raise ConfigurationError(message, column=customer)
    weeks = horizon / 7
    model = BetaGeometric.fit(state.seen)
    expected = model.expected(state.seen, weeks)
    again = _buys_again(log, state, last, model, weeks)
    worth = _worth(state, expected)
    data: dict[str, object] = {
        "task": "value",
        "customers": len(state.customer),
        "model": "BG/NBD",
        "parameters": {"r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b},
        "log_likelihood": model.log_likelihood,
        "expected_purchases": float(expected.sum()),
        "expected_alive": float(model.is_alive(state.seen).sum()),
    }
    judged = _judged(log, state, last, horizon, expected, again)
    data |= judged
    columns = {
        "customer": [log.names[at] for at in state.customer],
        "frequency": state.seen.frequency,
        "alive_probability": model.is_alive(state.seen),
        "expected_purchases": expected,
        "buys_again_probability": again,
    }
    if worth is not None:
        columns["expected_value"] = worth
        data["expected_value"] = float(worth.sum())
    return _told(data, pa.table(columns), horizon)


def _log(rows: pa.Table, customer: str, time: str, amount: str | None) -> _Log:
    days = days_of(rows[time], also=("%Y%m%d",))
    if days is None:
        message = f"The column {time!r} holds no days. Bring days such as 2026-03-31, 31/03/2026 or 20260331."
        raise ConfigurationError(message, column=time)
    names = words_of(rows[customer])
    amounts = None if amount is None else as_numbers(rows[amount])
    if amount is not None and amounts is None:
        raise ConfigurationError(f"The column {amount!r} holds no amounts.", column=amount)
    known = np.array([name is not None for name in names]) & ~np.isnan(days)
    found, who = np.unique(np.array([str(name) for name in names])[known], return_inverse=True)
    key, place = np.unique(who.astype(np.int64) * 10**6 + days[known].astype(np.int64), return_inverse=True)
    spent: Values | None = None
    if amounts is not None:
        spent = np.bincount(place, weights=np.nan_to_num(amounts[known]), minlength=len(key)).astype(np.float64)
    return _Log(tuple(map(str, found)), key // 10**6, key % 10**6, spent)


def _day(until: date | str) -> int:
    try:
        day = until if isinstance(until, date) else date.fromisoformat(until)
    except ValueError as failure:
        raise ConfigurationError(f"{until!r} is no day. Write it as 2026-03-31.", until=str(until)) from failure
    return (day - date(1970, 1, 1)).days


def _state(log: _Log, last: int) -> _State:
    """Add up what was known at the end of a day; the log is in the order of customers and days."""
    seen = log.day <= last
    customer, day = log.customer[seen], log.day[seen]
    who, first_at, n = np.unique(customer, return_index=True, return_counts=True)
    last_at = first_at + n - 1
    age = (last - day[first_at]) / 7
    figures = Purchases((n - 1).astype(np.float64), (day[last_at] - day[first_at]) / 7, age)
    if log.amount is None:
        return _State(who, figures, None, None, int(day.min(initial=last)))
    spent = log.amount[seen]
    # The first purchase is left out of the mean: who buys again is judged by what he buys again (Fader and Hardie).
    repeat = np.add.reduceat(spent, first_at) - spent[first_at] if len(who) else spent
    mean = np.divide(repeat, n - 1, out=spent[first_at].copy(), where=n > 1)
    return _State(who, figures, mean, spent[last_at], int(day.min(initial=last)))


def _columns(state: _State, model: BetaGeometric, weeks: float) -> Values:
    frequency, recency, age = state.seen
    columns = [
        np.log1p(frequency), np.log1p((age - recency) * 7), age, recency, (frequency == 0) * 1.0,
        np.log(model.expected(state.seen, weeks) + 1e-3), model.is_alive(state.seen),
    ]  # fmt: skip
    if state.mean_amount is not None and state.last_amount is not None:
        columns += [np.log1p(np.maximum(state.mean_amount, 0)), np.log1p(np.maximum(state.last_amount, 0))]
    return np.column_stack(columns)


def _buys_again(log: _Log, state: _State, last: int, model: BetaGeometric, weeks: float) -> Values:
    """Return the probability that a customer buys at all, learned from earlier days whose sequel is known."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows, answers = [], []
    for share in _EARLIER:
        hidden = round((last - state.first_day) * share)
        earlier = _state(log, last - hidden)
        if hidden >= 1 and len(earlier.customer) >= _FEWEST:
            then = BetaGeometric.fit(earlier.seen)
            rows.append(_columns(earlier, then, hidden / 7))
            answers.append(_bought(log, earlier, last - hidden, hidden) > 0)
    if not rows or len(set(np.concatenate(answers).tolist())) < 2:
        return model.buys_again(state.seen, weeks)
    learner: Any = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)
    )  # scikit-learn has no types
    learner.fit(np.vstack(rows), np.concatenate(answers))
    return np.asarray(learner.predict_proba(_columns(state, model, weeks))[:, 1], dtype=np.float64)


def _bought(log: _Log, state: _State, last: int, days: int) -> Values:
    after = (log.day > last) & (log.day <= last + days)
    counts = np.bincount(log.customer[after], minlength=len(log.names))
    return counts[state.customer].astype(np.float64)


def _worth(state: _State, expected: Values) -> Values | None:
    if state.mean_amount is None:
        return None
    repeat = (state.seen.frequency > 0) & (state.mean_amount > 0)
    if repeat.sum() < _FEWEST:
        return expected * float(state.mean_amount.mean())
    model = GammaGamma.fit(state.seen.frequency[repeat], state.mean_amount[repeat])
    return expected * model.expected(state.seen.frequency, state.mean_amount)


def _judged(
    log: _Log, state: _State, last: int, horizon: int, expected: Values, again: Values
) -> dict[str, object]:  # fmt: skip
    if int(log.day.max(initial=0)) < last + horizon // 2:
        return {"mae": None, "auc_any": None, "spearman": None, "baseline": None}
    from scipy.stats import spearmanr

    bought = _bought(log, state, last, horizon)
    any_ = (bought > 0).astype(np.int8)
    before = state.seen.frequency
    return {
        "mae": float(np.abs(expected - bought).mean()),
        "rmse": float(np.sqrt(((expected - bought) ** 2).mean())),
        "auc_any": auc(any_, again),
        "auc_any_of_expected": auc(any_, expected),
        "spearman": float(spearmanr(expected, bought).statistic),
        "baseline": {
            "name": "same count",
            "mae": float(np.abs(before - bought).mean()),
            "auc_any": auc(any_, before),
        },
    }


def _told(data: dict[str, object], rows: pa.Table, horizon: int) -> Findings:
    def lead(lang: Language) -> dict[str, str]:
        amounts = {"n": data["customers"], "total": data["expected_purchases"], "alive": data["expected_alive"]}
        return {
            "days": number(horizon, lang),
            **{key: number(round(float(str(v))), lang) for key, v in amounts.items()},
        }

    def held(lang: Language) -> dict[str, str]:
        plain = data["baseline"]
        assert isinstance(plain, dict)
        amounts = {"auc": data["auc_any"], "mae": data["mae"], "plain": plain["auc_any"], "plain_mae": plain["mae"]}
        return {"days": number(horizon, lang), **{key: number(float(str(v)), lang, 3) for key, v in amounts.items()}}

    said = (Said.of(_LEAD, lead), Said.of(_UNJUDGED) if data["mae"] is None else Said.of(_HELD, held))
    title = Said(fr="Ce que les clients achèteront", en="What customers will buy")
    return Findings(title, data, said, rows)
