"""Read the flat table that someone brings: CSV as any office writes it, Parquet, Excel."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from prevenance.kit.problems import ConfigurationError

_SEPARATORS = ",;\t|"


def read_table(path: Path) -> pa.Table:
    """Read a file by its ending.

    Raises:
        ConfigurationError: there is no such file, or it is of another kind, or it holds no rows.
    """
    if not path.is_file():
        raise ConfigurationError(f"There is no file {path.name}. Check the path.", file=str(path))
    readers = {".parquet": pq.read_table, ".csv": _read_csv, ".tsv": _read_csv, ".txt": _read_csv}
    readers |= dict.fromkeys((".xlsx", ".xls", ".xlsb", ".ods"), _read_excel)
    reader = readers.get(path.suffix.lower())
    if reader is None:
        endings = ", ".join(sorted(readers))
        message = f"{path.name} ends in {path.suffix!r}. Bring a file that ends in one of {endings}."
        raise ConfigurationError(message, file=str(path))
    try:
        table: pa.Table = reader(path)
    except (pa.ArrowInvalid, UnicodeError, csv.Error) as failure:
        message = f"{path.name} cannot be read as {path.suffix[1:]}: {failure}. Export it again and retry."
        raise ConfigurationError(message, file=str(path)) from failure
    if table.num_rows == 0:
        raise ConfigurationError(f"{path.name} holds no rows. Bring a table with one row a case.", file=str(path))
    return table


def _read_csv(path: Path) -> pa.Table:
    with path.open("rb") as file:
        head = file.read(200_000)
    encoding = "utf-8" if _is_utf8(head) else "cp1252"  # what French office programs write when it is not UTF-8
    first = head.decode(encoding, errors="replace").splitlines()[0]
    separator = max(_SEPARATORS, key=first.count)
    return pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(encoding=encoding),
        parse_options=pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=True),
    )


def _is_utf8(head: bytes) -> bool:
    try:
        head[: max(len(head) - 4, 0)].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return True


def _read_excel(path: Path) -> pa.Table:
    from python_calamine import CalamineError, load_workbook

    try:
        cells = load_workbook(str(path)).get_sheet_by_index(0).to_python()
    except CalamineError as failure:
        message = f"{path.name} cannot be read as a workbook: {failure}. Save it again as .xlsx."
        raise ConfigurationError(message, file=str(path)) from failure
    if not cells:
        return pa.table({})
    header, *rows = cells
    columns = {str(name): [row[at] for row in rows] for at, name in enumerate(header) if str(name).strip()}
    return pa.table({name: _excel_column(values) for name, values in columns.items()})


def _excel_column(values: Sequence[object]) -> pa.Array:
    """Keep a column's type when all its cells agree, else make it text; an empty cell is unknown."""
    known: list[object] = [None if value == "" else value for value in values]
    kinds = {type(value) for value in known if value is not None}
    if kinds <= {int, float} and kinds:
        return pa.array([None if value is None else float(str(value)) for value in known])
    if len(kinds) == 1:
        return pa.array(known)
    return pa.array([None if value is None else str(value) for value in known])


def needed(table: pa.Table, *columns: str | None) -> None:
    """Check that a table has the columns that were named.

    Raises:
        ConfigurationError: one is missing; the message lists those that there are.
    """
    for column in columns:
        if column is not None and column not in table.column_names:
            there = ", ".join(table.column_names[:30])
            message = f"There is no column {column!r}. The table has: {there}."
            raise ConfigurationError(message, column=column)
