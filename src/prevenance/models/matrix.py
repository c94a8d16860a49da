"""Lay out what a model learns from: one row for each customer and past cutoff, its features, and what came of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prevenance.kit.clock import naive_utc
from prevenance.models.base import History, Labels, Positions, Target, Values
from prevenance.models.ladder import Fold
from prevenance.storage import Lake

Instants = npt.NDArray[np.datetime64]

_MOST_CUTOFFS = 24  # older ones tell of a company that no longer is
_MOST_ROWS = 240_000
_MOST_FOLDS = 4


class Compute(Protocol):
    """Computes features for a grid, as `prevenance.features.compute` does."""

    def __call__(self, timeline: History, grid: ir.Table) -> ir.Table:
        """Return one row of features for each row of the grid."""
        ...


@dataclass(frozen=True)
class Matrix:
    """Holds rows of features with their customers, cutoffs and, for the past, labels; sorted by cutoff and customer."""

    names: tuple[str, ...]
    x: Values
    y: Labels
    customers: Positions
    cutoffs: Instants

    def rows(self, picked: Positions | npt.NDArray[np.bool_]) -> "Matrix":
        """Return some of the rows."""
        return Matrix(self.names, self.x[picked], self.y[picked], self.customers[picked], self.cutoffs[picked])

    def only(self, names: Sequence[str]) -> "Matrix":
        """Return some of the columns, in the order asked for; one that is not there is unknown everywhere."""
        at = {name: number for number, name in enumerate(self.names)}
        unknown = np.full(len(self.y), np.nan)
        columns = [self.x[:, at[name]] if name in at else unknown for name in names]
        x = np.column_stack(columns) if columns else np.zeros((len(self.y), 0))
        return Matrix(tuple(names), x, self.y, self.customers, self.cutoffs)

    def columns(self) -> dict[str, Values]:
        """Return the columns by name."""
        return {name: self.x[:, at] for at, name in enumerate(self.names)}

    def fingerprint(self) -> str:
        """Return 16 digits that change when any value does."""
        digest = hashlib.sha256("\x1f".join(self.names).encode())
        for part in (self.x, self.y, self.customers, self.cutoffs):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()[:16]


def past_cutoffs(first_event_at: datetime, as_of: datetime, horizon_days: int) -> list[datetime]:
    """Return the first days of the months whose horizon is over, and before which there is some history to look at.

    Example:
        >>> cutoffs = past_cutoffs(datetime(2025, 1, 10, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), 90)
        >>> f"{cutoffs[0]:%Y-%m-%d}", f"{cutoffs[-1]:%Y-%m-%d}", len(cutoffs)
        ('2025-05-01', '2026-08-01', 16)
    """
    months: list[datetime] = []
    month = as_of.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month >= first_event_at + timedelta(days=84) and len(months) < _MOST_CUTOFFS:
        if month + timedelta(days=horizon_days) <= as_of:
            months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months[::-1]


def grid_of(lake: Lake, customers: ir.Table, cutoffs: Sequence[datetime]) -> ir.Table:
    """Return every customer beside every cutoff."""
    instants = pa.array([naive_utc(cutoff) for cutoff in cutoffs], pa.timestamp("us"))
    return customers.select("customer_id").distinct().cross_join(lake.stage(pa.table({"cutoff": instants})))


def labelled_matrix(
    lake: Lake, history: History, target: Target, cutoffs: Sequence[datetime], compute: Compute
) -> Matrix:
    """Return features and labels of the target's population at past cutoffs."""
    seen = history.events.select("customer_id")
    population = lake.stage(target.population(history, lake.stage(grid_of(lake, seen, cutoffs))))
    population = _thinned(lake, population)
    labels = lake.stage(target.label(history, population))
    features = compute(history, population)
    joined = features.inner_join(labels.select("customer_id", "cutoff", "label"), ["customer_id", "cutoff"])
    return _laid_out(lake.collect(joined), target)


def present_matrix(lake: Lake, history: History, target: Target, population: ir.Table, compute: Compute) -> Matrix:
    """Return the features of a population whose future is not known."""
    return _laid_out(lake.collect(compute(history, population)), target)


def _thinned(lake: Lake, population: ir.Table) -> ir.Table:
    """Keep a fixed draw of customers when there are too many rows; ids are hashes, so any slice of them is a draw."""
    n = lake.count(population)
    if n <= _MOST_ROWS:
        return population
    kept = int(1_000 * _MOST_ROWS / n)
    return lake.stage(population.filter(population.customer_id % 1_000 < kept))


def _laid_out(rows: pa.Table, target: Target) -> Matrix:
    rows = rows.sort_by([("cutoff", "ascending"), ("customer_id", "ascending")])
    aside = {"customer_id", "cutoff", "label", *target.excluded_features}
    names = [field.name for field in rows.schema if field.name not in aside and _is_number(field.type)]
    columns = [
        rows[name].combine_chunks().cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False) for name in names
    ]
    x = np.column_stack(columns).astype(np.float64) if columns else np.zeros((rows.num_rows, 0))
    x[~np.isfinite(x)] = np.nan
    known = "label" in rows.column_names
    y = rows["label"].to_numpy().astype(np.int8) if known else np.zeros(rows.num_rows, dtype=np.int8)
    cutoffs = rows["cutoff"].cast(pa.timestamp("us")).to_numpy()
    return Matrix(tuple(names), x, y, rows["customer_id"].to_numpy().astype(np.int64), cutoffs)


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(kind) for test in tests)


@dataclass(frozen=True)
class Split:
    """Holds rows to learn from and the later rows that nothing may look at before the end; `folds` index `learn`."""

    learn: Matrix
    later: Matrix
    folds: tuple[Fold, ...]


def split_in_time(matrix: Matrix, horizon_days: int) -> Split | None:
    """Keep the last cutoffs as the later test period, and cut those before it into folds that grow with time.

    Between what is learned from and what is judged lies at least the horizon, so that no label of the one looks into
    the time of the other. None when history is too short for that.
    """
    cutoffs, horizon = np.unique(matrix.cutoffs), np.timedelta64(horizon_days, "D")
    for n_later in (3, 2, 1):
        if len(cutoffs) <= n_later:
            continue
        learnable = cutoffs[cutoffs + horizon <= cutoffs[-n_later]]
        if len(learnable):
            learn = matrix.rows(np.isin(matrix.cutoffs, learnable))
            later = matrix.rows(matrix.cutoffs >= cutoffs[-n_later])
            if _has_both(learn.y) and _has_both(later.y):
                return Split(learn, later, _folds(learn, learnable, horizon))
    return None


def _folds(learn: Matrix, cutoffs: Instants, horizon: np.timedelta64) -> tuple[Fold, ...]:
    judged = [c for c in cutoffs if (cutoffs + horizon <= c).any()]
    folds = []
    for part in np.array_split(np.array(judged), min(_MOST_FOLDS, len(judged))) if judged else []:
        train = np.flatnonzero(learn.cutoffs + horizon <= part[0])
        check = np.flatnonzero(np.isin(learn.cutoffs, part))
        if _has_both(learn.y[train]) and _has_both(learn.y[check]):
            folds.append(Fold(train, check))
    return tuple(folds) if len(folds) >= 2 else _folds_of_customers(learn)


def _folds_of_customers(learn: Matrix) -> tuple[Fold, ...]:
    """Cut by customer when history is too short to cut by time."""
    from sklearn.model_selection import StratifiedGroupKFold

    n = min(_MOST_FOLDS, len(np.unique(learn.customers[learn.y == 1])), len(np.unique(learn.customers[learn.y == 0])))
    if n < 2:
        return ()
    cuts = StratifiedGroupKFold(n, shuffle=True, random_state=0).split(learn.y, learn.y, learn.customers)
    return tuple(Fold(train, check) for train, check in cuts)


def _has_both(y: Labels) -> bool:
    return bool(0 < y.sum() < len(y))
