"""Train the model of one target: learn from the past, judge by a later time, check for leaks, publish, say it all."""

import platform
from collections.abc import Collection
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from prevenance import features
from prevenance.kit.catalogue import load
from prevenance.kit.clock import aware_utc
from prevenance.kit.hashing import fingerprint
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Words
from prevenance.models.base import Estimator, History, Target
from prevenance.models.card import card_page
from prevenance.models.matrix import Compute, Matrix, Split, labelled_matrix, past_cutoffs, split_in_time
from prevenance.models.model_file import SigningKey
from prevenance.models.reasons import alike_columns
from prevenance.models.registry import Registry
from prevenance.models.target_catalogue import target_named
from prevenance.models.training import Training, calibration_of, medians, n_found
from prevenance.models.training_report import TrainingReport, measured_words, still_speaking, too_little, without_model
from prevenance.privacy import Wishes
from prevenance.storage import Lake, Ledger

_FORMAT = 1  # of the manifest; a new one trains anew
_LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "skops")


def train(
    lake: Lake,
    ledger: Ledger,
    timeline: History,
    target_name: str,
    *,
    folder: Path,
    seed: int = 0,
    key: Path | None = None,
    adequacy: str = "models",
    compute: Compute | None = None,
    progress: Progress | None = None,
) -> TrainingReport:
    """Fit, choose, calibrate, judge and publish the model of a target; the same data give the same model, once.

    Args:
        lake: runs the expressions.
        ledger: remembers the models, and who objected to profiling.
        timeline: the past, as known at its `as_of`.
        target_name: a card of `targets/`.
        folder: where model files are kept.
        seed: fixes chance.
        key: the signing key's file, made on first use; `signing.key` in the folder when not given.
        adequacy: the audit's answer for this target; anything but `models` trains nothing.
        compute: computes features; the features room's own unless a test brings another.
        progress: hears how the work goes on.

    Returns:
        A report; `to_json()` is what a run shows of it.
    """
    progress = progress or SilentProgress()
    target = target_named(target_name)
    if adequacy != "models":
        return without_model(target, adequacy)
    compute = compute or all_features
    matrix = _past(lake, ledger, timeline, target, compute)
    split = None if matrix is None else split_in_time(matrix, target.horizon_days)
    if matrix is None or split is None or not _is_enough(split, target):
        return too_little(target, 0 if matrix is None else n_found(matrix))
    registry = Registry(ledger, folder, SigningKey(key or folder / "signing.key"))
    training_fingerprint = _training_fingerprint(matrix, target, seed)
    known = registry.find(target_name, training_fingerprint)
    if known is not None:
        waits = registry.speak_again(known)
        return _report(registry, target, known, waits)
    training = Training(target, load("prevenance.models.estimators", Estimator), seed, progress)
    checks, split = training.checked(lake, timeline, split, compute)
    climbed = training.climb(split)
    calibration = calibration_of(climbed, split.learn)
    judged = training.judge(split, climbed, calibration)
    whole = matrix.only(split.learn.names)
    model = training.fit(climbed.chosen, whole)
    manifest = {
        **_identity_of(target, timeline, whole, training_fingerprint),
        **judged.manifest,
        "seed": seed,
        "estimator": climbed.chosen,
        "ladder": [{**vars(rung), "seconds": round(rung.seconds, 2)} for rung in climbed.rungs],
        "calibration": calibration.to_json(),
        "leak_checks": checks.to_json(),
        "typical": dict(zip(whole.names, medians(whole.x), strict=True)),
        "alike": alike_columns(whole.x),
        "drivers": training.drivers(climbed.chosen, model, whole),
    }
    pages = {"card.fr.html": card_page(manifest, target, "fr"), "card.en.html": card_page(manifest, target, "en")}
    waits = registry.publish(model, training.estimators[climbed.chosen], manifest, pages)
    return _report(registry, target, manifest, waits, is_new=True, later=judged.rows)


def _report(
    registry: Registry, target: Target, manifest: dict[str, Any], waits: Words | None, **more: Any
) -> TrainingReport:
    if waits is None:
        return TrainingReport(target.name, "models", measured_words(manifest, target), manifest, **more)
    present = registry.champion_row(target.name)
    assert present is not None, "a model waits only behind another"
    reason = still_speaking(measured_words(present["manifest"], target), waits)
    return TrainingReport(target.name, "models", reason, manifest, before=present["manifest"], **more)


def all_features(timeline: History, grid: Any) -> Any:  # Any: Ibis tables; the features room asks a timeline for more
    """Compute all features of the features room."""
    return features.compute(timeline, grid)  # type: ignore[arg-type]  # every timeline that comes here has it


def objectors(ledger: Ledger, at: datetime) -> frozenset[int]:
    """Return the customers who object to profiling: they are neither learned from nor scored."""
    with ledger.read() as tx:
        return frozenset(int(customer) for customer in Wishes(tx, at=at, actor="models").objectors("profiling"))


def _past(lake: Lake, ledger: Ledger, timeline: History, target: Target, compute: Compute) -> Matrix | None:
    first = lake.collect(timeline.events.aggregate(at=timeline.events.occurred_at.min()))["at"].to_pylist()[0]
    if first is None:
        return None
    cutoffs = past_cutoffs(aware_utc(first), timeline.as_of, target.horizon_days)
    if not cutoffs:
        return None
    matrix = labelled_matrix(lake, timeline, target, cutoffs, compute)
    return without(matrix, objectors(ledger, timeline.as_of))


def without(matrix: Matrix, customers: Collection[int]) -> Matrix:
    """Return the rows of everybody but these customers."""
    if not customers:
        return matrix
    return matrix.rows(~np.isin(matrix.customers, np.array(sorted(customers), dtype=np.int64)))


def _is_enough(split: Split, target: Target) -> bool:
    learned, judged = n_found(split.learn), n_found(split.later)
    return bool(split.folds) and learned >= target.min_events and judged >= target.min_events // 6


def _training_fingerprint(matrix: Matrix, target: Target, seed: int) -> str:
    return fingerprint(
        {
            "data": matrix.fingerprint(),
            "target": [target.name, target.horizon_days, target.flagged_share, target.rule.feature],
            "seed": seed,
            "format": _FORMAT,
            "libraries": {name: version(name) for name in _LIBRARIES},
        }
    )


def _identity_of(target: Target, timeline: History, whole: Matrix, training: str) -> dict[str, Any]:
    cutoffs = np.unique(whole.cutoffs).astype("datetime64[D]").astype(str)
    return {
        "model_id": f"{target.name}-{training}",
        "target": target.name,
        "purpose": {"fr": target.purpose.fr, "en": target.purpose.en},
        "legal_basis": target.legal_basis,
        "horizon_days": target.horizon_days,
        "as_of": timeline.as_of.isoformat(),
        "cutoffs": [str(cutoffs[0]), str(cutoffs[-1]), len(cutoffs)],
        "n_rows": len(whole.y),
        "n_customers": len(np.unique(whole.customers)),
        "features": list(whole.names),
        "training_fingerprint": training,
        "libraries": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }
