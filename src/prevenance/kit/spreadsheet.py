"""Write tables for people to open in a spreadsheet: the only writer of workbooks, so that no cell can be a formula."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
"""What may start a formula in one spreadsheet program or another (OWASP, CSV injection)."""


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; our readers take the mark off again.

    Example:
        >>> neutralised("=1+1"), neutralised("Müller")
        ("'=1+1", 'Müller')
    """
    return f"'{text}" if text.startswith(tuple(FORMULA_SIGNS)) else text


def write_workbook(path: Path, sheet: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Write one sheet of texts with a header that stays in sight; the file appears when it is whole."""
    beside = path.with_name(f".{path.name}.part")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(beside), options)
    page = book.add_worksheet(sheet[:31])
    bold = book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    page.set_column(0, max(0, len(names) - 1), 20)
    for column, name in enumerate(names):
        page.write_string(0, column, neutralised(name), bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell:
                page.write_string(number, column, neutralised(cell)[:32_767])
    book.close()
    beside.replace(path)
