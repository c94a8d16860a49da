r"""Read notes that people write: one file is one row; `Key: value` lines (or front matter) on top, the rest is `body`.

Example:
    >>> import tempfile, pathlib
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "2024-03-11_visite.txt"
    ...     _ = path.write_text("Client: K10042\nDate: 11/03/2024\n\nLe joint fuit.\n", encoding="utf-8")
    ...     rows = TEXT_FILES.read(Reading(("Client", "body", "file_name"), path.name), str(path)).read_all()
    >>> rows.select(["Client", "body", "file_name"]).to_pylist()
    [{'Client': 'K10042', 'body': 'Le joint fuit.', 'file_name': '2024-03-11_visite'}]
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows, unreadable

_HEADER = re.compile(r"^([^\W\d_][\w .'’-]{0,40}?)\s*:\s*(.*)$")
_ALWAYS = ("body", "file_name")


@dataclass(frozen=True)
class TextFiles(Connector):
    """Reads one note; a header that it lacks is null, since people forget lines."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the headers of this note, `body` and `file_name`."""
        return tuple(_fields(Path(location), Reading((), location, options)))

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the note as one row."""
        fields = _fields(Path(location), reading)
        row = {column: pa.array([fields.get(column)], pa.string()) for column in reading.columns}
        return raw_rows([pa.table(row)], reading)


def _fields(path: Path, reading: Reading) -> dict[str, str]:
    try:
        raw = path.read_bytes()
        text = _decoded(raw, reading.option("encoding", ""))
    except (OSError, UnicodeError, LookupError) as problem:
        raise unreadable(reading.place, problem, "Say its `encoding` in the mapping, such as cp1252.") from problem
    lines = text.replace("\r\n", "\n").split("\n")
    has_front_matter = lines[0].strip() == "---"
    fields: dict[str, str] = {}
    start = 1 if has_front_matter else 0
    for line in lines[start:]:
        found = _HEADER.match(line)
        if found is None:
            break
        fields[found[1]] = found[2].strip().strip('"')
        start += 1
    if has_front_matter and lines[start].strip() == "---":
        start += 1
    body = "\n".join(lines[start:]).strip()
    return {**fields, "body": body, "file_name": path.stem}


def _decoded(raw: bytes, encoding: str) -> str:
    if encoding:
        return raw.decode(encoding)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


TEXT_FILES = TextFiles(
    name="text_files",
    words=Words(fr="notes en texte", en="text notes"),
    option_words={"encoding": Words(fr="l’encodage, deviné s’il manque", en="the encoding, guessed when absent")},
)
