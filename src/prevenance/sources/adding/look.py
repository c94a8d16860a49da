"""Look at a file: which tables it holds, where their headers stand, how each column is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from prevenance.kit.problems import SourceError
from prevenance.sources.adding.columns import Column, understand
from prevenance.sources.adding.meanings import folded
from prevenance.sources.base import ROW, Connector, Reading
from prevenance.sources.mapping import Totals
from prevenance.sources.sheets import look_at

PREVIEW_ROWS = 20
CONNECTOR_OF = {
    ".csv": "csv_file",
    ".txt": "csv_file",
    ".tsv": "csv_file",
    ".xlsx": "excel_file",
    ".xlsm": "excel_file",
    ".xlsb": "excel_file",
    ".xls": "excel_file",
    ".ods": "excel_file",
}
_TOTAL = re.compile(r"^(grand |sous )?(total|totaux|subtotal|somme|sum)( |$)")
_LAST_ROWS = 3


@dataclass(frozen=True)
class Table:
    """Is one table of a file: a sheet, or the whole file."""

    title: str
    connector: str
    columns: tuple[Column, ...]
    n_rows: int
    preview: tuple[Mapping[str, str | None], ...]
    options: Mapping[str, str] = field(default_factory=dict)
    totals: Totals | None = None

    @property
    def names(self) -> frozenset[str]:
        """Return the headers."""
        return frozenset(column.name for column in self.columns)


def tables_of(path: Path, connectors: Mapping[str, Connector], *, prefers_french: bool) -> tuple[Table, ...]:
    """Return the tables of a file that hold rows.

    Raises:
        SourceError: the file cannot be read, is of a kind that cannot be added, or holds no table.
    """
    if not path.is_file():
        message = f"There is no file {path}. Check its name and folder."
        raise SourceError(message, place=path.name, retry=False)
    kind = CONNECTOR_OF.get(path.suffix.casefold())
    if kind is None:
        known = ", ".join(CONNECTOR_OF)
        message = f"{path.name} is of a kind that cannot be added; these can: {known}. Export it as one of them."
        raise SourceError(message, place=path.name, retry=False)
    first = look_at(path, path.name) if kind == "excel_file" else None
    sheets = first.sheets if first is not None else ("",)
    found = [_table(path, connectors[kind], sheet, prefers_french=prefers_french) for sheet in sheets]
    filled = tuple(table for table in found if table is not None)
    if first is not None and [table.title for table in filled] == [first.name]:
        # Next year the only sheet will have another name: it is found without.
        options = {name: value for name, value in filled[0].options.items() if name != "sheet"}
        filled = (replace(filled[0], options=options),)
    if not filled:
        message = f"{path.name} holds no table: no row stands below a header. Check that it is the right file."
        raise SourceError(message, place=path.name, retry=False)
    return filled


def _table(path: Path, connector: Connector, sheet: str, *, prefers_french: bool) -> Table | None:
    options: dict[str, str] = {"sheet": sheet} if sheet else {}
    table = _understood(path, connector, options, prefers_french=prefers_french)
    if sheet and table is not None and any(column.decimal == "comma" for column in table.columns):
        # Texts here write 12,5, so cells that hold numbers must be given in the same way.
        options["decimal"] = "comma"
        table = _understood(path, connector, options, prefers_french=prefers_french)
    return table


def _understood(path: Path, connector: Connector, options: dict[str, str], *, prefers_french: bool) -> Table | None:
    names = connector.columns(str(path), options)
    if not names:
        return None
    rows = connector.read(Reading(names, path.name, options), str(path)).read_all()
    if rows.num_rows == 0:
        return None
    columns = [
        understand(
            name,
            rows[name],
            rows[ROW],
            prefers_french=prefers_french,
            has_number_cells=connector.name == "excel_file" and "decimal" not in options,
        )
        for name in names
    ]
    kept = tuple(column for column in columns if not (column.is_empty and column.name.startswith("column ")))
    return Table(
        title=options.get("sheet") or path.stem,
        connector=connector.name,
        columns=kept,
        n_rows=rows.num_rows,
        preview=tuple(rows.select([column.name for column in kept]).slice(0, PREVIEW_ROWS).to_pylist()),
        options=dict(options),
        totals=_totals(rows, kept),
    )


def _totals(rows: pa.Table, columns: tuple[Column, ...]) -> Totals | None:
    """Return how a totals row at the end gives itself away: it says so, and lacks what every other row has."""
    full = [column.name for column in columns if column.n_filled >= rows.num_rows - _LAST_ROWS]
    for row in rows.slice(max(0, rows.num_rows - _LAST_ROWS)).to_pylist():
        if all(row[name] for name in full):
            continue
        for column in columns:
            said = (row[column.name] or "").strip()
            if _TOTAL.match(folded(said)):
                same = pc.sum(pc.starts_with(rows[column.name], said, ignore_case=True)).as_py()
                return Totals(column=column.name, starts_with=(said,)) if same == 1 else None
    return None
