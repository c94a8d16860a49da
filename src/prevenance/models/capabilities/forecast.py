"""Forecast seasonal series - tickets, orders, use, spare parts - with intervals: the lab's `forecast`."""

import time as clock
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Said
from prevenance.kit.flat_columns import as_numbers, days_of, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Values

_LONGEST_SEASON = 24  # beyond it, and in very long series, methods that fit each step by step are left out
_LONGEST = 1500
_PAST_SEASONS = 4
_MANY_SERIES = 30
_LEVELS = {"80": 0.80, "95": 0.95}
_LEAD = Words(
    fr="{n} séries prévues à {h} pas ; sur la suite : sMAPE {smape}, MASE {mase} (saison passée : {naive}).",
    en="{n} series forecast {h} steps ahead; by what came: sMAPE {smape}, MASE {mase} (last season: {naive}).",
)
_COVERED = Words(
    fr="Les intervalles à 80 % ont contenu {c80} des valeurs, ceux à 95 % {c95}.",
    en="The 80% intervals held {c80} of the values, those at 95% {c95}.",
)
_UNJUDGED = Words(
    fr="{n} séries prévues à {h} pas. Donnez --test pour les juger.",
    en="{n} series forecast {h} steps ahead. Give --test to judge them.",
)


@dataclass(frozen=True)
class _Series:
    """Holds series by name, each in the order of time."""

    names: tuple[str, ...]
    values: tuple[Values, ...]
    times: tuple[tuple[Any, ...], ...]


def forecast_table(
    table: Path | pa.Table,
    *,
    series: str,
    time: str,
    value: str,
    horizon: int,
    season: int,
    test: Path | pa.Table | None = None,
    seed: int = 0,
) -> Findings:
    """Forecast each series as the median of four methods, with intervals measured on the past of all series.

    Dynamic and static optimised Theta (Fiorucci et al. 2016), complex exponential smoothing (Svetunkov and Kourentzes
    2016) and seasonal exponential smoothing; the median of unlike methods beats each of them (M3 and M4 competitions).
    Intervals come from what the same methods missed when the last steps of each series were hidden from them.

    Args:
        table: one row a series and moment.
        series: the column that names the series.
        time: the column that orders them.
        value: the column that is forecast.
        horizon: how many steps ahead.
        season: how many steps make a season, 12 for months of a year.
        test: what came afterwards, in the same columns, to be judged by.
        seed: nothing here is drawn; it is there for all commands of the lab.

    Raises:
        ConfigurationError: a column is missing or holds no numbers, or every series is too short.

    Example:
        >>> months = np.arange(60)
        >>> calls = pa.table({"team": ["a"] * 60, "month": months, "n": 100 + 20 * np.sin(months * np.pi / 6)})
        >>> found = forecast_table(calls, series="team", time="month", value="n", horizon=3, season=12)
        >>> found.rows.num_rows
        3
    """
    del seed
    began = clock.perf_counter()  # a duration for the report, no moment in the world
    past = _read(table, series, time, value)
    if max(map(len, past.values)) < max(3, horizon // 2):
        message = f"No series has more than {max(map(len, past.values))} values. Bring a longer past."
        raise ConfigurationError(message, column=series)
    middle, counts = _predicted(past.values, horizon, season)
    scales = np.array([_scale(values, season) for values in past.values])
    widths = _widths(past.values, horizon, season)
    data: dict[str, object] = {
        "task": "forecast",
        "series": len(past.names),
        "horizon": horizon,
        "season": season,
        "estimator_counts": counts,
        "smape": None,
        "mase": None,
        "mase_seasonal_naive": None,
        "coverage_80": None,
        "coverage_95": None,
    }
    bounds = {
        level: (middle - scales[:, None] * width, middle + scales[:, None] * width) for level, width in widths.items()
    }
    if test is not None:
        data |= _judged(past, _read(test, series, time, value), middle, bounds, scales, season)
    data["seconds"] = round(clock.perf_counter() - began, 3)
    rows = {
        "series": [name for name in past.names for _ in range(horizon)],
        "step": [step + 1 for _ in past.names for step in range(horizon)],
        "forecast": middle.ravel(),
    }
    for level, (low, high) in bounds.items():
        rows |= {f"low_{level}": low.ravel(), f"high_{level}": high.ravel()}
    return _told(data, pa.table(rows))


def _read(table: Path | pa.Table, series: str, time: str, value: str) -> _Series:
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, series, time, value)
    numbers = as_numbers(rows[value])
    if numbers is None:
        raise ConfigurationError(f"The column {value!r} holds no numbers.", column=value)
    moments = as_numbers(rows[time])
    moments = days_of(rows[time]) if moments is None else moments
    order = np.arange(rows.num_rows) if moments is None else np.nan_to_num(moments)
    names, which = np.unique(_named(words_of(rows[series]), order), return_inverse=True)
    known = ~np.isnan(numbers)
    at = np.lexsort((order, which))
    at = at[known[at]]
    starts = np.searchsorted(which[at], np.arange(len(names)))
    ends = np.append(starts[1:], len(at))
    parts = [at[start:end] for start, end in zip(starts, ends, strict=True)]
    return _Series(
        tuple(map(str, names)), tuple(numbers[part] for part in parts), tuple(tuple(order[part]) for part in parts)
    )


def _named(words: list[str | None], order: Values) -> list[str]:
    """Return the name of each row's series; where a name stands twice at one moment, the second is another series."""
    met: dict[tuple[str, float], int] = {}
    named = []
    for word, moment in zip(map(str, words), order.tolist(), strict=True):
        times = met.get((word, moment), 0) + 1
        met[word, moment] = times
        named.append(word if times == 1 else f"{word} ({times})")
    return named


def _predicted(series: tuple[Values, ...], horizon: int, season: int) -> tuple[Values, dict[str, int]]:
    """Return a row of forecasts a series, and how many series each way forecast."""
    found = np.empty((len(series), horizon))
    fitted = [at for at, values in enumerate(series) if _is_fitted(values, season)]
    if fitted:
        found[fitted] = _median_of_methods([series[at] for at in fitted], horizon, season)
    others = sorted(set(range(len(series))) - set(fitted))
    for at in others:
        found[at] = _as_past_seasons(series[at], horizon, season)
    is_positive = np.array([bool((values >= 0).all()) for values in series])
    found[is_positive] = np.maximum(found[is_positive], 0.0)
    return found, {"median_of_four": len(fitted), "seasonal_level": len(others)}


def _is_fitted(values: Values, season: int) -> bool:
    return season <= _LONGEST_SEASON and 2 * season + 2 <= len(values) <= _LONGEST and bool(np.ptp(values) > 0)


def _median_of_methods(series: list[Values], horizon: int, season: int) -> Values:
    import warnings

    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import (
        AutoCES,
        DynamicOptimizedTheta,
        OptimizedTheta,
        SeasonalExponentialSmoothingOptimized,
    )

    kinds = (DynamicOptimizedTheta, OptimizedTheta, AutoCES, SeasonalExponentialSmoothingOptimized)
    rows = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(series)), [len(values) for values in series]),
            "ds": np.concatenate([np.arange(len(values)) for values in series]),
            "y": np.concatenate(series),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a method that fails on one series leaves it to the others
        told = StatsForecast(models=[kind(season_length=season) for kind in kinds], freq=1, n_jobs=1).forecast(
            df=rows, h=horizon
        )
    answers = told.sort_values(["unique_id", "ds"]).drop(columns=["unique_id", "ds"]).to_numpy(dtype=np.float64)
    answers = answers.reshape(len(series), horizon, len(kinds))
    limit = np.array([10 * (np.abs(values).max() + 1) for values in series])[:, None, None]
    answers[~(np.abs(answers) < limit)] = np.nan
    middle = np.nanmedian(answers, axis=2)
    for at, values in enumerate(series):
        if np.isnan(middle[at]).any():
            middle[at] = _as_past_seasons(values, horizon, season)
    return np.asarray(middle, dtype=np.float64)


def _as_past_seasons(values: Values, horizon: int, season: int) -> Values:
    """Return the mean of the last few seasons, moved to the level of the newest."""
    if len(values) < season:
        return np.full(horizon, float(values[-min(len(values), 12) :].mean()) if len(values) else 0.0)
    n = min(_PAST_SEASONS, len(values) // season)
    past = values[-n * season :].reshape(n, season)
    usual, newest = past.mean(), past[-1].mean()
    ratio = newest / usual if usual > 0 else 1.0
    profile = past.mean(axis=0) * ratio**0.5  # half-way: one season's level is partly chance
    return np.asarray(np.resize(profile, horizon), dtype=np.float64)


def _scale(values: Values, season: int) -> float:
    """Return the mean absolute change from one season to the next, the unit of MASE (Hyndman and Koehler 2006)."""
    lag = season if len(values) > season else 1
    steps = np.abs(values[lag:] - values[:-lag])
    found = float(steps.mean()) if len(steps) else 0.0
    return found or float(np.abs(values).mean()) or 1.0


def _widths(series: tuple[Values, ...], horizon: int, season: int) -> dict[str, Values]:
    """Return, by step ahead, how many scales wide intervals must be to have held what was hidden."""
    hidden = [values for values in series if len(values) >= horizon + max(2 * season + 2, 6)]
    if not hidden:
        steps = np.sqrt(np.arange(1, horizon + 1))
        return {level: steps * z for level, z in (("80", 1.28 * 1.25), ("95", 1.96 * 1.25))}
    known = tuple(values[:-horizon] for values in hidden)
    missed, _ = _predicted(known, horizon, season)
    scales = np.array([_scale(values, season) for values in known])
    errors = np.abs(missed - np.array([values[-horizon:] for values in hidden])) / scales[:, None]
    found = {}
    for level, share in _LEVELS.items():
        level_of = min(1.0, share * (1 + 1 / errors.size))
        # With few series the steps ahead borrow from each other.
        is_rich = len(hidden) >= _MANY_SERIES
        found[level] = (
            np.quantile(errors, level_of, axis=0) if is_rich else np.full(horizon, np.quantile(errors, level_of))
        )
    return found


def _judged(
    past: _Series, came: _Series, middle: Values, bounds: dict[str, tuple[Values, Values]], scales: Values, season: int
) -> dict[str, object]:  # fmt: skip
    places = {name: at for at, name in enumerate(past.names)}
    smapes, errors, naives = [], [], []
    held: dict[str, list[bool]] = {level: [] for level in bounds}
    for name, values in zip(came.names, came.values, strict=True):
        if name in places and len(values):
            at = places[name]
            true = values[: middle.shape[1]]
            said = middle[at, : len(true)]
            total = np.abs(true) + np.abs(said)
            smapes.append(
                float(200 * np.divide(np.abs(true - said), total, out=np.zeros_like(total), where=total > 0).mean())
            )
            errors.append(float(np.abs(true - said).mean() / scales[at]))
            before = past.values[at][-season:] if len(past.values[at]) >= season else past.values[at][-1:]
            naives.append(float(np.abs(true - np.resize(before, len(true))).mean() / scales[at]))
            for level, (low, high) in bounds.items():
                held[level] += ((true >= low[at, : len(true)]) & (true <= high[at, : len(true)])).tolist()
    if not errors:
        raise ConfigurationError("No series of the test table is in the table. Give them the same names.")
    return {
        "smape": float(np.mean(smapes)),
        "mase": float(np.mean(errors)),
        "mase_seasonal_naive": float(np.mean(naives)),
        **{f"coverage_{level}": float(np.mean(values)) for level, values in held.items()},
    }


def _told(data: dict[str, object], rows: pa.Table) -> Findings:
    def sizes(lang: Language) -> dict[str, str]:
        found = {"n": number(int(str(data["series"])), lang), "h": number(int(str(data["horizon"])), lang)}
        names = {"smape": "smape", "mase": "mase", "naive": "mase_seasonal_naive"}
        if data["mase"] is not None:
            found |= {key: number(float(str(data[name])), lang, 3) for key, name in names.items()}
        return found

    def covered(lang: Language) -> dict[str, str]:
        return {f"c{level}": percent(float(str(data[f"coverage_{level}"])), lang, 1) for level in _LEVELS}

    if data["mase"] is None:
        said: tuple[Said, ...] = (Said.of(_UNJUDGED, sizes),)
    else:
        said = (Said.of(_LEAD, sizes), Said.of(_COVERED, covered))
    return Findings(Said(fr="Ce qui est attendu", en="What is to be expected"), data, said, rows)
