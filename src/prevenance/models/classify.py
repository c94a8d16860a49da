"""Try the ladder on a flat table that someone brings: which estimator, how good, how sure, and what looks wrong."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from prevenance.kit.catalogue import load
from prevenance.kit.flat_columns import as_numbers, days_of, words_of
from prevenance.kit.flat_table import read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.models.base import Estimator, Labels, Positions, Values
from prevenance.models.calibration import Calibration, calibrate, cross_calibrate
from prevenance.models.ladder import Climb, climb
from prevenance.models.leaks import Alone, alone, code_words, codes_of_numbers, spike_codes, suspicion, tell_tale_value
from prevenance.models.scores import measure
from prevenance.models.table_cases import (
    Cases,
    TableQuestion,
    TableWarning,
    check_columns,
    groups_of,
    labelled,
    prepare,
)
from prevenance.models.table_findings import Baseline
from prevenance.models.table_report import TableReport

_EXPLAINED = 2_000


@dataclass(frozen=True)
class _Judged:
    """Holds the rows by which the chosen estimator is judged."""

    rows: Positions
    y: Labels
    groups: Positions
    raw: Values
    probability: Values


def classify_table(
    table: Path | pa.Table,
    *,
    label: str,
    positive: str | None = None,
    drop: tuple[str, ...] = (),
    group: str | None = None,
    time: str | None = None,
    folds: int = 5,
    test: Path | pa.Table | None = None,
    estimator: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> TableReport:
    """Fit the ladder on a table and say how well its label can be predicted.

    Args:
        table: one row a case, as a file (CSV, Excel, Parquet) or as an Arrow table.
        label: the column to predict.
        positive: its value that counts as yes; may be left out when there are two values.
        drop: columns to leave out.
        group: a column; rows with the same value are never split between learning and judging.
        time: a column; learn from earlier rows, be judged by later ones.
        folds: how many parts cross-validation has.
        test: later or other rows to be judged by; without them, cross-validation judges.
        estimator: one rung of the ladder, instead of all of them.
        seed: fixes chance.
        progress: hears how the work goes on.

    Returns:
        A report: plain data by `to_json()`, a page by `to_html(language)`, row by row in `rows`.

    Raises:
        ConfigurationError: a column is missing or cannot serve; the message names it and the remedy.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> visits = rng.poisson(5, 600)
        >>> table = pa.table({"visits": visits, "left": rng.random(600) < 1 / (1 + visits)})
        >>> report = classify_table(table, label="left")
        >>> report.estimator.name, report.to_json()["auc"] > 0.6
        ('logistic_regression', True)
    """
    progress = progress or SilentProgress()
    rungs = _rungs(estimator)
    question = TableQuestion(label, positive, tuple(drop), group, time, folds, seed)
    cases = prepare(_rows(table), question)
    progress.say(f"{len(cases.y)} rows, {len(cases.table.column_names)} columns, {int(cases.y.sum())} positives")
    climbed = climb(cases.x, cases.y, folds=cases.folds, estimators=rungs, seed=seed, progress=progress)
    judged = _judged_by_folds(climbed, cases)
    calibration = calibrate(judged.y, judged.raw, judged.groups)
    chosen = rungs[climbed.chosen]
    model = chosen.build(seed).fit(cases.x, cases.y)
    if test is not None:
        other = _rows(test)
        check_columns(other, question)
        other, other_y, _ = labelled(other, question)
        raw = model.predict_proba(cases.columns.encode(other))[:, 1]
        groups = groups_of(other, question)
        judged = _Judged(np.arange(len(raw)), other_y, groups, raw, calibration.apply(raw))
    lone = _each_alone(cases, climbed)
    flagged = judged.probability >= np.quantile(judged.probability, 0.9)
    best = max(lone, key=lambda found: found.auc)
    sample = cases.x[:: max(1, len(cases.x) // _EXPLAINED)]
    return TableReport(
        label=label,
        estimator=chosen,
        ladder=climbed.rungs,
        measures=measure(judged.y, judged.probability, judged.groups, flagged=flagged, rng=np.random.default_rng(seed)),
        accuracy=float(((judged.probability >= 0.5) == judged.y).mean()),
        baseline=Baseline(best.column, best.auc),
        warnings=(*cases.warnings, *_leaks(lone, label)),
        rows=_row_by_row(judged, calibration),
        drivers=_drivers(cases, chosen.explain(model, sample).values),
    )


def _rows(table: Path | pa.Table) -> pa.Table:
    return read_table(table) if isinstance(table, Path) else table


def _rungs(name: str | None) -> dict[str, Estimator]:
    rungs = load("prevenance.models.estimators", Estimator)
    if name is None:
        return rungs
    if name not in rungs:
        raise ConfigurationError(f"There is no estimator {name!r}. Choose one of {', '.join(rungs)}.", estimator=name)
    return {name: rungs[name]}


def _judged_by_folds(climbed: Climb, cases: Cases) -> _Judged:
    rows = np.flatnonzero(climbed.fold_of >= 0)
    y, raw, groups = cases.y[rows], climbed.raw[rows], cases.groups[rows]
    folds = climbed.fold_of[rows]
    if len(np.unique(folds)) == 1:  # a single fold cannot calibrate another
        folds = np.arange(len(rows)) % 2
    return _Judged(rows, y, groups, raw, cross_calibrate(y, raw, groups, folds))


def _each_alone(cases: Cases, climbed: Climb) -> list[Alone]:
    """Measure every column of the table by itself, on the folds of the ladder."""
    rows = np.flatnonzero(climbed.fold_of >= 0)
    y, folds = cases.y[rows], climbed.fold_of[rows]
    found = []
    for name in cases.table.column_names:
        column, values = cases.table[name], None
        if cases.columns.kinds[name] in ("number", "flag", "date"):
            values = days_of(column) if cases.columns.kinds[name] == "date" else as_numbers(column)
            assert values is not None
            codes, (spikes, names) = codes_of_numbers(values), spike_codes(values)
            values = values[rows]
        else:
            codes, names = code_words(words_of(column))
            spikes = codes
        one = alone(name, codes[rows], values, y, folds)
        found.append(Alone(name, one.auc, tell_tale_value(spikes[rows], y, names)))
    return found


def _leaks(lone: list[Alone], label: str) -> list[TableWarning]:
    suspects = ((found, suspicion(found, label)) for found in sorted(lone, key=lambda found: -found.auc))
    return [TableWarning(found.column, "leak", detail) for found, detail in suspects if detail is not None]


def _row_by_row(judged: _Judged, calibration: Calibration) -> pa.Table:
    low, high = calibration.ranges(judged.probability)
    return pa.table(
        {"row": judged.rows, "label": judged.y, "probability": judged.probability, "low": low, "high": high}
    )


def _drivers(cases: Cases, contributions: Values) -> tuple[tuple[str, float], ...]:
    """Return the columns that move scores most: the mean size of their contributions, as shares of the whole."""
    sizes: dict[str, float] = {}
    sources = [term.source for term in cases.columns.terms]
    for source in dict.fromkeys(sources):
        own = contributions[:, [at for at, name in enumerate(sources) if name == source]]
        sizes[source] = float(np.abs(own.sum(axis=1)).mean())
    whole = sum(sizes.values()) or 1.0
    return tuple(sorted(((name, size / whole) for name, size in sizes.items()), key=lambda pair: (-pair[1], pair[0])))
