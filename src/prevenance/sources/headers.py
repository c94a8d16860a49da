"""Find the header of a table as people lay it out: title rows above, names missing, repeated or with hidden signs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LOOK_AHEAD_ROWS = 40
_HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]")
_FIGURE = re.compile(r"^[\d\s\u00a0\u202f.,:/+\-€$£%]+$|^\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Header:
    """Says in which row the names stand (counted from 0), and what they are."""

    row: int
    names: tuple[str, ...]


def find_header(rows: Sequence[Sequence[str]], wanted: Sequence[str] = ()) -> Header:
    """Return the header among the first rows of a table.

    With wanted names, it is the first row that knows most of them; without, the first row that is filled nearly as far
    as the table is wide and holds names rather than figures.

    Example:
        >>> find_header([["Export du 01/11/2026", "", ""], ["Code", "Société", "Société"], ["007", "Müller", "x"]])
        Header(row=1, names=('Code', 'Société', 'Société (2)'))
    """
    if not rows:
        return Header(0, ())
    head = [[plain(cell) for cell in row] for row in rows[:LOOK_AHEAD_ROWS]]
    known = [len({*row, *_numbered(row)} & set(wanted)) for row in head]
    row = known.index(max(known)) if any(known) else _fullest(head)
    return Header(row, _numbered(head[row]))


def plain(cell: str) -> str:
    """Return a name without what nobody sees: marks of no width, spaces at the ends, line breaks."""
    return " ".join(_HIDDEN.sub("", cell).split())


def _fullest(head: Sequence[Sequence[str]]) -> int:
    filled = [sum(bool(cell) for cell in row) for row in head]
    names = [len({cell for cell in row if cell and not _FIGURE.match(cell)}) for row in head]
    # A wide title row may be nearly empty and a data row full of figures; a header is neither.
    enough = max(1.0, 0.6 * max(filled))
    fits = [n for n, (n_filled, n_names) in enumerate(zip(filled, names, strict=True))
            if n_filled >= enough and n_names >= 0.6 * n_filled]  # fmt: skip
    return fits[0] if fits else filled.index(max(filled))


def _numbered(row: Sequence[str]) -> tuple[str, ...]:
    """Return the names with a number after each repetition; engines do not tell capitals apart, so neither do we."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for place, cell in enumerate(row, start=1):
        name = cell or f"column {place}"
        seen[name.casefold()] = n = seen.get(name.casefold(), 0) + 1
        names.append(name if n == 1 else f"{name} ({n})")
    return tuple(names)
