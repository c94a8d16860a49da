"""Load a catalogue: a folder in which one file is one thing, and adding a file is all it takes."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

from prevenance.kit.problems import CatalogueError


class Named(Protocol):
    """Anything that says its own name."""

    @property
    def name(self) -> str:
        """Return the name, equal to that of the file."""
        ...


Entry = TypeVar("Entry", bound=Named)


def load(package: str, kind: type[Entry], *, extra: Path | None = None) -> dict[str, Entry]:
    """Load every entry of a catalogue package, and of a project's own folder beside it.

    Each module holds exactly one instance of `kind`, whose name is that of its file.

    Args:
        package: dotted name of the catalogue folder, for example `prevenance.features.signals`.
        kind: the class of the entries.
        extra: a folder of further entries, one file each, such as a project's `extensions/signals`.

    Returns:
        The entries by name, sorted by name.

    Raises:
        CatalogueError: a file does not keep to that; the message names it.

    Example:
        >>> from prevenance.records.event_kind import EventKind
        >>> load("prevenance.records.events", EventKind)["order_placed"].object
        'order'
    """
    entries: dict[str, Entry] = {}
    for module, path in [*_modules_of(package), *_modules_in(extra)]:
        entry = _only_entry(module, kind, path)
        if entry.name != path.stem:
            message = f"{path.name} holds an entry named {entry.name!r}. Give the file and the entry the same name."
            raise CatalogueError(message, file=str(path))
        if entry.name in entries:
            message = f"{path.name} repeats the name {entry.name!r}, which is taken. Choose another name."
            raise CatalogueError(message, file=str(path))
        entries[entry.name] = entry
    return dict(sorted(entries.items()))


def _modules_of(package: str) -> Iterator[tuple[ModuleType, Path]]:
    parent = importlib.import_module(package)
    for found in pkgutil.iter_modules(parent.__path__):
        module = importlib.import_module(f"{package}.{found.name}")
        yield module, Path(str(module.__file__))


def _modules_in(folder: Path | None) -> Iterator[tuple[ModuleType, Path]]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"prevenance_extension_{path.stem}", path)
        if spec is None or spec.loader is None:
            message = f"{path.name} cannot be read as Python."
            raise CatalogueError(message, file=str(path))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module, path


def _only_entry(module: ModuleType, kind: type[Entry], path: Path) -> Entry:
    found = [value for name, value in vars(module).items() if isinstance(value, kind) and not name.startswith("_")]
    if len(found) != 1:
        message = f"{path.name} must hold exactly one {kind.__name__}; it holds {len(found)}."
        raise CatalogueError(message, file=str(path))
    return found[0]
