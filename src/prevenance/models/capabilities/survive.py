"""Say how long machines or customers will last, from the histories of others: the lab's `survive`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_columns import as_numbers, days_of, recognise, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number
from prevenance.models.base import Labels, Positions, Values
from prevenance.models.scores import Flags, auc, average_precision

_FEWEST_UNITS = 10
_FARTHEST = 0.6  # of the median life: farther ahead, signs of wear say nothing yet, and lives are learned as that long
_SPANS = (5, 15)
_LEAD = Words(
    fr="{n} unités jugées : sur les paires, {pairs} sont dans le bon ordre ; vie restante à {rmse} près.",
    en="{n} units judged: of the pairs, {pairs} stand in the right order; remaining life within {rmse}.",
)
_WITHIN = Words(
    fr="Fin dans les {within} à venir : AUC {auc}, précision moyenne {ap}, Brier {brier}.",
    en="End within the next {within}: AUC {auc}, average precision {ap}, Brier {brier}.",
)
_UNJUDGED = Words(fr="{n} unités ; trop peu d’issues pour juger.", en="{n} units; too few ends to judge by.")


@dataclass(frozen=True)
class _Histories:
    """Holds rows of units in the order of unit and time."""

    units: tuple[str, ...]
    unit: Positions
    time: Values
    event: Labels
    figures: Values
    names: tuple[str, ...]

    @property
    def last(self) -> Positions:
        """Return the place of each unit's last row."""
        return np.flatnonzero(np.append(self.unit[1:] != self.unit[:-1], True))


def survive_table(
    table: Path | pa.Table,
    *,
    unit: str,
    time: str,
    event: str | None = None,
    test: Path | pa.Table | None = None,
    truth: Path | pa.Table | None = None,
    within: int = 30,
    seed: int = 0,
) -> Findings:
    """Learn from histories how long units last, and say it of each unit's last row.

    Boosted trees learn the remaining life of units that ended, up to a limit beyond which nothing shows yet, and
    whether the end comes within so many steps; a unit that has not ended teaches only the steps it is known to have
    survived (censoring). Without a test table, five folds of whole units judge.

    Args:
        table: one row a unit and moment, with what was measured.
        unit: the column that names the unit.
        time: the column that orders its rows, in the steps in which life is counted.
        event: the column that says in which row a unit ended; without it every unit ends with its last row.
        test: histories of other units, cut off before they end.
        truth: one row a unit of the test, in its order or with its name: how long it lasted from there.
        within: how many steps ahead the end is asked for.
        seed: fixes chance.

    Raises:
        ConfigurationError: a column is missing, or fewer than ten units ended.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> lives = rng.integers(60, 120, 40)
        >>> rows = [(u, t, (t / life) ** 2 + rng.normal(0, 0.05)) for u, life in enumerate(lives) for t in range(life)]
        >>> wear = pa.table(dict(zip(("machine", "day", "heat"), map(list, zip(*rows, strict=True)), strict=True)))
        >>> survive_table(wear, unit="machine", time="day", within=20).data["concordance"] > 0.8
        True
    """
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, unit, time, event)
    columns = _measured(rows, {unit, time, *([event] if event else [])})
    past = _histories(rows, unit, time, event, columns)
    ended = {int(u) for u in past.unit[past.event == 1]}
    if len(ended) < _FEWEST_UNITS:
        message = (
            f"Only {len(ended)} units ended. Bring at least {_FEWEST_UNITS}: how long others last is learned from them."
        )
        raise ConfigurationError(message, column=event or unit)
    if test is not None:
        other = read_table(test) if isinstance(test, Path) else test
        needed(other, unit, time)
        asked = _histories(other, unit, time, event if event in other.column_names else None, columns)
        life, chance = _learned(past, within, seed)(asked)
        at = asked.last
        names, life, chance = [asked.units[u] for u in asked.unit[at]], life[at], chance[at]
        true = None if truth is None else _truth(truth, unit, names)
        observed = None if true is None else np.ones(len(true), dtype=np.int8)
        soon = None if true is None else (true <= within).astype(np.int8)
        rated = chance
    else:
        names, life, chance, true, observed, soon, rated = _by_folds(past, within, seed)
    data: dict[str, object] = {
        "task": "survive",
        "units": len(past.units),
        "ended": len(ended),
        "estimator": "gradient_boosting",
        "within": within,
        "concordance": None,
        "rmse": None,
        "auc_within": None,
        "average_precision_within": None,
        "brier_within": None,
    }
    if true is not None and observed is not None and len(true) > 1:
        known = observed == 1
        data["concordance"] = _concordance(true, observed, life)
        if known.any():
            data["rmse"] = float(np.sqrt(((life[known] - true[known]) ** 2).mean()))
            data["baseline"] = {"name": "mean remaining life", "rmse": float(true[known].std())}
    if soon is not None and 0 < soon.sum() < len(soon):
        data["auc_within"] = auc(soon, rated)
        data["average_precision_within"] = average_precision(soon, rated)
        data["brier_within"] = float(((rated - soon) ** 2).mean())
    kept = pa.table({"unit": names, "remaining_life": life, "ends_within_probability": chance})
    return _told(data, kept, within)


def _measured(rows: pa.Table, aside: set[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name in rows.column_names
        if name not in aside and recognise(name, rows[name]) in ("number", "flag", "category")
    )


def _histories(rows: pa.Table, unit: str, time: str, event: str | None, columns: tuple[str, ...]) -> _Histories:
    needed(rows, *columns)
    moments = as_numbers(rows[time])
    moments = days_of(rows[time]) if moments is None else moments
    if moments is None or np.isnan(moments).any():
        raise ConfigurationError(f"The column {time!r} must hold a number or a day in every row.", column=time)
    units, who = np.unique([str(word) for word in words_of(rows[unit])], return_inverse=True)
    order = np.lexsort((moments, who))
    owner, when = who[order].astype(np.int64), moments[order]
    ended = np.zeros(len(order), dtype=np.int8)
    last = np.append(owner[1:] != owner[:-1], True)
    if event is None:
        ended[last] = 1
    else:
        words = [(word or "").lower() for word in words_of(rows[event])]
        happened = np.array([word not in ("", "0", "0.0", "false", "no", "non", "faux") for word in words])
        ended[happened[order]] = 1
    figures = [_coded(rows[name])[order] for name in columns]
    return _Histories(tuple(map(str, units)), owner, when, ended, _with_past(owner, when, figures), columns)


def _coded(column: pa.ChunkedArray) -> Values:
    values = as_numbers(column)
    if values is not None:
        return values
    _, codes = np.unique([str(word) for word in words_of(column)], return_inverse=True)
    return codes.astype(np.float64)


def _with_past(owner: Positions, when: Values, figures: list[Values]) -> Values:
    """Return each figure with its mean over the last rows, its change since, and the unit's age."""
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    begun = np.repeat(starts, np.diff(np.append(starts, len(owner))))
    place = np.arange(len(owner))
    columns = [when - when[begun]]
    for figure in figures:
        added = np.concatenate([[0.0], np.cumsum(np.nan_to_num(figure))])
        columns.append(figure)
        for span in _SPANS:
            since = np.maximum(begun, place - span + 1)
            mean = (added[place + 1] - added[since]) / (place + 1 - since)
            columns += [mean, mean - figure[begun]]
    return np.column_stack(columns)


def _learned(past: _Histories, within: int, seed: int) -> Any:
    """Return what says of histories how long each row's unit will last, and how probably it ends soon."""
    import lightgbm

    left, is_known = _remaining(past)
    lives = np.array([past.time[at] for at in past.last])
    limit = max(float(np.median(lives)) * _FARTHEST, 2.0 * within)
    settings = {
        "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 30, "feature_fraction": 0.5, "lambda_l2": 5.0,
        "bagging_fraction": 0.7, "bagging_freq": 1, "seed": seed, "deterministic": True, "force_row_wise": True,
        "num_threads": 2, "verbosity": -1,
    }  # fmt: skip
    x = past.figures
    rows = lightgbm.Dataset(x[is_known], label=np.minimum(left[is_known], limit))
    life: Any = lightgbm.train({**settings, "objective": "regression"}, rows, num_boost_round=300)
    # A unit not seen to end tells of a row only when it was watched for that long afterwards.
    told = is_known | (left > within)
    soon = (left <= within) & is_known
    if not 0 < soon[told].sum() < told.sum():
        return lambda asked: (
            np.asarray(life.predict(asked.figures)),
            np.full(len(asked.time), float(soon[told].mean())),
        )
    rows = lightgbm.Dataset(x[told], label=soon[told].astype(np.int8))
    ends: Any = lightgbm.train({**settings, "objective": "binary"}, rows, num_boost_round=300)
    return lambda asked: (np.asarray(life.predict(asked.figures)), np.asarray(ends.predict(asked.figures)))


def _remaining(past: _Histories) -> tuple[Values, Flags]:
    """Return the time from each row to the unit's next end, and whether that end was seen; else to its last row."""
    n = len(past.unit)
    left, is_known = np.empty(n), np.zeros(n, dtype=bool)
    end, known, owner = 0.0, False, -1
    for at in range(n - 1, -1, -1):
        if past.unit[at] != owner:
            owner, end, known = int(past.unit[at]), float(past.time[at]), bool(past.event[at])
        elif past.event[at]:
            end, known = float(past.time[at]), True
        left[at], is_known[at] = end - past.time[at], known
    return left, is_known


def _by_folds(past: _Histories, within: int, seed: int) -> tuple[Any, ...]:
    """Judge each unit by what others teach, half-way through its known life; all its rows for the end within."""
    rng = np.random.default_rng(seed)
    folds = rng.permutation(len(past.units)) % 5
    left, is_known = _remaining(past)
    life, chance = np.empty(len(left)), np.empty(len(left))
    for fold in range(5):
        seen = folds[past.unit] != fold
        part = _Histories(
            past.units, past.unit[seen], past.time[seen], past.event[seen], past.figures[seen], past.names
        )
        asked = _Histories(
            past.units, past.unit[~seen], past.time[~seen], past.event[~seen], past.figures[~seen], past.names
        )
        life[~seen], chance[~seen] = _learned(part, within, seed)(asked)
    starts = np.flatnonzero(np.append(True, past.unit[1:] != past.unit[:-1]))
    # A moment drawn in each life: what is asked of a fleet at one instant.
    at = np.array([rng.integers(start, end + 1) for start, end in zip(starts, past.last, strict=True)])
    told = is_known | (left > within)
    soon = ((left <= within) & is_known)[told].astype(np.int8)
    names = [past.units[u] for u in past.unit[at]]
    return names, life[at], chance[at], left[at], is_known[at].astype(np.int8), soon, chance[told]


def _truth(truth: Path | pa.Table, unit: str, names: list[str]) -> Values:
    rows = read_table(truth) if isinstance(truth, Path) else truth
    columns = [name for name in rows.column_names if name != unit and as_numbers(rows[name]) is not None]
    if not columns:
        raise ConfigurationError("The truth table holds no numbers. Bring one row a unit: how long it lasted.")
    values = as_numbers(rows[columns[-1]])
    assert values is not None
    if unit in rows.column_names:
        by_name = dict(zip([str(word) for word in words_of(rows[unit])], values.tolist(), strict=True))
        lost = [name for name in names if name not in by_name]
        if lost:
            raise ConfigurationError(f"The truth table lacks the unit {lost[0]!r}.", column=unit)
        return np.array([by_name[name] for name in names])
    if len(values) != len(names):
        message = f"The truth table has {len(values)} rows for {len(names)} units. Name them in a column {unit!r}."
        raise ConfigurationError(message, column=unit)
    in_order = sorted(names, key=lambda name: (len(name), name))  # 1, 2, ... 10: as such tables are numbered
    return np.array([dict(zip(in_order, values.tolist(), strict=True))[name] for name in names])


def _concordance(true: Values, observed: Labels, said: Values) -> float | None:
    """Return the share of comparable pairs that stand in the right order (Harrell et al. 1982)."""
    earlier = (observed[:, None] == 1) & (true[:, None] < true[None, :])
    n = int(earlier.sum())
    if n == 0:
        return None
    right = (said[:, None] < said[None, :]) & earlier
    even = (said[:, None] == said[None, :]) & earlier
    return float((right.sum() + even.sum() / 2) / n)


def _told(data: dict[str, object], rows: pa.Table, within: int) -> Findings:
    def lead(lang: Language) -> dict[str, str]:
        found = {"n": number(rows.num_rows, lang)}
        if data["concordance"] is not None and data["rmse"] is not None:
            found["pairs"] = number(float(str(data["concordance"])), lang, 3)
            found["rmse"] = number(float(str(data["rmse"])), lang, 1)
        return found

    def soon(lang: Language) -> dict[str, str]:
        names = {"auc": "auc_within", "ap": "average_precision_within", "brier": "brier_within"}
        said = {key: number(float(str(data[name])), lang, 3) for key, name in names.items()}
        return {"within": number(within, lang), **said}

    said = [Said.of(_UNJUDGED if data["rmse"] is None else _LEAD, lead)]
    if data["auc_within"] is not None:
        said.append(Said.of(_WITHIN, soon))
    title = Said(fr="Combien de temps ils dureront", en="How long they will last")
    return Findings(title, data, tuple(said), rows)
