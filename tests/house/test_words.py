"""The house's own habits: no pickle, one reader of the clock, no registry named, front doors of at most seven names."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src/prevenance").rglob("*.py"))
ROOMS = sorted(path.parent for path in (ROOT / "src/prevenance").glob("*/__init__.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_nothing_is_pickled() -> None:
    banned = {"pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
    assert [p.name for p in SOURCES if {name.split(".")[0] for name in _imports(p)} & banned] == []


def test_only_the_kit_looks_at_the_machines_clock() -> None:
    reading = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    assert [str(p) for p in SOURCES if p.name != "clock.py" and reading.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_front_door_has_at_most_seven_names(room: Path) -> None:
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{room.name}/__init__.py does not say which question the room answers"
    names = [
        element
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
        and isinstance(node.value, ast.List)
        for element in node.value.elts
    ]
    assert len(names) <= 7, f"{room.name} opens {len(names)} names"


def test_each_catalogue_file_says_what_it_is() -> None:
    assert [str(p) for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))] == []


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    hosts = ["py" + "pi.org", "pythonhosted" + ".org", "registry." + "npmjs", "deb." + "debian.org"]
    places = re.compile("|".join([*map(re.escape, hosts), r"(?<![\w.])/(?:work|root|home/\w+)/"]))
    offenders = []
    for path in _tracked():
        if path.suffix in {".png", ".jpg", ".xlsx", ".parquet", ".ico", ".sqlite"} or path.name == "test_words.py":
            continue
        if places.search(path.read_text(encoding="utf-8", errors="replace")):
            offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []
