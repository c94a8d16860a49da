"""Read JSON pages as systems export them: the records lie under a path, and lists inside them can be exploded.

Example:
    >>> import json, tempfile, pathlib
    >>> from prevenance.sources.base import Reading
    >>> page = {"tickets": [{"id": 7, "comments": [{"body": "Bonjour"}, {"body": "Merci"}]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "export-0001.json"
    ...     _ = path.write_text(json.dumps(page), encoding="utf-8")
    ...     reading = Reading(("parent.id", "position", "body"), path.name, {"records": "tickets.comments"})
    ...     JSON_FILE.read(reading, str(path)).read_all().select(["parent.id", "position", "body"]).to_pylist()
    [{'parent.id': '7', 'position': '1', 'body': 'Bonjour'}, {'parent.id': '7', 'position': '2', 'body': 'Merci'}]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows
from prevenance.sources.json_rows import paths_of, rows_of

_LARGEST = 1_073_741_824


@dataclass(frozen=True)
class JsonFile(Connector):
    """Reads the records of one page; `records: tickets.comments` gives a row for each comment of each ticket."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the paths found in the first records."""
        return paths_of(_records_sql(str(options.get("records", ""))), Path(location))

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the wanted paths of each record as text; a path that a record lacks is null."""
        return raw_rows(rows_of(_records_sql(reading.option("records", "")), reading, Path(location)), reading)


def _records_sql(records: str) -> str:
    """Return the query that explodes the page, level by level: each level keeps the record around it as its parent."""
    source = (
        "SELECT json AS record, CAST(NULL AS JSON) AS parent, CAST(NULL AS BIGINT) AS position FROM read_json(?, "
        f"columns = {{'json': 'JSON'}}, records = false, format = 'unstructured', maximum_object_size = {_LARGEST})"
    )
    if not records:
        listed = "CASE json_type(record) WHEN 'ARRAY' THEN json_transform(record, '[\"JSON\"]') ELSE [record] END"
        source = _exploded(source, listed)
    for step in filter(None, records.split(".")):
        pointer = "'$.\"" + step.replace("'", "''") + "\"'"
        source = _exploded(source, f"json_transform(record->{pointer}, '[\"JSON\"]')")
    return f"SELECT record, parent, position, CAST(NULL AS VARCHAR) AS broken FROM ({source})"


def _exploded(source: str, listed: str) -> str:
    return (
        f"SELECT unnest(items) AS record, record AS parent, unnest(range(1, len(items) + 1)) AS position "
        f"FROM (SELECT record, {listed} AS items FROM ({source})) WHERE len(items) > 0"
    )


JSON_FILE = JsonFile(
    name="json_file",
    words=Words(fr="fichier JSON", en="JSON file"),
    option_words={"records": Words(fr="le chemin des enregistrements", en="the path to the records")},
)
