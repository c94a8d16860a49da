"""Say what each customer will buy next, from past baskets: the lab's `next`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_columns import days_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Positions, Values

_FEWEST_BASKETS = 5  # of a customer: four to learn from, one to be judged by
_POPULAR = 60  # items everybody is also offered
_LATELY = (3, 10)
_TAUGHT = (2, 3)  # the baskets learned from, counted from the end
_LEAD = Words(
    fr="Les {k} produits proposés contiennent {recall} du prochain panier, contre {popular} en proposant à tous les "
    "mêmes et {habit} en proposant les plus fréquents de chacun ({n} clients).",
    en="The {k} products suggested hold {recall} of the next basket, against {popular} when everybody is offered the "
    "same and {habit} when each is offered his most frequent ones ({n} customers).",
)


@dataclass(frozen=True)
class _Baskets:
    """Holds which item was in which basket; baskets are numbered in time within each customer."""

    customers: tuple[str, ...]
    items: tuple[str, ...]
    customer: Positions
    basket: Positions  # 0 is a customer's first
    item: Positions
    day: Values
    n_baskets: Positions  # by customer


@dataclass(frozen=True)
class _Pairs:
    """Holds customers and items that may come together again, with what is known of each pair before a basket."""

    customer: Positions
    item: Positions
    figures: Values


def next_table(
    table: Path | pa.Table,
    *,
    customer: str,
    basket: str,
    time: str,
    item: str,
    k: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> Findings:
    """Rank for each customer what his next basket will hold, and judge it by his last one.

    Pairs of a customer and an item are ranked by boosted trees on how often, how regularly and how lately the item was
    bought, by him and by everybody. They learn from the basket before the last; the last judges.

    Args:
        table: one row an item of a basket.
        customer: the column that says who bought.
        basket: the column that says in which basket.
        time: the column that says when.
        item: the column that says what.
        k: how many items are suggested.
        seed: fixes chance.
        progress: hears how the work goes on.

    Raises:
        ConfigurationError: a column is missing, or no customer has five baskets.

    Example:
        >>> rows = [(c, f"{c}-{b}", f"2026-{b + 1:02}-01", f"i{c % 3}") for c in range(60) for b in range(6)]
        >>> columns = dict(zip(("who", "basket", "on", "what"), map(list, zip(*rows)), strict=True))
        >>> found = next_table(pa.table(columns), customer="who", basket="basket", time="on", item="what", k=1)
        >>> found.data["recall_at_k"]
        1.0
    """
    import lightgbm

    progress = progress or SilentProgress()
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, customer, basket, time, item)
    log = _baskets(rows, customer, basket, time, item)
    judged = np.flatnonzero(log.n_baskets >= _FEWEST_BASKETS)
    if not len(judged):
        message = f"No customer has {_FEWEST_BASKETS} baskets. Bring a longer past."
        raise ConfigurationError(message, column=customer)
    progress.step("next", 3)
    taught, answers = _lessons(log, judged)
    progress.advance()
    settings = {
        "objective": "binary", "learning_rate": 0.06, "num_leaves": 31, "min_data_in_leaf": 100,
        "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": seed, "deterministic": True,
        "force_row_wise": True, "num_threads": 2, "verbosity": -1,
    }  # fmt: skip
    model: Any = lightgbm.train(settings, lightgbm.Dataset(taught, label=answers), num_boost_round=250)
    progress.advance()
    asked = _pairs(log, judged, 1)
    score = np.asarray(model.predict(asked.figures, num_threads=2), dtype=np.float64)
    progress.advance()
    bought = _is_bought(log, asked, 1)
    at = (log.basket == (log.n_baskets - 1)[log.customer]) & np.isin(log.customer, judged)
    size = np.bincount(log.customer[at], minlength=len(log.customers))
    share, count = asked.figures[:, -1], asked.figures[:, 0]
    ways = {"": score, "popularity_": share, "habit_": count + share}
    data: dict[str, object] = {"task": "next", "customers": len(judged), "items": len(log.items), "k": k}
    for name, ranking in ways.items():
        top = _top(asked, ranking, k)
        scores = _scores(bought[top], asked.customer[top], size, judged, k)
        data |= {f"{name}{key}": value for key, value in scores.items()}
    chosen = _top(asked, score, k)
    suggested = pa.table(
        {
            "customer": [log.customers[c] for c in asked.customer[chosen]],
            "item": [log.items[i] for i in asked.item[chosen]],
            "probability": score[chosen],
        }
    )

    def lead(lang: Language) -> dict[str, str]:
        shares = {"recall": "recall_at_k", "popular": "popularity_recall_at_k", "habit": "habit_recall_at_k"}
        said = {key: percent(float(str(data[name])), lang, 1) for key, name in shares.items()}
        return {"k": number(k, lang), "n": number(len(judged), lang), **said}

    title = Said(fr="Ce que chaque client achètera", en="What each customer will buy")
    return Findings(title, data, (Said.of(_LEAD, lead),), suggested)


def _baskets(rows: pa.Table, customer: str, basket: str, time: str, item: str) -> _Baskets:
    days = days_of(rows[time], also=("%Y%m%d",))
    if days is None:
        raise ConfigurationError(f"The column {time!r} holds no days.", column=time)
    words = {
        name: rows[name].cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False)
        for name in (customer, basket, item)
    }
    known = (words[customer] != "") & (words[basket] != "") & (words[item] != "") & ~np.isnan(days)
    customers, who = np.unique(words[customer][known].astype(str), return_inverse=True)
    items, what = np.unique(words[item][known].astype(str), return_inverse=True)
    _, which = np.unique(words[basket][known].astype(str), return_inverse=True)
    day = days[known]
    # One row a (customer, basket, item); a basket is as old as its first row.
    n_which = int(which.max(initial=0)) + 1
    pairs, place = np.unique(who.astype(np.int64) * n_which + which, return_inverse=True)
    begun = np.full(len(pairs), np.inf)
    np.minimum.at(begun, place, day)
    order = np.lexsort((pairs, begun, pairs // n_which))
    owner = (pairs // n_which)[order]
    n_baskets = np.bincount(owner, minlength=len(customers))
    starts = np.concatenate([[0], np.cumsum(n_baskets)[:-1]])
    number_of = np.empty(len(pairs), dtype=np.int64)
    number_of[order] = np.arange(len(pairs)) - starts[owner]
    bought = np.unique(np.column_stack([who, number_of[place], what]), axis=0)
    at = begun[order][starts[bought[:, 0]] + bought[:, 1]]
    return _Baskets(
        tuple(customers.tolist()), tuple(items.tolist()), bought[:, 0], bought[:, 1], bought[:, 2], at, n_baskets
    )


def _lessons(log: _Baskets, customers: Positions) -> tuple[Values, Values]:
    """Return the pairs before each of the last few baskets but the last, and whether they came together in it."""
    figures, answers = [], []
    for ahead in _TAUGHT:
        long_enough = customers[log.n_baskets[customers] >= _FEWEST_BASKETS + ahead - 2]
        pairs = _pairs(log, long_enough, ahead)
        figures.append(pairs.figures)
        answers.append(_is_bought(log, pairs, ahead))
    return np.vstack(figures), np.concatenate(answers)


def _pairs(log: _Baskets, customers: Positions, ahead: int) -> _Pairs:
    """Return every pair worth ranking before a customer's last basket (`ahead` 1) or the one before that (2)."""
    is_asked = np.zeros(len(log.customers), dtype=bool)
    is_asked[customers] = True
    until = log.n_baskets - ahead
    before = is_asked[log.customer] & (log.basket < until[log.customer])
    customer, basket, item, day = log.customer[before], log.basket[before], log.item[before], log.day[before]
    n_items = len(log.items)
    share = np.bincount(item, minlength=n_items) / max(before.sum(), 1)
    popular = np.argsort(-share, kind="stable")[:_POPULAR]
    key = customer * n_items + item
    offered = (customers[:, None] * n_items + popular[None, :]).ravel()
    pairs, place = np.unique(np.concatenate([key, offered]), return_inverse=True)
    mine, n = place[: len(key)], len(pairs)
    who, what = pairs // n_items, pairs % n_items
    count = np.bincount(mine, minlength=n).astype(np.float64)
    now = np.full(len(log.customers), -np.inf)
    at = log.basket == np.minimum(until, log.n_baskets - 1)[log.customer]
    np.maximum.at(now, log.customer[at], log.day[at])
    first, last = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first, mine, day)
    np.maximum.at(last, mine, day)
    newest = np.full(n, -1.0)
    np.maximum.at(newest, mine, basket)
    baskets = until[who].astype(np.float64)
    since = np.where(count > 0, now[who] - last, np.nan)
    pace = np.where(count > 1, (last - first) / np.maximum(count - 1, 1), np.nan)
    lately = [np.bincount(mine, weights=(basket >= until[customer] - window), minlength=n) for window in _LATELY]
    buyers = np.bincount(what[count > 0], minlength=n_items).astype(np.float64)
    loyalty = np.bincount(what, weights=np.maximum(count - 1, 0), minlength=n_items) / np.maximum(buyers, 1)
    size = np.bincount(customer, minlength=len(log.customers))[who] / np.maximum(baskets, 1)
    figures = np.column_stack([
        count, count / np.maximum(baskets, 1), *lately, since, np.where(count > 0, baskets - newest, np.nan), pace,
        since / np.maximum(pace, 0.5), baskets, size, loyalty[what], buyers[what], share[what],
    ])  # fmt: skip
    return _Pairs(who, what, figures)


def _is_bought(log: _Baskets, pairs: _Pairs, ahead: int) -> Values:
    at = log.basket == (log.n_baskets - ahead)[log.customer]
    bought = log.customer[at] * len(log.items) + log.item[at]
    return np.isin(pairs.customer * len(log.items) + pairs.item, bought).astype(np.float64)


def _top(pairs: _Pairs, score: Values, k: int) -> Positions:
    """Return the rows of the best k items of each customer, best first."""
    order = np.lexsort((pairs.item, -score, pairs.customer))
    owner = pairs.customer[order]
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return order[rank < k]


def _scores(is_hit: Values, owner: Positions, size: Positions, judged: Positions, k: int) -> dict[str, float]:
    """Return recall, precision and hit rate at k, each a mean over customers."""
    hits = np.bincount(owner, weights=is_hit, minlength=len(size))[judged]
    return {
        "recall_at_k": float((hits / np.maximum(size[judged], 1)).mean()),
        "precision_at_k": float((hits / k).mean()),
        "hit_at_k": float((hits > 0).mean()),
    }
