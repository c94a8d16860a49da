"""Remember which models there are and which one speaks: rows of the ledger, beside files that only training writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from prevenance.kit.catalogue import load
from prevenance.kit.problems import ConfigurationError, DataError
from prevenance.models.base import Estimator, Model
from prevenance.models.model_file import SigningKey, checked_content, publish, read_manifest, restore
from prevenance.storage import Ledger, ledger_tables

_MODELS = ledger_tables.models


@dataclass(frozen=True)
class Registry:
    """Publishes, finds and brings back models of one project."""

    ledger: Ledger
    folder: Path
    key: SigningKey

    def find(self, target: str, training_fingerprint: str) -> dict[str, Any] | None:
        """Return the manifest of the model that these very data gave, if its files are whole."""
        same = (_MODELS.c.target == target, _MODELS.c.training_fingerprint == training_fingerprint)
        with self.ledger.read() as tx:
            path = tx.execute(select(_MODELS.c.path).where(*same)).scalar_one_or_none()
        if path is None:
            return None
        try:
            manifest = read_manifest(self.folder / path, self.key)
            checked_content(self.folder / path, manifest)
        except DataError:
            return None
        return manifest

    def publish(
        self, model: Model, estimator: Estimator, manifest: dict[str, Any], pages: Mapping[str, str] | None = None
    ) -> None:
        """Write the model's files, then let it speak: the files are whole before the ledger names them."""
        place = publish(self.folder, model, estimator, manifest, self.key, pages)
        with self.ledger.begin() as tx:
            self.ledger.hold(tx, f"models:{manifest['target']}")
            known = tx.execute(select(_MODELS.c.model_id).where(_MODELS.c.model_id == manifest["model_id"]))
            if known.scalar_one_or_none() is None:
                tx.execute(insert(_MODELS).values(**self._row(tx, manifest, place.name)))
            self._make_champion(tx, manifest["target"], manifest["model_id"])
            detail = {"target": manifest["target"], "estimator": manifest["estimator"]}
            self.ledger.record(tx, "training", "model_published", f"model:{manifest['model_id']}", detail)

    def champion(self, target: str) -> tuple[Model, Estimator, dict[str, Any]] | None:
        """Return the model that speaks for a target, verified; None when there is none yet.

        Raises:
            DataError: its files are not those that were signed and registered.
        """
        row = self.champion_row(target)
        if row is None:
            return None
        estimators = load("prevenance.models.estimators", Estimator)
        model, manifest = restore(self.folder / row["path"], estimators, self.key)
        if manifest["model_id"] != row["model_id"]:  # an older, rightly signed model in the place of this one
            message = f"The files of the model {row['model_id']} are those of {manifest['model_id']}. Train it again."
            raise DataError(message, model=row["model_id"])
        return model, estimators[str(manifest["estimator"])], manifest

    def champion_row(self, target: str) -> dict[str, Any] | None:
        """Return the ledger's row of the model that speaks for a target."""
        speaks = (_MODELS.c.target == target, _MODELS.c.status == "champion")
        with self.ledger.read() as tx:
            row = tx.execute(select(_MODELS).where(*speaks)).mappings().one_or_none()
        return None if row is None else dict(row)

    def speak_again(self, target: str, model_id: str) -> None:
        """Let a model that is already published be the champion."""
        row = self.champion_row(target)
        if row is not None and row["model_id"] == model_id:
            return
        with self.ledger.begin() as tx:
            self._make_champion(tx, target, model_id)
            self.ledger.record(tx, "training", "model_promoted", f"model:{model_id}", {"target": target})

    def roll_back(self, target: str, *, actor: str, reason: str) -> str:
        """Let the model before the present one speak again, and return its id.

        Raises:
            ConfigurationError: there is none before it.
        """
        newest_first = select(_MODELS).where(_MODELS.c.target == target).order_by(_MODELS.c.version.desc())
        with self.ledger.begin() as tx:
            rows = [dict(row) for row in tx.execute(newest_first).mappings()]
            present = next((row["version"] for row in rows if row["status"] == "champion"), 0)
            earlier = next((row for row in rows if row["version"] < present), None)
            if earlier is None:
                message = f"There is no earlier model for {target!r} to go back to. Train one first."
                raise ConfigurationError(message, target=target)
            checked_content(self.folder / earlier["path"], read_manifest(self.folder / earlier["path"], self.key))
            self._make_champion(tx, target, earlier["model_id"])
            detail = {"target": target, "reason": reason}
            self.ledger.record(tx, actor, "model_rolled_back", f"model:{earlier['model_id']}", detail)
        return str(earlier["model_id"])

    def _row(self, tx: Connection, manifest: dict[str, Any], path: str) -> dict[str, Any]:
        last = tx.execute(select(func.max(_MODELS.c.version)).where(_MODELS.c.target == manifest["target"])).scalar()
        return {
            "model_id": manifest["model_id"],
            "target": manifest["target"],
            "version": (last or 0) + 1,
            "status": "challenger",
            "path": path,
            "manifest": manifest,
            "training_fingerprint": manifest["training_fingerprint"],
            "created_at": self.ledger.clock.now(),
        }

    @staticmethod
    def _make_champion(tx: Connection, target: str, model_id: str) -> None:
        own = _MODELS.c.target == target
        tx.execute(update(_MODELS).where(own, _MODELS.c.status == "champion").values(status="retired"))
        tx.execute(update(_MODELS).where(own, _MODELS.c.model_id == model_id).values(status="champion"))
