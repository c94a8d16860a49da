"""Score today's customers: how likely, between what and what, and for which reasons."""

import json
from dataclasses import dataclass
from datetime import date, datetime
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
from prevenance.models.reasons import Drivers, Wording, worded_reasons
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
    currency: str = "EUR",
) -> int:
    """Write a prediction for each customer about whom the target asks, and return how many there are.

    Customers who object to profiling are not scored, and a score of theirs as of this instant is taken away. Without a
    model nothing is predicted: signals speak alone.

    Args:
        lake: computes, and takes the predictions.
        ledger: knows the models, and who objects.
        timeline: what was known at `as_of`.
        target_name: the question.
        folder: where the models lie.
        key: the signing key; the one beside the models when not given.
        compute: makes the features; those of the catalogue when not given.
        currency: in which amounts are written in reasons.

    Raises:
        DataError: the model's files are not those that were signed.
    """
    target = target_named(target_name)
    found = Registry(ledger, folder, SigningKey(key or folder / "signing.key")).champion(target_name)
    if found is None:
        return _replaced(lake, timeline, target_name, None)
    champion = _Champion(*found, currency)
    today = timeline.as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    grid = lake.stage(grid_of(lake, timeline.events, [today]))
    population = lake.stage(target.population(timeline, grid))
    matrix = present_matrix(lake, timeline, target, population, compute or all_features)
    matrix = without(matrix, objectors(ledger, timeline.as_of)).only(champion.manifest["features"])
    return _replaced(lake, timeline, target_name, _scored(matrix, champion, timeline.as_of))


@dataclass(frozen=True)
class _Champion:
    model: Model
    estimator: Estimator
    manifest: dict[str, Any]
    currency: str

    @property
    def calibration(self) -> Calibration:
        return Calibration.from_json(self.manifest["calibration"])


def _scored(matrix: Matrix, champion: _Champion, as_of: datetime) -> pa.Table:
    probability = champion.calibration.apply(_raw(champion.model, matrix.x))
    low, high = champion.calibration.ranges(probability)
    n, manifest = len(probability), champion.manifest
    return pa.table(
        {
            "as_of": pa.array([naive_utc(as_of)] * n, pa.timestamp("us")),
            "target": [str(manifest["target"])] * n,
            "customer_id": matrix.customers,
            "probability": probability,
            "low": low,
            "high": high,
            "evidence_level": ["model"] * n,
            "model_version": [str(manifest["model_id"])] * n,
            "flagged": probability >= float(manifest["threshold"]),
            "reasons": _reasons(matrix, probability, champion, as_of.date()),
        }
    )


def _raw(model: Model, x: Values) -> Values:
    batches = [model.predict_proba(x[at : at + _BATCH])[:, 1] for at in range(0, len(x), _BATCH)]
    return np.concatenate(batches) if batches else np.empty(0)


def _reasons(matrix: Matrix, probability: Values, champion: _Champion, on: date) -> list[str]:
    """Word the reasons of the likeliest customers; the others' are asked for one by one."""
    likeliest = np.argsort(-probability, kind="stable")[:_MOST_REASONS]
    reasons = ["[]"] * len(probability)
    if not len(likeliest):
        return reasons
    x, manifest = matrix.x[likeliest], champion.manifest
    cards = features.feature_cards()
    wording = Wording(matrix.names, cards, manifest["typical"], manifest["alike"], on, champion.currency)
    contributions = champion.estimator.explain(champion.model, x).values
    drivers = Drivers.of(x, contributions, wording, lambda rows: _raw(champion.model, rows))
    without = np.column_stack([champion.calibration.apply(score) for score in drivers.without.T])
    worded = worded_reasons(x, contributions, drivers, without, wording)
    for row, said in zip(likeliest, worded, strict=True):
        reasons[int(row)] = json.dumps(said, ensure_ascii=False)
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
