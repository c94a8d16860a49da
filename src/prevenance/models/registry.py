"""Remember which models there are and which one speaks: rows of the ledger, beside files that only training writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from prevenance.kit.catalogue import load
from prevenance.kit.problems import ConfigurationError, DataError
from prevenance.kit.words import Words
from prevenance.models.base import Estimator, Model
from prevenance.models.model_file import SigningKey, checked_content, publish, read_manifest, restore
from prevenance.models.promotion import objection
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
    ) -> Words | None:
        """Write the model's files, then let it speak: the files are whole before the ledger names them.

        Returns:
            Why it waits instead, in words; None when it speaks.
        """
        place = publish(self.folder, model, estimator, manifest, self.key, pages)
        with self.ledger.begin() as tx:
            self.ledger.hold(tx, f"models:{manifest['target']}")
            known = tx.execute(select(_MODELS.c.model_id).where(_MODELS.c.model_id == manifest["model_id"]))
            if known.scalar_one_or_none() is None:
                tx.execute(insert(_MODELS).values(**self._row(tx, manifest, place.name)))
            return self._let_speak(tx, manifest)

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
        with self.ledger.read() as tx:
            return _speaking(tx, target)

    def rows(self) -> list[dict[str, Any]]:
        """Return the ledger's row of every model, by target, the newest first."""
        with self.ledger.read() as tx:
            found = tx.execute(select(_MODELS).order_by(_MODELS.c.target, _MODELS.c.version.desc()))
            return [dict(row) for row in found.mappings()]

    def speak_again(self, manifest: dict[str, Any]) -> Words | None:
        """Let a model that is already published speak; return why it waits instead, None when it speaks."""
        with self.ledger.begin() as tx:
            self.ledger.hold(tx, f"models:{manifest['target']}")
            return self._let_speak(tx, manifest)

    def choose(self, target: str, version: int | None, *, actor: str, reason: str) -> str:
        """Let one model speak whatever trainings bring, and return its id.

        Args:
            target: the target's name.
            version: the model's number; the one before the present one when not given.
            actor: who says so.
            reason: why.

        Raises:
            ConfigurationError: there is no such model.
            DataError: its files are not those that were signed.
        """
        with self.ledger.begin() as tx:
            self.ledger.hold(tx, f"models:{target}")
            rows = _newest_first(tx, target)
            present = next((row["version"] for row in rows if row["status"] == "champion"), 0)
            fitting = (r for r in rows if (r["version"] < present if version is None else r["version"] == version))
            chosen = next(fitting, None)
            if chosen is None:
                message = (
                    f"There is no earlier model for {target!r} to go back to. Train one first."
                    if version is None
                    else f"{target!r} has no model {version}; it has {_numbers(rows)}."
                )
                raise ConfigurationError(message, target=target)
            self._make_champion(tx, chosen, chosen_by=actor)
            detail = {"target": target, "version": chosen["version"], "reason": reason}
            self.ledger.record(tx, actor, "model_chosen", f"model:{chosen['model_id']}", detail)
        return str(chosen["model_id"])

    def release(self, target: str, *, actor: str, reason: str) -> str:
        """Let the newest model speak, and those that trainings will bring, and return its id.

        Raises:
            ConfigurationError: there is no model.
            DataError: its files are not those that were signed.
        """
        with self.ledger.begin() as tx:
            self.ledger.hold(tx, f"models:{target}")
            rows = _newest_first(tx, target)
            if not rows:
                raise ConfigurationError(f"There is no model for {target!r} yet. Train one first.", target=target)
            self._make_champion(tx, rows[0], chosen_by=None)
            detail = {"target": target, "version": rows[0]["version"], "reason": reason}
            self.ledger.record(tx, actor, "model_released", f"model:{rows[0]['model_id']}", detail)
        return str(rows[0]["model_id"])

    def _let_speak(self, tx: Connection, manifest: dict[str, Any]) -> Words | None:
        """Make a model the champion, unless a person chose another or it is worse than the present one."""
        target, model_id = str(manifest["target"]), str(manifest["model_id"])
        present = _speaking(tx, target)
        if present is not None and present["model_id"] == model_id:
            return None
        row = tx.execute(select(_MODELS).where(_MODELS.c.model_id == model_id)).mappings().one()
        why = None if present is None else _chosen(present) or objection(manifest, present["manifest"])
        detail = {"target": target, "estimator": manifest["estimator"]}
        if why is None:
            self._make_champion(tx, row, chosen_by=None)
            self.ledger.record(tx, "training", "model_published", f"model:{model_id}", detail)
        elif row["waits_because"] != vars(why):
            waits = {"status": "challenger", "waits_because": vars(why)}
            tx.execute(update(_MODELS).where(_MODELS.c.model_id == model_id).values(**waits))
            self.ledger.record(tx, "training", "model_waits", f"model:{model_id}", {**detail, "because": why.en})
        return why

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

    def _make_champion(self, tx: Connection, row: Mapping[Any, Any], *, chosen_by: str | None) -> None:
        checked_content(self.folder / row["path"], read_manifest(self.folder / row["path"], self.key))
        own = _MODELS.c.target == row["target"]
        tx.execute(update(_MODELS).where(own, _MODELS.c.status == "champion").values(status="retired", chosen_by=None))
        speaks = {"status": "champion", "chosen_by": chosen_by, "waits_because": None}
        tx.execute(update(_MODELS).where(_MODELS.c.model_id == row["model_id"]).values(**speaks))


def _speaking(tx: Connection, target: str) -> dict[str, Any] | None:
    speaks = (_MODELS.c.target == target, _MODELS.c.status == "champion")
    row = tx.execute(select(_MODELS).where(*speaks)).mappings().one_or_none()
    return None if row is None else dict(row)


def _newest_first(tx: Connection, target: str) -> list[dict[str, Any]]:
    newest_first = select(_MODELS).where(_MODELS.c.target == target).order_by(_MODELS.c.version.desc())
    return [dict(row) for row in tx.execute(newest_first).mappings()]


def _numbers(rows: list[dict[str, Any]]) -> str:
    return ", ".join(str(row["version"]) for row in rows) or "none"


def _chosen(present: Mapping[str, Any]) -> Words | None:
    if present["chosen_by"] is None:
        return None
    values = {"person": present["chosen_by"], "version": present["version"]}
    return Words(
        fr="{person} a choisi le modèle {version}".format(**values),
        en="{person} chose model {version}".format(**values),
    )
