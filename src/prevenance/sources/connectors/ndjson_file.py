r"""Read newline-delimited JSON, one record a line; a line that is no JSON comes back broken, with its text.

Example:
    >>> import tempfile, pathlib
    >>> from prevenance.sources.base import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "events.ndjson"
    ...     _ = path.write_text('{"event": "Logged In", "context": {"groupId": "w_1"}}\n{"event": ', encoding="utf-8")
    ...     rows = NDJSON_FILE.read(Reading(("event", "context.groupId"), path.name), str(path)).read_all()
    >>> rows.select(["event", "context.groupId", "_broken"]).to_pylist()
    [{'event': 'Logged In', 'context.groupId': 'w_1', '_broken': None},
     {'event': None, 'context.groupId': None, '_broken': '{"event": '}]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from prevenance.kit.words import Words
from prevenance.sources.base import Connector, Reading, raw_rows
from prevenance.sources.json_rows import paths_of, rows_of

# Lines are read as one-column CSV without quoting, so that a broken one costs itself and not its file.
_RECORDS = """
    SELECT CASE WHEN json_valid(line) THEN CAST(line AS JSON) END AS record, CAST(NULL AS JSON) AS parent,
           CAST(NULL AS BIGINT) AS position, CASE WHEN json_valid(line) THEN NULL ELSE line END AS broken
    FROM read_csv(?, columns = {'line': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = '',
                  auto_detect = false, max_line_size = 33554432, strict_mode = false)
    WHERE trim(line) <> ''
"""


@dataclass(frozen=True)
class NdjsonFile(Connector):
    """Reads one record a line, such as tracked product events."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the paths found in the first records."""
        return paths_of(_RECORDS, Path(location))

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the wanted paths of each line as text; a path that a record lacks is null."""
        return raw_rows(rows_of(_RECORDS, reading, Path(location)), reading)


NDJSON_FILE = NdjsonFile(name="ndjson_file", words=Words(fr="fichier NDJSON", en="NDJSON file"))
