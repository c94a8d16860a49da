"""Do the work of a training: check, climb, calibrate, judge on the later period, and say what drives the scores."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.progress import Progress
from prevenance.models.base import Estimator, History, Labels, Model, Positions, Target, Values
from prevenance.models.calibration import Calibration, calibrate
from prevenance.models.ladder import Climb, climb
from prevenance.models.matrix import Compute, Matrix, Split
from prevenance.models.scores import auc, auc_interval, measure, reliability, share_found
from prevenance.models.training_checks import LeakChecks, out_of_time, shuffled, too_good
from prevenance.storage import Lake

_EXPLAINED = 1_000
_GAIN_SHARES = tuple(round(0.05 * step, 2) for step in range(1, 21))


@dataclass(frozen=True)
class Judged:
    """Holds what the later test period said, as plain data and row by row."""

    manifest: dict[str, Any]
    rows: pa.Table


@dataclass(frozen=True)
class Training:
    """Trains one target with the ladder's estimators."""

    target: Target
    estimators: dict[str, Estimator]
    seed: int
    progress: Progress

    def checked(self, lake: Lake, history: History, split: Split, compute: Compute) -> tuple[LeakChecks, Split]:
        """Look for columns that know the future; return the split without them and without those that never vary."""
        good = too_good(split)
        late, n_compared = out_of_time(lake, history, split.learn, compute)
        rng = np.random.default_rng(self.seed)
        kept = [name for name in _telling(split.learn) if name not in {*good, *late}]
        clean = Split(split.learn.only(kept), split.later.only(kept), split.folds)
        dealt, interval = shuffled(clean, self.estimators, rng)
        return LeakChecks(good, late, n_compared, dealt, interval), clean

    def climb(self, split: Split) -> Climb:
        """Climb the ladder on the rows to learn from."""
        learn = split.learn
        return climb(
            learn.x,
            learn.y,
            folds=split.folds,
            estimators=self.estimators,
            seed=self.seed,
            progress=self.progress,
        )

    def fit(self, estimator: str, matrix: Matrix) -> Model:
        """Fit one estimator on all rows of a matrix."""
        return self.estimators[estimator].build(self.seed).fit(matrix.x, matrix.y)

    def judge(self, split: Split, climbed: Climb, calibration: Calibration) -> Judged:
        """Measure on the later period what was learned before it, beside the plain rule."""
        learn, later = split.learn, split.later
        model = self.fit(climbed.chosen, learn)
        probability = calibration.apply(model.predict_proba(later.x)[:, 1])
        threshold = self._threshold(climbed, calibration)
        rng = np.random.default_rng(self.seed)
        measures = measure(later.y, probability, later.customers, flagged=probability >= threshold, rng=rng)
        manifest = {
            "measures": asdict(measures),
            "baseline": self._baseline(later, rng),
            "threshold": threshold,
            "learned_auc": auc(learn.y, model.predict_proba(learn.x)[:, 1]),
            "checked_auc": next(rung.auc for rung in climbed.rungs if rung.estimator == climbed.chosen),
            "test_cutoffs": _first_and_last(later),
            "reliability": reliability(later.y, probability),
            "gains": [[share, _found(later.y, probability, share)] for share in _GAIN_SHARES],
        }
        columns = {
            "customer_id": later.customers,
            "cutoff": later.cutoffs,
            "label": later.y,
            "probability": probability,
        }
        return Judged(manifest, pa.table(columns))

    def drivers(self, estimator: str, model: Model, matrix: Matrix) -> list[list[Any]]:
        """Return columns by the mean size of their contributions, and whether more raises (1) or lowers (-1)."""
        sample = matrix.x[:: max(1, len(matrix.x) // _EXPLAINED)]
        parts = self.estimators[estimator].explain(model, sample).values
        sizes = np.abs(parts).mean(axis=0)
        whole = float(sizes.sum()) or 1.0
        order = np.argsort(-sizes, kind="stable")[:15]
        return [[matrix.names[at], float(sizes[at]) / whole, _direction(sample[:, at], parts[:, at])] for at in order]

    def _threshold(self, climbed: Climb, calibration: Calibration) -> float:
        raw = climbed.raw[climbed.fold_of >= 0]
        return float(np.quantile(calibration.apply(raw), 1 - self.target.flagged_share))

    def _baseline(self, later: Matrix, rng: np.random.Generator) -> dict[str, Any]:
        rule = self.target.rule
        score = rule.score(later.columns())
        words = {"fr": rule.words.fr, "en": rule.words.en}
        if score is None:
            return {"name": rule.feature, "words": words, "auc": None, "auc_interval": None}
        interval = auc_interval(later.y, score, later.customers, rng=rng)
        return {
            "name": rule.feature,
            "words": words,
            "auc": auc(later.y, score),
            "auc_interval": interval,
            "precision_at_flagged": share_found(later.y, score, self.target.flagged_share),
        }


def calibration_of(climbed: Climb, learn: Matrix) -> Calibration:
    """Learn the calibration from rows that the chosen estimator was judged on, never from those it learned from."""
    judged = climbed.fold_of >= 0
    return calibrate(learn.y[judged], climbed.raw[judged], learn.customers[judged])


def _telling(learn: Matrix) -> list[str]:
    """Return the columns that take more than one value, unknown counting as one."""
    kept = []
    for name, values in learn.columns().items():
        known = values[~np.isnan(values)]
        varies = len(known) > 0 and bool(known.min() < known.max())
        if varies or 0 < len(known) < len(values):
            kept.append(name)
    return kept


def _found(y: Labels, score: Values, share: float) -> float:
    return share_found(y, score, share) * share * len(y) / max(int(y.sum()), 1)


def _first_and_last(matrix: Matrix) -> list[str]:
    days = matrix.cutoffs.astype("datetime64[D]")
    return [str(days.min()), str(days.max())]


def _direction(values: Values, parts: Values) -> int:
    """Return 1 when more of the column raises the score, -1 when it lowers it, 0 when neither."""
    known = ~np.isnan(values)
    if known.sum() < 3 or np.ptp(values[known]) == 0 or np.ptp(parts[known]) == 0:
        return 0
    values, parts = values[known], parts[known]
    return int(np.sign(float((values - values.mean()) @ (parts - parts.mean()))))


def medians(x: Values) -> list[float | None]:
    """Return the median of each column, None where it is empty for most: then that is what is usual."""
    known = np.asarray((~np.isnan(x)).mean(axis=0) >= 0.5) if len(x) else np.zeros(x.shape[1], dtype=bool)
    return [float(np.nanmedian(x[:, at])) if known[at] else None for at in range(x.shape[1])]


def n_found(matrix: Matrix) -> int:
    """Return the number of customers with the outcome."""
    found: Positions = np.unique(matrix.customers[matrix.y == 1])
    return len(found)
