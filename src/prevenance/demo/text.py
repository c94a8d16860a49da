"""Build text in bulk: whole columns of strings at once, as Arrow arrays, ready to be written as one block of bytes."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.scale import Bools, Ints, month_start

Text = Any  # a pyarrow string array: the library ships no types

_CLOCK = pa.array([f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.000Z" for s in range(86_400)])
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)])


def pick(options: Sequence[str | None], index: npt.NDArray[np.integer]) -> Text:
    """Return the chosen option of each row."""
    return pa.array(options, pa.string()).take(pa.array(index))


def join(*parts: Any) -> Text:
    """Return the parts of each row put together; a missing part counts as empty."""
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def where(mask: Bools, yes: Any, no: Any) -> Text:
    """Return `yes` where the mask holds, else `no`; a Python None means missing."""
    scalar = [pa.scalar(side, pa.string()) if side is None or isinstance(side, str) else side for side in (yes, no)]
    return pc.if_else(pa.array(mask), *scalar)


def digits(numbers: npt.NDArray[np.integer], width: int = 0) -> Text:
    """Return whole numbers as text, filled up with zeros on the left."""
    text = pa.array(numbers).cast(pa.string())
    return pc.utf8_lpad(text, width, "0") if width else text


def money(cents: Ints, mark: str = ".") -> Text:
    """Return amounts in cents as text with two decimals."""
    sign = where(cents < 0, "-", "")
    whole = np.abs(cents)
    return join(sign, digits(whole // 100), mark, digits(whole % 100, 2))


def iso_day(days: npt.NDArray[np.integer]) -> Text:
    """Return days since 1970 as 2024-03-11."""
    return pa.array(days.astype(np.int32)).cast(pa.date32()).cast(pa.string())


def french_day(days: npt.NDArray[np.integer]) -> Text:
    """Return days since 1970 as 11/03/2024."""
    return pc.strftime(pa.array(days.astype(np.int32)).cast(pa.date32()), format="%d/%m/%Y")


def iso_instant(seconds: Ints) -> Text:
    """Return seconds since 1970 (UTC) as 2024-03-11T09:15:00.000Z."""
    return join(iso_day(seconds // 86_400), _CLOCK.take(pa.array(seconds % 86_400)))


def hexadecimal(numbers: npt.NDArray[np.uint64], width: int = 16) -> Text:
    """Return the last `width` hexadecimal digits of 64-bit numbers."""
    pairs = np.ascontiguousarray(numbers.astype(">u8")).view(np.uint8).reshape(-1, 8)[:, 8 - width // 2 :]
    block = np.ascontiguousarray(_HEX[pairs])
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(numbers), [None, pa.py_buffer(block)])
    return fixed.cast(pa.binary()).cast(pa.string())


def folded(text: str) -> str:
    """Return a text without accents, as old systems keep it.

    Example:
        >>> folded("Société Générale d’Œuvres")
        "Societe Generale d'OEuvres"
    """
    spelled = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c))


def garbled(text: Text) -> Text:
    """Return text as it looks when UTF-8 was once read as Windows-1252 (é becomes Ã©)."""
    for letter in "éèêàâçùûôîïëœ’ÉÈÀÇ":
        mishap = letter.encode().decode("cp1252", errors="ignore")
        text = pc.replace_substring(text, letter, mishap)
    return text


def quoted_json(text: Text) -> Text:
    """Return JSON strings, `null` where the text is missing."""
    safe = text
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        safe = pc.replace_substring(safe, plain, escaped)
    return pc.fill_null(pc.binary_join_element_wise('"', safe, '"', ""), "null")


def in_quotes(text: Text) -> Text:
    """Return text in quotes, for values that need no escaping."""
    return join('"', text, '"')


def json_object(fields: dict[str, Text]) -> Text:
    """Return one JSON object for each row; the values are JSON already."""
    parts = [part for name, value in fields.items() for part in (f',"{name}":', value)]
    return join("{" + parts[0][1:], *parts[1:], "}")


def csv_lines(columns: dict[str, Text]) -> str:
    """Return a whole CSV text as French spreadsheets write it: semicolons, CRLF, quotes where needed."""
    cells = [_csv_cell(column) for column in columns.values()]
    between: list[Any] = [part for cell in cells for part in (cell, ";")]
    rows = join(*between[:-1], "\r\n")
    return ";".join(columns) + "\r\n" + block(rows).decode()


def _csv_cell(column: Text) -> Text:
    needs_quotes = pc.fill_null(pc.match_substring_regex(column, '[;"\r\n]'), fill_value=False)
    in_quotes = join('"', pc.replace_substring(column, '"', '""'), '"')
    return pc.if_else(needs_quotes, in_quotes, column)


def block(rows: Text) -> bytes:
    """Return all strings of a column, one after another, without a Python loop."""
    if not len(rows):
        return b""
    whole = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    places = np.frombuffer(whole.buffers()[1], np.int32)[whole.offset : whole.offset + len(whole) + 1]
    return bytes(whole.buffers()[2][int(places[0]) : int(places[-1])])


def write_text(path: Path, content: str, encoding: str = "utf-8") -> None:
    """Write a text file, its folder made when missing; line ends stay as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding, errors="replace"))


def _offsets(zone: str) -> Ints:
    first = datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=int(month_start(0)) - 40)
    instants = (first + timedelta(days=day) for day in range(1_300))
    spans = (instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for instant in instants)
    return np.array([int(span.total_seconds()) for span in spans], dtype=np.int64)


_PARIS = _offsets("Europe/Paris")
_LONDON = _offsets("Europe/London")


def utc_seconds(day: Ints, local_seconds: Ints, is_french: Bools) -> Ints:
    """Return seconds since 1970 (UTC) of a local time of day in Paris or London."""
    index = np.clip(day - int(month_start(0)) + 40, 0, _PARIS.size - 1)
    return np.asarray(day * 86_400 + local_seconds - np.where(is_french, _PARIS[index], _LONDON[index]))
