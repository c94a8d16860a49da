"""A model's file is hostile until its signature is right, and a killed training leaves the old model or the new one."""

import hashlib
import json
import os
import pickle
import signal
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests import children

from prevenance.kit.catalogue import load
from prevenance.kit.problems import DataError
from prevenance.models.base import Estimator
from prevenance.models.model_file import SigningKey, publish, read_manifest, restore

ESTIMATORS = load("prevenance.models.estimators", Estimator)


def fitted(name: str) -> tuple[Estimator, object]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    return ESTIMATORS[name], ESTIMATORS[name].build(0).fit(x, (x[:, 0] + rng.normal(size=300) > 0).astype(np.int8))


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey(tmp_path / "keys" / "signing.key")


@pytest.fixture(params=sorted(ESTIMATORS))
def model(request: pytest.FixtureRequest, tmp_path: Path, key: SigningKey) -> Path:
    estimator, model = fitted(request.param)
    manifest = {"model_id": "churn-1", "target": "churn", "estimator": estimator.name}
    return publish(tmp_path / "models", model, estimator, manifest, key)  # type: ignore[arg-type]


class Bomb:
    """Does harm when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def content_of(model: Path) -> Path:
    return next(path for path in model.iterdir() if path.name.startswith("model."))


def test_the_key_is_its_owners_alone(model: Path, key: SigningKey) -> None:
    assert key.path.stat().st_mode & 0o777 == 0o600


def test_one_changed_byte_is_refused_before_anything_is_read(
    model: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    import skops.io

    path = content_of(model)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(bytes(changed))
    monkeypatch.setattr(skops.io, "loads", lambda *_, **__: pytest.fail("the file was parsed"))
    with pytest.raises(DataError, match="not the one that was signed"):
        restore(model, ESTIMATORS, key)


def test_a_manifest_that_was_edited_is_refused(model: Path, key: SigningKey) -> None:
    path = model / "manifest.json"
    path.write_text(path.read_text().replace("churn", "other"))
    with pytest.raises(DataError, match="signature"):
        read_manifest(model, key)


def test_a_file_exchanged_together_with_its_hash_is_refused(model: Path, key: SigningKey, tmp_path: Path) -> None:
    evil = pickle.dumps(Bomb(tmp_path / "harm"))
    content_of(model).write_bytes(evil)
    manifest = json.loads((model / "manifest.json").read_text())
    (model / "manifest.json").write_text(json.dumps(manifest | {"sha256": hashlib.sha256(evil).hexdigest()}))
    with pytest.raises(DataError, match="signature"):
        restore(model, ESTIMATORS, key)
    assert not (tmp_path / "harm").exists()


def test_another_companys_signature_is_refused(model: Path, tmp_path: Path) -> None:
    other = SigningKey(tmp_path / "elsewhere" / "signing.key")
    other.sign(b"anything")
    with pytest.raises(DataError, match="signature"):
        restore(model, ESTIMATORS, other)


@pytest.mark.parametrize("hostile", ["pickle", "type", "nothing", "truncated"])
def test_even_a_rightly_signed_hostile_file_runs_nothing(hostile: str, tmp_path: Path, key: SigningKey) -> None:
    """Should the key be stolen, the fixed list of types is the second wall."""
    estimator, model = fitted("random_forest")
    folder = publish(tmp_path, model, estimator, {"model_id": "m", "estimator": estimator.name}, key)  # type: ignore[arg-type]
    path = folder / "model.skops"
    if hostile == "pickle":
        path.write_bytes(pickle.dumps(Bomb(tmp_path / "harm")))
    elif hostile == "nothing":
        path.write_bytes(b"")
    elif hostile == "truncated":
        path.write_bytes(path.read_bytes()[:500])
    else:
        call = {"__class__": "mkdir", "__module__": "os", "__loader__": "FunctionNode", "content": "os.mkdir"}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("schema.json", json.dumps({**call, "protocol": 2, "_skops_version": "0.16"}))
    manifest = json.loads((folder / "manifest.json").read_text())
    text = json.dumps(manifest | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}).encode()
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(key.sign(text))
    with pytest.raises(DataError, match="something else"):
        restore(folder, ESTIMATORS, key)
    assert not (tmp_path / "harm").exists()


def test_a_manifest_cannot_point_outside_its_folder(tmp_path: Path, key: SigningKey) -> None:
    estimator, model = fitted("logistic_regression")
    folder = publish(tmp_path / "models", model, estimator, {"model_id": "m", "estimator": estimator.name}, key)  # type: ignore[arg-type]
    (tmp_path / "models" / "outside.skops").write_bytes(content_of(folder).read_bytes())
    manifest = json.loads((folder / "manifest.json").read_text())
    text = json.dumps(manifest | {"file": "../outside.skops"}).encode()
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(key.sign(text))
    with pytest.raises(DataError, match="misplaced"):
        restore(folder, ESTIMATORS, key)


def test_no_trusted_type_can_call_anything() -> None:
    listed = {name for estimator in ESTIMATORS.values() for name in estimator.trusted_types}
    assert listed == {"sklearn.tree._tree.Tree"}


def _publish_forever(folder: Path, key_path: Path) -> None:
    estimator, model = fitted("logistic_regression")
    number = 0
    while True:
        manifest = {"model_id": f"churn-{number % 3}", "estimator": estimator.name, "number": number}
        publish(folder, model, estimator, manifest, SigningKey(key_path))  # type: ignore[arg-type]
        number += 1


def test_a_killed_training_leaves_only_whole_models(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    folder, key = tmp_path / "models", SigningKey(tmp_path / "signing.key")
    for _ in range(12):
        child = children.start(_publish_forever, folder, key.path)
        deadline = time.monotonic() + 30
        while not folder.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(float(rng.uniform(0.0, 0.1)))
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        for model in folder.glob("churn-*"):
            restore(model, ESTIMATORS, key)
    assert list(folder.glob("churn-*"))
