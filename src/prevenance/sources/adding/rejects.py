"""Give the rejected rows back as a workbook: as they came, the reason beside them, ready to be corrected and added."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from prevenance.kit.spreadsheet import write_workbook
from prevenance.kit.words import Language, Words
from prevenance.sources.refused import MORE, cells_of, why_of

_SHEET = Words(fr="Lignes rejetées", en="Rejected rows")


def write_rejects(path: Path, tables: Sequence[pa.Table], language: Language) -> int:
    """Write the quarantined rows of a load to a workbook and return how many; none makes no file."""
    rows = [row for table in tables for row in table.to_pylist()]
    if not rows:
        return 0
    payloads = [cells_of(row["payload"], language) for row in rows]
    names = list(dict.fromkeys(name for cells in payloads for name in cells))
    lines = (
        [*(cells.get(name) for name in names), why_of(row["reason"], language), row["field"], row["value"]]
        for cells, row in zip(payloads, rows, strict=True)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, _SHEET.say(language), [*names, *(words.say(language) for words in MORE)], lines)
    return len(rows)
