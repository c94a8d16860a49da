"""Decide how a column is written - whole column, not first rows - and say why, so that a person can disagree."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from prevenance.kit.words import Words
from prevenance.sources.adding.meanings import CHOICES, NAMING, NUMBERS, SPELLED, TIMES, meaning_of
from prevenance.sources.parsers import PARSERS

_SAMPLE = 2000
_MOST, _HINTED = 0.8, 0.5
"""Which share of the values must fit; less when the header says the same."""
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_PHONE = re.compile(r"^(?:\+|00|\(?0)[\d\s.\-()/]{7,20}$")
_ISO = re.compile(r"^\d{4}-\d\d-\d\d(?P<clock>[T ]\d\d:\d\d.*)?$")
_PARTS = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{4}|\d\d)(?P<clock>\s+\D{0,3}\d.*)?$")
_SERIAL = re.compile(r"^[2-7]\d{4}(?:[.,]\d+)?$")
_SIGNS = re.compile(r"[\s€$£]|eur|usd|gbp|chf", re.IGNORECASE)
_COMMA = re.compile(r"^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$")
_POINT = re.compile(r"^[+-]?(?:\d+|\d{1,3}(?:[,'’]\d{3})+)(?:\.\d+)?$")
_CHOICE = frozenset({"oui", "non", "o", "n", "yes", "no", "y", "vrai", "faux", "true", "false", "x", "✓", "✔", "1", "0",
                    "ja", "nein"})  # fmt: skip
_PLAIN_POINT = re.compile(r"^-?\d+\.\d+$")
_LEADING_ZERO = re.compile(r"^0\d")


@dataclass(frozen=True)
class Column:
    """Is one column as it was understood: what it means, how it is written, why, and examples."""

    name: str
    meaning: str | None
    parse: str | None
    """The parser to name in the mapping; `None` for plain text."""
    why: Words
    examples: tuple[str, ...]
    n_filled: int
    decimal: str | None = None
    """For numbers, the mark that the values themselves prove: `comma` or `point`."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing stands in it."""
        return self.n_filled == 0


@dataclass(frozen=True)
class Written:
    """Holds a column's values for deciding: each once, in the order they appear, and how to find a row."""

    name: str
    meaning: str | None
    values: Sequence[str]
    row_of: Callable[[str], int]
    prefers_french: bool
    has_number_cells: bool
    """Whether 1234.5 may stand for a cell that holds a number, and so says nothing of how texts are written."""

    def share(self, fits: Callable[[str], object]) -> float:
        """Return the share of (evenly picked) values that fit."""
        picked = self.values[:: max(1, len(self.values) // _SAMPLE)]
        return sum(bool(fits(value)) for value in picked) / len(picked)


def understand(
    name: str, cells: pa.ChunkedArray, rows: pa.ChunkedArray, *, prefers_french: bool, has_number_cells: bool
) -> Column:
    """Decide how one column is written.

    Args:
        name: its header.
        cells: its cells, as text.
        rows: the number of each row, as people see it.
        prefers_french: what to assume where the values leave it open.
        has_number_cells: whether the file knows numbers from texts, and gives its numbers with a point.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    filled = trimmed.filter(pc.fill_null(pc.not_equal(trimmed, ""), fill_value=False))
    values = pc.unique(filled).to_pylist()

    def row_of(value: str) -> int:
        return int(rows[pc.index(trimmed, value).as_py()].as_py() or 0)

    meaning = meaning_of(name)
    if not values:
        return Column(name, None, None, Words(fr="vide", en="empty"), (), 0)
    parse, why, decimal = _decide(Written(name, meaning, values, row_of, prefers_french, has_number_cells))
    if parse == "email" or (meaning is None and parse in {"phone", "siren"}):
        meaning = parse  # an address with an @ is one, whatever stands above it
    return Column(name, meaning, parse, why, tuple(values[:3]), len(filled), decimal)


Decision = tuple[str | None, Words, str | None]


def _decide(written: Written) -> Decision:
    for rule in (_email, _date, _naming, _spelled, _choice, _number, _unnamed):
        decision = rule(written)
        if decision is not None:
            return decision
    return None, Words(fr="texte", en="text"), None


def _email(written: Written) -> Decision | None:
    if written.share(_EMAIL.match) < _MOST:
        return None
    return "email", Words(fr="adresses e-mail", en="e-mail addresses"), None


def _naming(written: Written) -> Decision | None:
    if written.meaning not in NAMING:
        return None
    parse = {"siren": "siren", "phone": "phone"}.get(written.meaning)
    zero = next((value for value in written.values if _LEADING_ZERO.match(value)), None)
    if zero is not None:
        said = Words(fr=f"texte : {zero} commence par un zéro", en=f"text: {zero} begins with a zero")
    else:
        said = Words(fr="texte : des chiffres qui nomment quelque chose", en="text: digits that name something")
    return parse, said, None


def _spelled(written: Written) -> Decision | None:
    parse = SPELLED.get(written.meaning or "")
    return (parse, PARSERS[parse].words, None) if parse is not None else None


def _choice(written: Written) -> Decision | None:
    said = {value.casefold() for value in written.values[:50]}
    is_plain = said <= _CHOICE and (written.meaning in CHOICES or not said <= {"0", "1"})
    if not is_plain and not (written.meaning in CHOICES and written.share(lambda v: v.casefold() in _CHOICE) >= _MOST):
        return None
    shown = ", ".join(written.values[:3])
    return "yes_no", Words(fr=f"oui ou non ({shown})", en=f"yes or no ({shown})"), None


def _unnamed(written: Written) -> Decision | None:
    if written.share(lambda v: _PHONE.match(v) and sum(c.isdigit() for c in v) >= 9) >= _MOST:
        return "phone", Words(fr="téléphones", en="phone numbers"), None
    if written.share(_is_siren) >= _MOST:
        return "siren", Words(fr="numéros SIREN ou SIRET", en="French company numbers"), None
    return None


def _is_siren(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    return len(digits) in {9, 14} and _luhn(digits[:9])


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _date(written: Written) -> Decision | None:
    is_hinted = written.meaning in TIMES
    if written.share(lambda v: _ISO.match(v) or _PARTS.match(v) or (is_hinted and _SERIAL.match(v))) < (
        _HINTED if is_hinted else _MOST
    ):
        return None
    isos = [m for m in map(_ISO.match, written.values) if m]
    parts = [m for m in map(_PARTS.match, written.values) if m]
    has_serials = any(map(_SERIAL.match, written.values))
    has_clock = any(m["clock"] for m in (*isos, *parts))
    if not parts and not has_serials:
        said = Words(fr="dates écrites année-mois-jour", en="dates written year-month-day")
        return ("iso_datetime" if has_clock else "date_ymd"), said, None
    order, why = _order(written, parts) if parts else ("dmy", Words(fr="dates d’Excel", en="Excel dates"))
    if has_serials or isos:
        more = Words(fr=f"{why.fr} ; aussi des dates d’Excel", en=f"{why.en}; Excel dates as well") if parts else why
        return ("excel_date" if order == "dmy" else "excel_date_mdy"), more, None
    return f"{'datetime' if has_clock else 'date'}_{order}", why, None


def _order(written: Written, parts: Sequence[re.Match[str]]) -> tuple[str, Words]:
    """Return whether day or month stands first, with the row that proves it."""
    day_first = [m for m in parts if int(m[1]) > 12]
    month_first = [m for m in parts if int(m[2]) > 12]
    if day_first and len(day_first) >= len(month_first):
        proof, row = day_first[0].string, written.row_of(day_first[0].string)
        return "dmy", Words(
            fr=f"jj/mm : {proof} en ligne {row} ne peut pas être un mois",
            en=f"dd/mm: {proof} in row {row} cannot be a month",
        )
    if month_first:
        proof, row = month_first[0].string, written.row_of(month_first[0].string)
        return "mdy", Words(
            fr=f"mm/jj : {proof} en ligne {row} ne peut pas commencer par le jour",
            en=f"mm/dd: {proof} in row {row} cannot begin with the day",
        )
    return "dmy", Words(
        fr="jj/mm supposé : aucune date ne le prouve ; sinon, écrire date_mdy",
        en="dd/mm assumed: no date proves it; else write date_mdy",
    )


def _number(written: Written) -> Decision | None:
    def bare(value: str) -> str:
        return _SIGNS.sub("", value).replace("\N{MINUS SIGN}", "-")

    if any(map(_LEADING_ZERO.match, written.values[:_SAMPLE])) and written.meaning not in NUMBERS:
        return None
    enough = _HINTED if written.meaning in NUMBERS else _MOST
    if written.share(lambda v: _COMMA.match(bare(v)) or _POINT.match(bare(v))) < enough:
        return None
    plain = [(value, bare(value)) for value in written.values]
    comma = [value for value, text in plain if _COMMA.match(text) and not _POINT.match(text)]
    point = [value for value, text in plain if _POINT.match(text) and not _COMMA.match(text)]
    if not comma and not point:
        said = Words(fr="nombres", en="numbers")
        return ("decimal_comma" if written.prefers_french else "decimal_point"), said, None
    written_point = [value for value in point if not (written.has_number_cells and _PLAIN_POINT.match(value))]
    decimal = "comma" if comma and len(comma) >= len(written_point) else "point"
    proofs = comma if decimal == "comma" else point
    proof = next((value for value in proofs if value != bare(value)), proofs[0])
    row = written.row_of(proof)
    said = (
        Words(fr=f"virgule décimale : {proof} en ligne {row}", en=f"decimal comma: {proof} in row {row}")
        if decimal == "comma"
        else Words(fr=f"point décimal : {proof} en ligne {row}", en=f"decimal point: {proof} in row {row}")
    )
    return f"decimal_{decimal}", said, decimal
