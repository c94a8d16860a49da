"""Score today's customers: how likely, between what and what, and for which reasons."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance import features
from prevenance.kit.clock import naive_utc
from prevenance.models.base import Estimator, History, Model, Values
from prevenance.models.calibration import Calibration
from prevenance.models.matrix import Compute, Matrix, grid_of, present_matrix
from prevenance.models.model_file import SigningKey
from prevenance.models.reasons import Wording, worded_reasons
from prevenance.models.registry import Registry
from prevenance.models.target_catalogue import target_named
from prevenance.models.train import all_features, objectors, without
from prevenance.records.tables import PREDICTIONS
from prevenance.storage import Lake, Ledger

_MOST_REASONS = 2_000
_BATCH = 50_000


def predict(
    lake: Lake,
    ledger: Ledger,
    timeline: History,
    target_name: str,
    *,
    folder: Path,
    key: Path | None = None,
    compute: Compute | None = None,
) -> int:
    """Write a prediction for each customer about whom the target asks, and return how many there are.

    Customers who object to profiling are not scored, and a score of theirs as of this instant is taken away. Without a
    model nothing is predicted: signals speak alone.

    Raises:
        DataError: the model's files are not those that were signed.
    """
    target = target_named(target_name)
    champion = Registry(ledger, folder, SigningKey(key or folder / "signing.key")).champion(target_name)
    if champion is None:
        return _replaced(lake, timeline, target_name, None)
    model, estimator, manifest = champion
    today = timeline.as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    grid = lake.stage(grid_of(lake, timeline.events, [today]))
    population = lake.stage(target.population(timeline, grid))
    matrix = present_matrix(lake, timeline, target, population, compute or all_features)
    matrix = without(matrix, objectors(ledger, timeline.as_of)).only(manifest["features"])
    return _replaced(lake, timeline, target_name, _scored(matrix, model, estimator, manifest, timeline))


def _scored(
    matrix: Matrix, model: Model, estimator: Estimator, manifest: dict[str, Any], timeline: History
) -> pa.Table:
    calibration = Calibration.from_json(manifest["calibration"])
    probability = calibration.apply(_raw(model, matrix.x))
    low, high = calibration.ranges(probability)
    n = len(probability)
    return pa.table(
        {
            "as_of": pa.array([naive_utc(timeline.as_of)] * n, pa.timestamp("us")),
            "target": [str(manifest["target"])] * n,
            "customer_id": matrix.customers,
            "probability": probability,
            "low": low,
            "high": high,
            "evidence_level": ["model"] * n,
            "model_version": [str(manifest["model_id"])] * n,
            "flagged": probability >= float(manifest["threshold"]),
            "reasons": _reasons(matrix, probability, model, estimator, manifest),
        }
    )


def _raw(model: Model, x: Values) -> Values:
    batches = [model.predict_proba(x[at : at + _BATCH])[:, 1] for at in range(0, len(x), _BATCH)]
    return np.concatenate(batches) if batches else np.empty(0)


def _reasons(
    matrix: Matrix, probability: Values, model: Model, estimator: Estimator, manifest: dict[str, Any]
) -> list[str]:
    """Word the reasons of the likeliest customers; the others' are asked for one by one."""
    likeliest = np.argsort(-probability, kind="stable")[:_MOST_REASONS]
    reasons = ["[]"] * len(probability)
    if len(likeliest):
        x = matrix.x[likeliest]
        wording = Wording(matrix.names, features.feature_cards(), manifest["typical"], manifest["alike"])
        for row, said in zip(likeliest, worded_reasons(x, estimator.explain(model, x).values, wording), strict=True):
            reasons[int(row)] = said
    return reasons


def _replaced(lake: Lake, timeline: History, target_name: str, rows: pa.Table | None) -> int:
    """Put these rows in the place of what was predicted of the target as of the same instant."""
    stored = lake.read(PREDICTIONS)
    same = stored.filter((stored.as_of == naive_utc(timeline.as_of)) & (stored.target == target_name))
    customers = rows["customer_id"] if rows is not None else pa.array([], pa.int64())
    stale = same.anti_join(lake.stage(pa.table({"customer_id": customers})), "customer_id")
    if lake.count(stale):
        kept = stored.anti_join(stale.select("as_of", "target", "customer_id"), ["as_of", "target", "customer_id"])
        lake.replace(PREDICTIONS, lake.collect(kept))
    if rows is not None and rows.num_rows:
        lake.upsert(PREDICTIONS, rows)
    return 0 if rows is None else int(rows.num_rows)
