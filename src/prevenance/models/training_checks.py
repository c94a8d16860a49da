"""Check at every training that nothing looks into the future: too good, shuffled, and out of its time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from prevenance.kit.clock import aware_utc
from prevenance.models.base import Estimator, History
from prevenance.models.leaks import alone, codes_of_numbers
from prevenance.models.matrix import Compute, Matrix, Split
from prevenance.models.scores import auc
from prevenance.storage import Lake

TOO_GOOD = 0.98  # for features made by our own views, which cannot see later facts: only a disguised label gets there
_MOST_CHECKED = 40_000
_MOST_ASKED = 200


@dataclass(frozen=True)
class LeakChecks:
    """Says what the checks found.

    Attributes:
        too_good: columns that predict too well by themselves; the model was not given them.
        out_of_time: columns whose value changes when later facts are hidden; the model was not given them.
        n_compared: rows on which that was tried.
        shuffled_auc: what the simplest estimator reaches when labels are dealt out at random.
        shuffled_interval: where chance leaves that figure.
    """

    too_good: tuple[str, ...]
    out_of_time: tuple[str, ...]
    n_compared: int
    shuffled_auc: float
    shuffled_interval: tuple[float, float]

    @property
    def is_clean(self) -> bool:
        """Say whether no column had to be left out and shuffled labels could not be predicted."""
        low, high = self.shuffled_interval
        return not self.too_good and not self.out_of_time and low <= self.shuffled_auc <= high

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**vars(self), "is_clean": self.is_clean}


def too_good(split: Split) -> tuple[str, ...]:
    """Name the columns that predict too well by themselves on rows to learn from."""
    learn = split.learn.rows(np.arange(0, len(split.learn.y), max(1, len(split.learn.y) // _MOST_CHECKED)))
    folds = learn.customers % 5
    columns = learn.columns().items()
    found = [alone(name, codes_of_numbers(values), values, learn.y, folds) for name, values in columns]
    return tuple(one.column for one in found if one.auc >= TOO_GOOD)


@dataclass(frozen=True)
class Hidden:
    """Is a timeline as it stood at an instant: whatever happened or became known from then on is gone."""

    whole: Any  # Any: whatever else `compute` asks the real timeline for, such as `customers`
    at: datetime

    @property
    def as_of(self) -> datetime:
        """Return the instant."""
        return aware_utc(self.at)

    @property
    def revisions(self) -> ir.Table:
        """Return the revisions known then; what was corrected later still looks in force."""
        seen = self.whole.revisions.filter(lambda row: (row.occurred_at < self.at) & (row.known_at < self.at))
        then = ibis.ifelse(seen.superseded_at < self.at, seen.superseded_at, ibis.null("timestamp(6)"))
        return seen.mutate(superseded_at=then)

    @property
    def events(self) -> ir.Table:
        """Return the events in force then."""
        return self.revisions.filter(lambda row: row.superseded_at.isnull())

    def __getattr__(self, name: str) -> Any:
        """Hand out everything else as it is."""
        return getattr(self.whole, name)


def out_of_time(lake: Lake, history: History, learn: Matrix, compute: Compute) -> tuple[tuple[str, ...], int]:
    """Name the columns that differ when facts from a cutoff on are hidden, and say on how many rows that was tried."""
    at = learn.cutoffs.max()
    rows = np.flatnonzero(learn.cutoffs == at)
    rows = rows[:: max(1, len(rows) // _MOST_ASKED)][:_MOST_ASKED]
    shown = learn.rows(rows)
    asked = lake.stage(_grid(shown))
    seen = lake.collect(compute(Hidden(history, at.astype("datetime64[us]").item()), asked)).sort_by("customer_id")
    differing = []
    for name, values in shown.columns().items():
        again = seen[name].combine_chunks().cast("float64", safe=False).to_numpy(zero_copy_only=False)
        again = np.where(np.isfinite(again), again, np.nan)
        if not np.allclose(values, again, rtol=1e-9, atol=1e-9, equal_nan=True):
            differing.append(name)
    return tuple(differing), len(rows)


def _grid(matrix: Matrix) -> Any:  # Any: an Arrow table
    import pyarrow as pa

    instants = pa.array(matrix.cutoffs.astype("datetime64[us]"), pa.timestamp("us"))
    return pa.table({"customer_id": matrix.customers, "cutoff": instants})


def shuffled(
    split: Split, estimators: Mapping[str, Estimator], rng: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Return the AUC on later rows when labels are dealt out at random, and where chance leaves such a figure."""
    learn, later = (
        m.rows(np.arange(0, len(m.y), max(1, len(m.y) // _MOST_CHECKED))) for m in (split.learn, split.later)
    )
    learn, later = (replace(m, y=rng.permutation(m.y)) for m in (learn, later))
    simplest = min(estimators.values(), key=lambda estimator: estimator.rung)
    model = simplest.build(0).fit(learn.x, learn.y)
    score = model.predict_proba(later.x)[:, 1]
    n, n_yes = len(later.y), int(later.y.sum())
    spread = float(np.sqrt((n + 1) / (12 * max(n_yes * (n - n_yes), 1))))  # of the rank sum under pure chance
    return auc(later.y, score), (0.5 - 4 * spread, 0.5 + 4 * spread)
