"""Recognise what the columns of a flat table are, and read them as numbers, words or days."""

import re
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Values: TypeAlias = npt.NDArray[np.float64]
Kind = Literal["number", "flag", "date", "category", "text", "identifier", "constant"]

_BLANKS = {"", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "nd"}
_NUMBER = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
_IDENTIFIER_NAME = re.compile(
    r"(^|[_\W])(id|ids|uuid|guid|key|code|number|no|num|numero|numéro|identifiant|ref)($|[_\W])", re.IGNORECASE
)
_CAMEL_ID = re.compile(r"[a-z](ID|Id)$")
_DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%d-%m-%Y",
)  # fmt: skip
_MOST_PARSED = 0.97


def recognise(name: str, column: pa.ChunkedArray) -> Kind:
    """Say what a column is, by its type, its values and, for identifiers, its name.

    Example:
        >>> recognise("TotalCharges", pa.chunked_array([["29.85", " ", "1889,5"]]))
        'number'
        >>> recognise("customerID", pa.chunked_array([[f"{n}-AB" for n in range(60)]]))
        'identifier'
    """
    n_different = len(column.unique().drop_null())
    if n_different <= 1 and column.null_count in (0, len(column)):
        return "constant"
    if pa.types.is_boolean(column.type):
        return "flag"
    if pa.types.is_temporal(column.type):
        return "date"
    if not _is_text(column):
        return "identifier" if _is_running_number(name, column, n_different) else "number"
    words = [word for word in words_of(column) if word is not None]
    if len(set(words)) <= 1 and len(words) in (0, len(column)):
        return "constant"
    return _recognise_text(name, column, words)


def _recognise_text(name: str, column: pa.ChunkedArray, words: list[str]) -> Kind:
    share_different = len(set(words)) / max(len(words), 1)
    if share_different > 0.95 and len(words) >= 50 and _looks_like_id(name):
        return "identifier"
    if as_numbers(column) is not None:
        return "number"
    if days_of(column) is not None:
        return "date"
    length = sum(len(word.split()) for word in words) / max(len(words), 1)
    if length >= 4 and len(set(words)) > 50:
        return "text"
    return "identifier" if share_different > 0.95 and len(words) >= 50 else "category"


def _looks_like_id(name: str) -> bool:
    return bool(_IDENTIFIER_NAME.search(name) or _CAMEL_ID.search(name))


def as_numbers(column: pa.ChunkedArray) -> Values | None:
    """Return a column as numbers, also when they were kept as text with blanks or decimal commas; None if it is not."""
    if not _is_text(column):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    words = [None if word is None else _bare(word) for word in words_of(column)]
    known = [word for word in words if word is not None]
    if not known or sum(bool(_NUMBER.match(word)) for word in known) < _MOST_PARSED * len(known):
        return None
    return np.array(
        [float(w.replace(",", ".")) if w is not None and _NUMBER.match(w) else np.nan for w in words], dtype=np.float64
    )


def _bare(word: str) -> str:
    for noise in (" ", "\u00a0", "\u202f", "€", "$", "£", "%"):
        word = word.replace(noise, "")
    return word.replace(",", "") if "," in word and "." in word and word.rfind(",") < word.rfind(".") else word


def _is_text(column: pa.ChunkedArray) -> bool:
    kind = column.type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def words_of(column: pa.ChunkedArray) -> list[str | None]:
    """Return a column as bare text, None where a person would say that nothing is there."""
    values = (None if value is None else str(value).strip() for value in column.to_pylist())
    return [None if value is None or value.lower() in _BLANKS else value for value in values]


def bare_texts(column: pa.Array) -> pa.Array:
    """Return what `words_of` returns of a column of text, without leaving Arrow: for millions of values."""
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(_BLANKS))), None, trimmed)


def _is_running_number(name: str, column: pa.ChunkedArray, n_different: int) -> bool:
    if not pa.types.is_integer(column.type) or len(column) < 50 or n_different < len(column):
        return False
    values = column.to_numpy()
    return _looks_like_id(name) or int(values.max() - values.min()) + 1 == len(column)


def days_of(column: pa.ChunkedArray, *, also: tuple[str, ...] = ()) -> Values | None:
    """Return days since 1970, also of dates kept as text; None if it is not a column of dates.

    `also` names further layouts, for a column that a person says is one of days: 20260331 may else be a number.
    """
    import pandas as pd

    if pa.types.is_temporal(column.type):
        return _days(pd.to_datetime(pd.Series(column.to_pandas()), errors="coerce", utc=True))
    words = pd.Series(words_of(column), dtype="object")
    known = words.notna()
    for layout in (*_DATE_FORMATS, *also):
        parsed = pd.to_datetime(words, format=layout, errors="coerce", utc=True)
        if known.any() and parsed[known].notna().mean() >= _MOST_PARSED:
            return _days(parsed)
    return None


def _days(instants: Any) -> Values:  # Any: a pandas series of instants
    numbers = instants.to_numpy(dtype="datetime64[s]").astype("int64").astype(np.float64) / 86_400
    return np.where(instants.isna().to_numpy(), np.nan, numbers)
