"""Say what a training came to: how good the model is, or why there is none."""

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from prevenance.kit.words import Words, number
from prevenance.models.base import Target

Answer = Literal["models", "signals_only", "not_enough"]


@dataclass(frozen=True)
class TrainingReport:
    """Says what a training came to.

    Attributes:
        target: its name.
        verdict: whether a model speaks, only signals do, or the question cannot be asked yet.
        reason: the verdict in words.
        manifest: everything measured, as plain data; empty without a model.
        is_new: whether a model was trained, or the one that these data gave before still stands.
        later: the rows of the later test period with label, probability and the rule's score; None when not new.
        before: the manifest of the model before it, when that one goes on speaking.
    """

    target: str
    verdict: Answer
    reason: Words
    manifest: dict[str, Any]
    is_new: bool = False
    later: pa.Table | None = None
    before: dict[str, Any] | None = None

    @property
    def speaking(self) -> dict[str, Any]:
        """Return the manifest of the model whose predictions people see."""
        return self.manifest if self.before is None else self.before

    def to_json(self) -> dict[str, Any]:
        """Return what a run reports of the target."""
        speaking = self.speaking
        measures = speaking.get("measures", {})
        return {
            "name": self.target,
            "verdict": self.verdict,
            "reason": {"fr": self.reason.fr, "en": self.reason.en},
            "auc": measures.get("auc"),
            "auc_interval": measures.get("auc_interval"),
            "baseline_auc": speaking.get("baseline", {}).get("auc"),
            "estimator": speaking.get("estimator"),
            "model_id": speaking.get("model_id"),
            "is_new": self.is_new,
            "waits": self.before is not None,
        }


def still_speaking(measured: Words, because: Words) -> Words:
    """Say that a new model waits, and how good the one is that goes on speaking."""
    return Words(
        fr=f"{measured.fr} Un nouveau modèle attend l’avis d’une personne : {because.fr}.",
        en=f"{measured.en} A new model waits for a person's word: {because.en}.",
    )


def without_model(target: Target, adequacy: str) -> TrainingReport:
    """Say that the audit found too little history for a model."""
    verdict: Answer = "signals_only" if adequacy == "signals_only" else "not_enough"
    reason = Words(
        fr="L’historique ne suffit pas pour un modèle : les signaux parlent seuls.",
        en="There is not enough history for a model: signals speak alone.",
    )
    return TrainingReport(target.name, verdict, reason, {})


def too_little(target: Target, present: int) -> TrainingReport:
    """Say that there are too few known cases, or too short a history to check on a later period."""
    reason = Words(
        fr=f"Trop peu de cas connus pour un modèle : {number(present, 'fr')} clients sur "
        f"{number(target.min_events, 'fr')} nécessaires, ou une histoire trop courte pour vérifier sur une période "
        "plus tardive.",
        en=f"Too few known cases for a model: {number(present, 'en')} customers of {number(target.min_events, 'en')} "
        "needed, or too short a history to check on a later period.",
    )
    return TrainingReport(target.name, "signals_only" if present else "not_enough", reason, {})


def measured_words(manifest: dict[str, Any], target: Target) -> Words:
    """Say how good a model is in the words of a person: of 100 flagged customers, so many did it.

    Example:
        >>> from prevenance.models.targets.churn import CHURN
        >>> measured_words({"measures": {"precision_at_flagged": 0.41}}, CHURN).en
        'Of 100 flagged customers, 41 left.'
    """
    share = 100 * float(manifest["measures"]["precision_at_flagged"])
    fr, en = target.outcome.say("fr", n=number(share, "fr")), target.outcome.say("en", n=number(share, "en"))
    return Words(fr=f"Sur 100 clients signalés, {fr}.", en=f"Of 100 flagged customers, {en}.")
