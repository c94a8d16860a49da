"""Read a system over its REST interface, as a template in YAML says: Zendesk, HubSpot, Salesforce, Odoo, or your own.

Pages are kept in a file of ours as they come, then read like any export; so a large history needs disk, not memory. The
position is saved after the rows are in the lake: whatever happens before costs a second reading, which changes nothing.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from prevenance.kit.words import Words
from prevenance.sources.base import CURSOR, Connector, Reading, raw_rows
from prevenance.sources.json_rows import paths_of, rows_of
from prevenance.sources.rest_pages import Pages
from prevenance.sources.rest_template import Endpoint, Paging, endpoint_of, template_of

_RECORDS = """
    SELECT CAST(line AS JSON) AS record, CAST(NULL AS JSON) AS parent, CAST(NULL AS BIGINT) AS position,
           CAST(NULL AS VARCHAR) AS broken
    FROM read_csv(?, columns = {'line': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = '',
                  auto_detect = false, max_line_size = 33554432, strict_mode = false)
"""


@dataclass(frozen=True)
class RestApi(Connector):
    """Asks a system for what changed, page by page."""

    def columns(self, location: str, options: Mapping[str, object]) -> tuple[str, ...]:
        """Return the fields that the system lists, or the paths found in its first page."""
        endpoint = endpoint_of(template_of(options), options)
        reading = Reading((), location.rpartition("@")[2], options)
        if endpoint.columns is not None:
            told = {"path": endpoint.columns.path, "query": {}, "records": endpoint.columns.records, "paging": Paging()}
            listed = next(iter(_pages(reading, location, endpoint.model_copy(update=told))), [])
            return tuple(sorted(str(record[endpoint.columns.name]) for record in listed))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "first.ndjson"
            n = _spool(islice(_pages(reading, location, endpoint), 1), path)
            return paths_of(_RECORDS, path) if n else ()

    def read(self, reading: Reading, location: str) -> pa.RecordBatchReader:
        """Return the records as text; `_cursor` is where the next reading may start."""
        return raw_rows(_tables(reading, location), reading, cursor=CURSOR)


def _tables(reading: Reading, location: str) -> Iterator[pa.Table]:
    pages = _pages(reading, location, endpoint_of(template_of(reading.options), reading.options))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.ndjson"
        if not _spool(pages, path):
            return
        for batch in rows_of(_RECORDS, reading, path):
            table = pa.Table.from_batches([batch])
            reached = pa.nulls(table.num_rows, pa.string())
            if pages.position is not None:
                reached = pa.repeat(pa.scalar(pages.position), table.num_rows)
            yield table.append_column(CURSOR, reached)


def _pages(reading: Reading, location: str, endpoint: Endpoint) -> Pages:
    given = reading.options.get("with")
    values: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {}  # Any: what YAML may hold
    below = endpoint.fields_below
    names = [c.removeprefix(below).partition("[")[0] for c in reading.columns if c.startswith(below)]
    values["field_list"] = list(dict.fromkeys(names))
    values["fields"] = ",".join(values["field_list"]) or None
    return Pages(template_of(reading.options), endpoint, location, reading.place, values, reading.since)


def _spool(pages: Iterable[list[dict[str, Any]]], path: Path) -> int:
    """Keep the records of all pages, one a line; return how many."""
    n = 0
    with path.open("w", encoding="utf-8") as file:
        for records in pages:
            for record in records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            n += len(records)
    return n


REST_API = RestApi(
    name="rest_api",
    words=Words(fr="système interrogé par REST", en="system asked over REST"),
    option_words={
        "template": Words(fr="le système : zendesk, hubspot, ...", en="the system: zendesk, hubspot, ..."),
        "api": Words(fr="ou votre propre description", en="or a description of your own"),
        "stream": Words(fr="le flux du système", en="the system's stream"),
        "with": Words(fr="ce que la description demande", en="what the description asks for"),
        "auth": Words(fr="d’autres variables d’environnement pour s’identifier", en="other variables to sign in with"),
        "requests_per_minute": Words(fr="au plus tant de requêtes par minute", en="at most so many requests a minute"),
    },
    is_file=False,
)
