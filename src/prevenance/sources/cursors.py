"""Remember how far each stream was read, so that what did not change is not read again.

The cursor is written after the rows: a crash between them costs a second reading, which changes nothing.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from prevenance.kit.clock import naive_utc
from prevenance.kit.hashing import fingerprint
from prevenance.kit.problems import SourceError
from prevenance.records.tables import LakeTable
from prevenance.sources.plan import Plan
from prevenance.storage import Lake

SOURCE_CURSORS = LakeTable(
    "source_cursors",
    {
        "source": "string",
        "stream": "string",
        "place": "string",
        "fingerprint": "string",
        "position": "string",
        "n_rows": "int64",
        "n_quarantined": "int64",
        "as_of": "timestamp(6)",
    },
    key=("source", "stream", "place"),
    sort_by=("source", "stream", "place"),
)

_FROM_ENVIRONMENT = "env:"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PATTERN_SIGNS = frozenset("*?[")


@dataclass(frozen=True)
class Place:
    """Names one place to read: its address, its name in reports, and what would change if its content did."""

    location: str
    label: str
    fingerprint: str | None
    """`None` for what cannot be compared without reading it, such as a database server."""


@dataclass(frozen=True)
class Cursor:
    """Remembers the last completed reading of a place."""

    fingerprint: str | None
    position: str | None
    n_rows: int
    n_quarantined: int


@dataclass(frozen=True)
class Sitting:
    """Says what to read of a stream this time, and what may stay unread."""

    to_read: tuple[Place, ...]
    skipped: tuple[Place, ...]
    since: str | None


def places_of(location: str, data_folder: Path) -> tuple[Place, ...]:
    """Return the places that a location stands for, in the order of their names.

    Raises:
        SourceError: there is none.
    """
    if location.startswith(_FROM_ENVIRONMENT):
        name = location.removeprefix(_FROM_ENVIRONMENT)
        address = os.environ.get(name)
        if not address:
            message = (
                f"The environment variable {name}, which says where to read, is not set. Set it, for example in .env."
            )
            raise SourceError(message, variable=name, retry=False)
        return (Place(address, name, None),) if "://" in address else (_file(Path(address), name),)
    if "://" in location:
        return (Place(_VARIABLE.sub(_from_environment, location), location.rpartition("@")[2], None),)
    if not _PATTERN_SIGNS & set(location):
        path = data_folder / location
        if not path.is_file():
            message = (
                f"{location} is not in the data folder {data_folder}. Put it there, or correct the mapping or --data."
            )
            raise SourceError(message, place=location, retry=False)
        return (_file(path, location),)
    found = sorted(path for path in data_folder.glob(location) if path.is_file())
    return tuple(_file(path, path.relative_to(data_folder).as_posix()) for path in found)


def _from_environment(found: re.Match[str]) -> str:
    value = os.environ.get(found[1])
    if not value:
        message = f"The environment variable {found[1]}, part of an address, is not set. Set it, for example in .env."
        raise SourceError(message, variable=found[1], retry=False)
    return quote(value, safe="")


def _file(path: Path, label: str) -> Place:
    with path.open("rb") as file:
        return Place(str(path), label, hashlib.file_digest(file, "sha256").hexdigest()[:16])


def known_cursors(lake: Lake, plan: Plan) -> dict[str, Cursor]:
    """Return the cursors of a stream by place."""
    stored = lake.read(SOURCE_CURSORS)
    rows = lake.collect(stored.filter(stored.source == plan.source.source, stored.stream == plan.name)).to_pylist()
    return {r["place"]: Cursor(r["fingerprint"], r["position"], r["n_rows"], r["n_quarantined"]) for r in rows}


def sitting_of(plan: Plan, places: Iterable[Place], lookups: Iterable[Place], known: Mapping[str, Cursor]) -> Sitting:
    """Work out what changed since the last completed reading.

    From the first changed file on, every later one is read too, so that the last word on a record is always among the
    rows. Streams that group rows or look things up are read whole, because any row may depend on any file.
    """
    marked = [_with_mapping(place, plan, lookups) for place in places]
    changed = [
        place.fingerprint is None or known.get(place.label, _NEVER).fingerprint != place.fingerprint for place in marked
    ]
    if not any(changed):
        return Sitting((), tuple(marked), None)
    first = 0 if plan.stream.group is not None or plan.stream.look_up else changed.index(True)
    to_read = tuple(marked[first:])
    positions = {known[place.label].position for place in to_read if place.label in known}
    # A changed mapping makes other things of rows read long ago, so only an unchanged one may start where it stood.
    may_start_late = len(to_read) == 1 and _mapping_mark(known.get(to_read[0].label, _NEVER)) == plan.fingerprint
    return Sitting(to_read, tuple(marked[:first]), positions.pop() if may_start_late and positions else None)


def save_cursors(lake: Lake, plan: Plan, cursors: Mapping[Place, tuple[int, int, str | None]], as_of: datetime) -> None:
    """Remember places as read: rows, rows quarantined, and the position reached."""
    if not cursors:
        return
    rows = [
        {
            "source": plan.source.source,
            "stream": plan.name,
            "place": place.label,
            "fingerprint": place.fingerprint or f"{plan.fingerprint}:",
            "position": position,
            "n_rows": n_rows,
            "n_quarantined": n_quarantined,
            "as_of": naive_utc(as_of),
        }
        for place, (n_rows, n_quarantined, position) in cursors.items()
    ]
    lake.upsert(SOURCE_CURSORS, pa.Table.from_pylist(rows, schema=_ARROW))


_NEVER = Cursor(None, None, 0, 0)
_ARROW = pa.schema(
    [(name, {"int64": pa.int64(), "timestamp(6)": pa.timestamp("us")}.get(dtype, pa.string()))
     for name, dtype in SOURCE_CURSORS.schema.items()]
)  # fmt: skip


def _with_mapping(place: Place, plan: Plan, lookups: Iterable[Place]) -> Place:
    if place.fingerprint is None:
        return place
    content = fingerprint([place.fingerprint, *(lookup.fingerprint for lookup in lookups)])
    return Place(place.location, place.label, f"{plan.fingerprint}:{content}")


def _mapping_mark(cursor: Cursor) -> str:
    return (cursor.fingerprint or "").partition(":")[0]
