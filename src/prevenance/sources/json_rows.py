"""Turn JSON records into rows of text, inside an engine: no record passes through Python one by one.

A column is a path: `properties.feature`, `satisfaction_rating.score`, `custom_fields[id=360001].value` (the element
whose `id` is 360001), `parent.id` (the record around an exploded one), `itself` (an element that is no object) and
`position` (1, 2, ... within its parent).
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from prevenance.sources.base import BROKEN, Reading, unreadable

_STEP = re.compile(r"^(?P<name>[^\[\]]+)(?:\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\])?$")
_BATCH_ROWS = 122_880
_SAMPLE_RECORDS = 20_000


def rows_of(records_sql: str, reading: Reading, path: Path) -> Iterator[pa.RecordBatch]:
    """Return the wanted paths of each record as text.

    Args:
        records_sql: a query with the columns `record`, `parent` (JSON), `position` and `broken`; `?` is the file.
        reading: the wanted paths.
        path: the file.
    """
    columns = ", ".join(f"{_path_sql(column)} AS {_name(column)}" for column in reading.columns)
    query = f"SELECT {columns}, broken AS {_name(BROKEN)} FROM ({records_sql})"
    with duckdb.connect(config={"threads": 2}) as session:
        try:
            session.execute("SET preserve_insertion_order = true")
            yield from session.execute(query, [str(path)]).to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as problem:
            raise unreadable(
                reading.place, problem, "Check that the file is whole, and `records` in its mapping."
            ) from problem


def paths_of(records_sql: str, path: Path) -> tuple[str, ...]:
    """Return the paths found in the first records, for preview and for noticing new fields."""
    query = (
        f"SELECT json_group_structure(record) FROM (SELECT record FROM ({records_sql}) "
        f"WHERE record IS NOT NULL LIMIT {_SAMPLE_RECORDS})"
    )
    with duckdb.connect(config={"threads": 2}) as session:
        try:
            found = session.execute(query, [str(path)]).fetchone()
        except duckdb.Error as problem:
            raise unreadable(
                path.name, problem, "Check that the file is whole, and `records` in its mapping."
            ) from problem
    return tuple(sorted(_leaves(json.loads(found[0])))) if found and found[0] else ()


def _leaves(structure: object, above: str = "") -> Iterator[str]:
    if isinstance(structure, Mapping) and structure:
        for name, inner in structure.items():
            yield from _leaves(inner, f"{above}.{name}" if above else str(name))
    else:
        yield above or "itself"


def _path_sql(column: str) -> str:
    if column == "itself":
        return "(record->>'$')"
    if column == "position":
        return "CAST(position AS VARCHAR)"
    start, steps = "record", column.split(".")
    if steps[0] == "parent" and len(steps) > 1:
        start, steps = "parent", steps[1:]
    for place, step in enumerate(steps):
        found = _STEP.match(step)
        assert found is not None, f"the mapping was checked: {column}"
        is_last = place == len(steps) - 1 and found["key"] is None
        start = f"({start}{'->>' if is_last else '->'}{_pointer(found['name'])})"
        if found["key"] is not None:
            wanted = f"x->>{_pointer(found['key'])} = {_text(found['value'])}"
            start = f"list_filter(json_transform({start}, '[\"JSON\"]'), lambda x: {wanted})[1]"
            if place == len(steps) - 1:
                start = f"({start}->>'$')"
    return start


def _pointer(name: str) -> str:
    escaped = name.replace('"', '\\"')
    return _text(f'$."{escaped}"')


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
