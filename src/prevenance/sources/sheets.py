"""Read sheets of workbooks without trusting them: checked outside, opened in a process with little memory and time."""

import functools
import hashlib
import itertools
import json
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from prevenance.kit.problems import SourceError
from prevenance.sources.base import ROW, unreadable
from prevenance.sources.headers import find_header

_CHILD = Path(__file__).with_name("sheet_child.py")
_MEGABYTE = 1 << 20
_LARGEST_UNPACKED = 2 << 30
_LARGEST_RATIO = 200
_DOCUMENT_TYPES = (b"<!DOCTYPE", b"<!ENTITY")
_REMEDY = "Open it, save it again as .xlsx and try once more."


@dataclass(frozen=True)
class Sheet:
    """Holds one sheet's name, its header, the first rows, and the names of its sisters."""

    name: str
    sheets: tuple[str, ...]
    header_row: int
    names: tuple[str, ...]


def look_at(path: Path, place: str, *, sheet: str = "", decimal: str = ".", wanted: tuple[str, ...] = ()) -> Sheet:
    """Return what a sheet looks like, without its rows.

    Raises:
        SourceError: the file is damaged or hostile, or has no such sheet.
    """
    said, _ = _parsed(path, place, sheet, decimal)
    return _sheet(said, wanted)


def read_sheet(path: Path, place: str, *, sheet: str, decimal: str, wanted: tuple[str, ...]) -> tuple[Sheet, pa.Table]:
    """Return a sheet and the wanted columns of the rows below its header, all text, with `_row` as Excel shows it.

    Raises:
        SourceError: the file is damaged or hostile, or has no such sheet.
    """
    said, out = _parsed(path, place, sheet, decimal)
    found = _sheet(said, wanted)
    if not found.names:
        return found, pa.table({ROW: pa.array([], pa.int64())})
    rows = arrow_csv.read_csv(
        out,
        read_options=arrow_csv.ReadOptions(
            column_names=[ROW, *found.names], skip_rows_after_names=found.header_row + 1, block_size=8 * _MEGABYTE
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=[ROW, *(name for name in found.names if name in wanted)],
            column_types={**dict.fromkeys(found.names, pa.string()), ROW: pa.int64()},
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    return found, rows


class _Opened:
    """Keeps what the last few sheets became, on disk, because loading looks at a file more than once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._folder = tempfile.TemporaryDirectory(prefix="prevenance-sheets-")
        self._known: dict[tuple[str, str, str], tuple[dict[str, Any], Path]] = {}
        self._numbers = itertools.count()

    def get(self, path: Path, place: str, sheet: str, decimal: str) -> tuple[dict[str, Any], Path]:
        with path.open("rb") as file:
            # By content: a load reads a copy of the file that was looked at.
            content = hashlib.file_digest(file, "sha256").hexdigest()
        key = (content, sheet, decimal)
        if key not in self._known:
            out = Path(self._folder.name) / f"{next(self._numbers)}.csv"
            said = _ask(path, place, sheet, decimal, out)
            for name in {sheet, said["sheet"]}:  # the sheet that was found is asked for by its name next
                self._known[content, name, decimal] = (said, out)
            self._forget_the_oldest()
        return self._known[key]

    def _forget_the_oldest(self) -> None:
        while len({out for _, out in self._known.values()}) > self._most:
            oldest = next(iter(self._known.values()))[1]
            self._known = {key: kept for key, kept in self._known.items() if kept[1] != oldest}
            oldest.unlink(missing_ok=True)


@functools.cache
def _opened() -> _Opened:
    return _Opened(most=4)


def _parsed(path: Path, place: str, sheet: str, decimal: str) -> tuple[dict[str, Any], Path]:
    try:
        return _opened().get(path, place, sheet, decimal)
    except FileNotFoundError as problem:
        raise unreadable(place, problem, "Check its name and folder.") from problem


def _sheet(said: dict[str, Any], wanted: tuple[str, ...]) -> Sheet:
    header = find_header(said["head"], wanted)
    return Sheet(said["sheet"], tuple(said["sheets"]), header.row, header.names)


def _ask(path: Path, place: str, sheet: str, decimal: str, out: Path) -> dict[str, Any]:
    refuse_hostile(path, place)
    size = path.stat().st_size // _MEGABYTE
    memory, seconds = (1024 + 48 * size) * _MEGABYTE, 20 + 3 * size
    asked = {
        "path": str(path),
        "out": str(out),
        "sheet": sheet,
        "decimal": decimal,
        "memory": memory,
        "seconds": seconds,
    }
    done = subprocess.run([sys.executable, "-I", str(_CHILD), json.dumps(asked)], capture_output=True, check=False)  # noqa: S603 - our own script
    if done.returncode != 0:
        message = (
            f"{place} needs more than {seconds} s or {memory // _MEGABYTE} MB to open, which no file "
            f"of its size should. It was not loaded. Copy its cells into a new workbook, or save it as CSV."
        )
        raise SourceError(message, place=place, retry=False)
    said: dict[str, Any] = json.loads(done.stdout)
    if "problem" in said:
        raise unreadable(place, ValueError(said["problem"]), _REMEDY)
    if said.get("missing"):
        message = f"{place} has no sheet {sheet!r}; it has {', '.join(said['sheets'])}. Correct `sheet`."
        raise SourceError(message, place=place, retry=False)
    if "cells" in said:
        message = (
            f"{place} spans {said['cells']:,} cells, nearly all of them empty. It was not loaded. Delete the empty "
            "rows and columns (Ctrl+End shows how far it reaches), and save it again."
        )
        raise SourceError(message, place=place, retry=False)
    return said


def refuse_hostile(path: Path, place: str) -> None:
    """Refuse a packed workbook that would blow up when opened: a bomb, a document type, overlapping or odd parts.

    Raises:
        SourceError: saying what was found.
    """
    try:
        if not zipfile.is_zipfile(path):
            return  # an old .xls, or no workbook at all: the reader will say
        with zipfile.ZipFile(path) as packed:
            _refuse_parts(packed, path.stat().st_size, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise unreadable(place, problem, _REMEDY) from problem


def _refuse_parts(packed: zipfile.ZipFile, size: int, place: str) -> None:
    parts = packed.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _LARGEST_UNPACKED or (unpacked > 50 * _MEGABYTE and unpacked > _LARGEST_RATIO * size):
        raise _hostile(place, f"it would unpack to {unpacked // _MEGABYTE:,} MB from {size / _MEGABYTE:.1f} MB")
    if sum(part.compress_size for part in parts) > size:
        raise _hostile(place, "its parts overlap")
    for part in parts:
        if ".." in Path(part.filename).parts or part.filename.startswith("/"):
            raise _hostile(place, f"a part is named {part.filename!r}, outside of the file")
        if part.filename.endswith((".xml", ".rels")):
            with packed.open(part) as text:
                start = text.read(4096)
            if any(sign in start for sign in _DOCUMENT_TYPES):
                raise _hostile(place, f"{part.filename} declares a document type, which no spreadsheet program writes")


def _hostile(place: str, why: str) -> SourceError:
    message = f"{place} was not opened: {why}. Ask whoever sent it for a plain .xlsx or CSV file."
    return SourceError(message, place=place, retry=False)
