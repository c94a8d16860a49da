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
    plain = {column: pointer for column in reading.columns if (pointer := _plain_pointer(column)) is not None}
    # One call takes all plain paths of a record, which is then parsed once and not once a path.
    taken = {base: [column for column, (of, _) in plain.items() if of == base] for base in ("record", "parent")}
    lists = "".join(
        f", json_extract_string({base}, [{', '.join(_text(plain[c][1]) for c in columns)}]) AS {base}_values"
        for base, columns in taken.items()
        if columns
    )
    columns = ", ".join(f"{_column_sql(column, plain, taken)} AS {_name(column)}" for column in reading.columns)
    query = f"SELECT {columns}, broken AS {_name(BROKEN)} FROM (SELECT *{lists} FROM ({records_sql}))"
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


def _column_sql(column: str, plain: Mapping[str, tuple[str, str]], taken: Mapping[str, list[str]]) -> str:
    if column not in plain:
        return _path_sql(column)
    base = plain[column][0]
    return f"{base}_values[{taken[base].index(column) + 1}]"


def _plain_pointer(column: str) -> tuple[str, str] | None:
    """Return of what (record or parent) and where a path points, or `None` for one that needs more than that."""
    if "[" in column or column in {"itself", "position"}:
        return None
    base, steps = "record", column.split(".")
    if steps[0] == "parent" and len(steps) > 1:
        base, steps = "parent", steps[1:]
    escaped = [step.replace('"', '\\"') for step in steps]
    return base, "$" + "".join(f'."{step}"' for step in escaped)


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
