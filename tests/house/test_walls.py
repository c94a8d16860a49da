"""The walls of the house hold: a planted offence of each kind is rejected, and the house itself has none."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    environment = {"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _add(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_the_house_keeps_its_own_rules(copy_of_the_house: Path) -> None:
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 0, outcome.stdout


def test_a_backward_import_is_rejected(copy_of_the_house: Path) -> None:
    _add(copy_of_the_house / "src/prevenance/sources/__init__.py", "from prevenance import outcomes")
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 1
    assert "prevenance.sources is not allowed to import prevenance.outcomes" in outcome.stdout


def test_an_attic_folder_is_rejected(copy_of_the_house: Path) -> None:
    attic = copy_of_the_house / "src/prevenance/attic"
    attic.mkdir()
    (attic / "__init__.py").write_text("", encoding="utf-8")
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 1
    assert "attic" in outcome.stdout


def test_a_side_entrance_is_rejected(copy_of_the_house: Path) -> None:
    room = copy_of_the_house / "src/prevenance/models/__init__.py"
    _add(room, "from prevenance.features.compute import compute as by_the_window")
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 1
    assert "features: entered through its front door" in outcome.stdout


def test_a_catalogue_entry_that_leans_on_another_is_rejected(copy_of_the_house: Path) -> None:
    entries = sorted(p.stem for p in (copy_of_the_house / "src/prevenance/privacy/rules").glob("[a-z]*.py"))
    first, second = entries[:2]
    path = copy_of_the_house / f"src/prevenance/privacy/rules/{first}.py"
    _add(path, f"import prevenance.privacy.rules.{second}")
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 1
    assert "entries do not know each other" in outcome.stdout


def test_data_code_in_a_face_is_rejected(copy_of_the_house: Path) -> None:
    _add(copy_of_the_house / "src/prevenance/cli/__init__.py", "import duckdb")
    outcome = _lint_imports(copy_of_the_house)
    assert outcome.returncode == 1
    assert "The faces hold no data code" in outcome.stdout
