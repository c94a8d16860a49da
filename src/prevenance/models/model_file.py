"""Keep a model in a file that is data and nothing else: signed, checked before it is read, whole or not there."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from prevenance.kit.problems import DataError
from prevenance.models.base import Estimator, Model

_MOST_BYTES = 200_000_000
_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, zipfile.BadZipFile, OSError)  # what skops says no with
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"


@dataclass(frozen=True)
class SigningKey:
    """Signs manifests with a key that never leaves its file, and checks them with the public half beside it."""

    path: Path

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes; the key is made on first use, readable by its owner alone."""
        return self._private().sign(content)

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Say whether the signature was made by this key over these bytes."""
        public = Ed25519PublicKey.from_public_bytes(self._public_path.read_bytes())
        try:
            public.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    @property
    def _public_path(self) -> Path:
        return self.path.with_suffix(".pub")

    def _private(self) -> Ed25519PrivateKey:
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = Ed25519PrivateKey.generate()
            secret = fresh.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            _create_once(self.path, secret, mode=0o600)
        private = Ed25519PrivateKey.from_private_bytes(self.path.read_bytes())
        if not self._public_path.exists():
            _create_once(self._public_path, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), 0o644)
        return private


def publish(
    folder: Path,
    model: Model,
    estimator: Estimator,
    manifest: dict[str, Any],
    key: SigningKey,
    pages: Mapping[str, str] | None = None,
) -> Path:
    """Write a model with its signed manifest into a folder of its own, which appears complete or not at all.

    Args:
        folder: where models are kept.
        model: what was fitted.
        estimator: how it is stored.
        manifest: plain data; `model_id` names the folder.
        key: signs the manifest.
        pages: texts for people to put beside the model, by file name.

    Returns:
        The model's folder.
    """
    content = _stored(model, estimator)
    file_name = "model.txt" if estimator.file_format == "lightgbm" else "model.skops"
    complete = {
        **manifest,
        "file": file_name,
        "format": estimator.file_format,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    text = json.dumps(complete, sort_keys=True, ensure_ascii=False, indent=1).encode()
    final, draft = folder / str(manifest["model_id"]), folder / f".draft-{manifest['model_id']}-{os.getpid()}"
    for left_over in folder.glob(f".draft-{manifest['model_id']}-*"):  # of a run that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    draft.mkdir(parents=True, exist_ok=True)
    texts = {name: page.encode() for name, page in (pages or {}).items()}
    for name, written in {**texts, file_name: content, _MANIFEST: text, _SIGNATURE: key.sign(text)}.items():
        _write(draft / name, written)
    _sync(draft)
    _put_in_place(draft, final, key)
    _sync(folder)
    return final


def read_manifest(folder: Path, key: SigningKey) -> dict[str, Any]:
    """Return the manifest of a model whose signature is right.

    Raises:
        DataError: it is missing, or was not signed by this company's key.
    """
    try:
        text, signature = (folder / _MANIFEST).read_bytes(), (folder / _SIGNATURE).read_bytes()
        is_ours = key.verifies(signature, text)
    except (OSError, ValueError) as failure:
        message = f"The model {folder.name} has no readable manifest, signature or key. Train it again."
        raise DataError(message, model=folder.name) from failure
    if not is_ours:
        message = f"The signature of the model {folder.name} is wrong: somebody changed it. Train it again."
        raise DataError(message, model=folder.name)
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def restore(folder: Path, estimators: dict[str, Estimator], key: SigningKey) -> tuple[Model, dict[str, Any]]:
    """Return a model and its manifest; nothing of the file is parsed before signature and hash are right.

    Raises:
        DataError: the file is not the one that was signed, too large, or of a kind that is not known.
    """
    manifest = read_manifest(folder, key)
    content = checked_content(folder, manifest)
    estimator = estimators.get(str(manifest["estimator"]))
    if estimator is None or estimator.file_format != manifest["format"]:
        message = f"The model {folder.name} needs the estimator {manifest['estimator']!r}, which is not here."
        raise DataError(message, model=folder.name)
    try:
        return estimator.restore(_loaded(content, estimator)), manifest
    except _UNREADABLE as failure:
        message = f"The model {folder.name} holds something else than a {estimator.name}. Train it again."
        raise DataError(message, model=folder.name) from failure


def checked_content(folder: Path, manifest: dict[str, Any]) -> bytes:
    """Return the bytes of a model's file when they are those that were signed.

    Raises:
        DataError: they are not, or the file is missing, misplaced or too large.
    """
    path = folder / str(manifest["file"])
    if path.parent != folder or not path.is_file() or path.stat().st_size > _MOST_BYTES:
        message = f"The file of the model {folder.name} is missing, misplaced or too large. Train it again."
        raise DataError(message, model=folder.name)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        message = f"The file of the model {folder.name} is not the one that was signed. Train it again."
        raise DataError(message, model=folder.name)
    return content


def _stored(model: Model, estimator: Estimator) -> bytes:
    state = estimator.state(model)
    if estimator.file_format == "lightgbm":
        return str(state).encode()
    import skops.io

    return bytes(skops.io.dumps(state))


def _loaded(content: bytes, estimator: Estimator) -> object:
    if estimator.file_format == "lightgbm":
        return content.decode()
    import skops.io

    # The estimator's own fixed list, never what the file says about itself.
    return skops.io.loads(content, trusted=list(estimator.trusted_types))


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _create_once(path: Path, content: bytes, mode: int) -> None:
    """Write a file that must never be seen half written nor be replaced."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: then its file counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync(path.parent)


def _put_in_place(draft: Path, final: Path, key: SigningKey) -> None:
    """Rename the draft; a whole model of the same name stays, a broken one is put aside first."""
    if final.exists():
        try:
            checked_content(final, read_manifest(final, key))
        except DataError:
            aside = final.with_name(f".broken-{final.name}")
            shutil.rmtree(aside, ignore_errors=True)
            final.rename(aside)
        else:
            shutil.rmtree(draft)
            return
    draft.rename(final)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
