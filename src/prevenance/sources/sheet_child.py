"""Turn one sheet of a workbook into a plain CSV file, in a process of its own with little memory and time.

Run as a script, so that it imports nothing of the house: whatever a hostile file does to the reader ends here.
Arguments: a JSON object with `path`, `out`, `sheet`, `decimal`, `memory`, `seconds`. Answers with a JSON object.
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

_MOST_CELLS = 60_000_000
_HEAD = 40
_FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"

Cell = int | float | str | bool | time | date | datetime | timedelta


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(cell: Cell, decimal: str) -> str:
    if isinstance(cell, str):
        # Our own workbooks mark what might start a formula (kit/spreadsheet.py); coming back, the mark goes.
        return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_SIGNS and cell[1:] else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if float(cell).is_integer():
            return f"{cell:.0f}"  # Excel knows no integers: 1042 arrives as 1042.0
        return repr(cell).replace(".", decimal)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()


def _rows(sheet: CalamineSheet, decimal: str) -> Iterator[tuple[int, list[str]]]:
    """Return the filled rows with their number in Excel; what is merged downwards stands in each of its rows."""
    merged: list[Any] = list(sheet.merged_cell_ranges or ())
    down = {start: end[0] for start, end in merged if end[0] > start[0]}
    across = {start: end[1] for start, end in merged if end[0] == start[0] and start[0] < _HEAD}
    first_column = (sheet.start or (0, 0))[1]
    carried: dict[int, tuple[int, str]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        row = [_text(cell, decimal) for cell in cells]
        is_filled = any(row)
        for column in range(len(row)) if down or across else ():
            at = (number, column + first_column)
            if at in down:
                carried[column] = (down[at], row[column])
            elif column in carried and number <= carried[column][0]:
                row[column] = row[column] or carried[column][1]
            if at in across:
                covered = slice(column + 1, across[at] - first_column + 1)
                row[covered] = [row[column]] * len(row[covered])
        if is_filled:
            yield number + 1, row


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    book = CalamineWorkbook.from_path(asked["path"])
    shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible] or book.sheet_names
    if asked["sheet"] and asked["sheet"] not in book.sheet_names:
        return {"sheets": book.sheet_names, "missing": True}
    for name in [asked["sheet"]] if asked["sheet"] else shown:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height and sheet.total_width:
            break
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        return {"sheets": shown, "cells": sheet.total_height * sheet.total_width}
    head: list[list[str]] = []
    with open(asked["out"], "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a script on the standard library
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for number, row in _rows(sheet, asked["decimal"]):
            head.extend([row] if len(head) < _HEAD else [])
            writer.writerow([number, *row])
    return {"sheets": shown, "sheet": name, "head": head}


def main() -> None:
    """Answer on stdout; a file that cannot be read is an answer too."""
    asked = json.loads(sys.argv[1])
    _limit(asked["memory"], asked["seconds"])
    try:
        said = _answer(asked)
    except (CalamineError, OSError, ValueError) as problem:
        said = {"problem": str(problem)}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
