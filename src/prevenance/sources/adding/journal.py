"""Keep the journal of loads: one folder each, with what it was, how far it came, and what undoing it needs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from prevenance.kit.problems import ConfigurationError

Status = Literal["loading", "loaded", "undoing", "replaying", "undone", "interrupted"]


@dataclass(frozen=True)
class LoadRecord:
    """Says what one load was: which file into which source, and how far it came."""

    load: str
    file: str
    source: str
    place: str
    """Where the file lies, below the data folder."""
    as_of: str
    status: Status
    has_new_mapping: bool
    streams: tuple[dict[str, Any], ...] = field(default=())
    """Counts by stream, once it is loaded."""


class Journal:
    """Reads and writes the folder of loads of a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self) -> tuple[LoadRecord, ...]:
        """Return every load, oldest first."""
        paths = sorted(self.folder.glob("[0-9]*/load.json"))
        return tuple(_record(json.loads(path.read_text(encoding="utf-8"))) for path in paths)

    def record(self, load: str) -> LoadRecord:
        """Return one load.

        Raises:
            ConfigurationError: there is none of that number.
        """
        found = next((one for one in self.records() if one.load == load.zfill(4)), None)
        if found is None:
            known = ", ".join(one.load for one in self.records()) or "none"
            message = f"There is no load {load!r}. Loads so far: {known} (prevenance sources loads)."
            raise ConfigurationError(message, load=load)
        return found

    def next_number(self) -> str:
        """Return the number of the next load."""
        return f"{max((int(one.load) for one in self.records()), default=0) + 1:04}"

    def save(self, record: LoadRecord) -> LoadRecord:
        """Write a record as a whole."""
        folder = self.folder_of(record)
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / "load.json.part"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(record), file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / "load.json")
        return record

    def mark(self, record: LoadRecord, status: Status) -> LoadRecord:
        """Write how far a load came."""
        return self.save(replace(record, status=status))

    def folder_of(self, record: LoadRecord) -> Path:
        """Return the folder of a load."""
        return self.folder / record.load

    def writes_of(self, record: LoadRecord) -> Path:
        """Return the folder of what a load wrote, as `take_back` reads it."""
        return self.folder_of(record) / "writes"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the journal alone: two loads at once would record each other's rows."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                message = "Another load is under way in this project. Wait until it has ended, and try again."
                raise ConfigurationError(message, folder=str(self.folder)) from problem
            yield


def _record(content: dict[str, Any]) -> LoadRecord:
    return LoadRecord(**{**content, "streams": tuple(content["streams"])})
