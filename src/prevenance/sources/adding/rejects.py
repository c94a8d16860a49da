"""Give the rejected rows back as a workbook: as they came, the reason beside them, ready to be corrected and added."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from prevenance.kit.spreadsheet import write_workbook
from prevenance.kit.words import Language, Words
from prevenance.sources.judging import QUARANTINE_REASONS

_SHEET = Words(fr="Lignes rejetées", en="Rejected rows")
_MORE = (
    Words(fr="Motif du rejet", en="Reason of rejection"),
    Words(fr="Colonne en cause", en="Column at fault"),
    Words(fr="Valeur en cause", en="Value at fault"),
)
_WHOLE = Words(fr="Ligne entière", en="Whole row")


def write_rejects(path: Path, tables: Sequence[pa.Table], language: Language) -> int:
    """Write the quarantined rows of a load to a workbook and return how many; none makes no file."""
    rows = [row for table in tables for row in table.to_pylist()]
    if not rows:
        return 0
    payloads = [_cells(row["payload"], language) for row in rows]
    names = list(dict.fromkeys(name for cells in payloads for name in cells))
    lines = (
        [*(cells.get(name) for name in names), *_why(row["reason"], language), row["field"], row["value"]]
        for cells, row in zip(payloads, rows, strict=True)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, _SHEET.say(language), [*names, *(words.say(language) for words in _MORE)], lines)
    return len(rows)


def _why(reason: str, language: Language) -> list[str]:
    words = QUARANTINE_REASONS.get(reason)
    return [words.say(language) if words else reason]


def _cells(payload: str | None, language: Language) -> dict[str, str | None]:
    try:
        content = json.loads(payload or "{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return {_WHOLE.say(language): payload}
    return {name: None if value is None else str(value) for name, value in content.items()}
