"""Show the models of a project, and let a person choose which one speaks; trainings do not overrule a choice."""

from datetime import datetime
from pathlib import Path
from typing import Any

from prevenance.kit.words import Words
from prevenance.models.base import Target
from prevenance.models.model_file import SigningKey
from prevenance.models.registry import Registry
from prevenance.models.target_catalogue import target_cards, target_named
from prevenance.models.training_report import measured_words
from prevenance.records.screens import ModelVersion
from prevenance.storage import Ledger


class Versions:
    """Is the shelf of a project's models."""

    def __init__(self, ledger: Ledger, folder: Path, key: Path | None = None) -> None:
        self._registry = Registry(ledger, folder, SigningKey(key or folder / "signing.key"))

    def all(self) -> tuple[ModelVersion, ...]:
        """Return every model, by target, the newest first."""
        cards = target_cards()
        return tuple(_version(row, cards[row["target"]]) for row in self._registry.rows() if row["target"] in cards)

    def choose(self, target: str, version: int, *, actor: str, reason: str) -> str:
        """Let one model speak until it is released, and return its id; the trail keeps who and why.

        Raises:
            ConfigurationError: there is no such question or version.
            DataError: its files are not those that were signed.
        """
        return self._registry.choose(target_named(target).name, version, actor=actor, reason=reason)

    def roll_back(self, target: str, *, actor: str, reason: str) -> str:
        """Let the model before the present one speak until it is released, and return its id.

        Raises:
            ConfigurationError: there is no earlier model.
            DataError: its files are not those that were signed.
        """
        return self._registry.choose(target_named(target).name, None, actor=actor, reason=reason)

    def release(self, target: str, *, actor: str, reason: str) -> str:
        """Let the newest model speak, and those that trainings will bring, and return its id.

        Raises:
            ConfigurationError: there is no model.
            DataError: its files are not those that were signed.
        """
        return self._registry.release(target_named(target).name, actor=actor, reason=reason)


def _version(row: dict[str, Any], target: Target) -> ModelVersion:
    manifest, why = row["manifest"], row["waits_because"]
    return ModelVersion(
        target=row["target"],
        question=target.question,
        version=row["version"],
        model_id=row["model_id"],
        status=row["status"],
        estimator=manifest["estimator"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        precision=measured_words(manifest, target),
        chosen_by=row["chosen_by"],
        waits_because=Words(**why) if why else None,
        measures=manifest["measures"],
        rule_auc=manifest.get("baseline", {}).get("auc"),
    )
