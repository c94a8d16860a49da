"""Describe what a stream's columns look like - kinds of values, how full, how large - to see later what changed.

A shape holds no value of the source: kinds and shares, a median, and digests of the few words a column may take.
"""

import hashlib
import json
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import ibis.expr.types as ir
import pyarrow as pa

from prevenance.kit.clock import naive_utc
from prevenance.records.tables import LakeTable
from prevenance.sources.base import ROW
from prevenance.sources.plan import Plan
from prevenance.storage import Lake

SOURCE_SHAPES = LakeTable(
    "source_shapes",
    {
        "source": "string",
        "stream": "string",
        "mapping": "string",
        "offered": "string",
        "columns": "string",
        "as_of": "timestamp(6)",
    },
    key=("source", "stream"),
    sort_by=("source", "stream"),
)

FEWEST_VALUES = 20
"""With fewer values, shares say nothing."""
_SAMPLE_ROWS = 5_000
_MOST_WORDS = 30
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("empty word", r"^(?i:null|none|nan|n/a|#n/a|-)$"),
        ("instant in UTC", r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+]00:?00)$"),
        ("instant with an offset", r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*[+-]\d\d:?\d\d$"),
        ("instant without a zone", r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
        ("day, year first", r"^\d{4}[-/.]\d\d?[-/.]\d\d?$"),
        ("day, day first", r"^(1[3-9]|2\d|3[01])[/.-]\d{1,2}[/.-]\d{2,4}( .*)?$"),
        ("day, month first", r"^\d{1,2}[/.-](1[3-9]|2\d|3[01])[/.-]\d{2,4}( .*)?$"),
        ("day", r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}( .*)?$"),
        ("number with leading zero", r"^0\d+$"),
        ("whole number", r"^[+-]?\d+$"),
        ("number with a point", r"^[+-]?\d+\.\d+$"),
        ("number with a comma", r"^[+-]?\d[\d\s.]*,\d+$"),
        ("number in powers of ten", r"^[+-]?\d(\.\d+)?[eE][+-]?\d+$"),
        ("amount with a sign", r"^[€$£]\s?-?\d[\d.,\s]*$|^-?\d[\d.,\s]*?\s?([€$£%]|EUR|USD|GBP)$"),
        ("true or false", r"^(?i:true|false)$"),
        ("e-mail", r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        ("structure", r"^[\[{]"),
        ("digest", r"^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$"),
        ("markup", r"^<[a-zA-Z!/]"),
    )
)
_NUMBER = re.compile(r"^[€$£\s]*([+-]?\d[\d\s]{0,20}(?:[.,]\d{1,20})?)\s?(?:[€$£%]|EUR|USD|GBP)?$")
_WRONG_ENCODING = re.compile("Ã[\x80-\xbfƒ†-›]|â€|�|ï»¿")


@dataclass(frozen=True)
class ColumnShape:
    """Tells what one column looked like in one load."""

    n_rows: int
    n_filled: int
    kinds: dict[str, float]
    """Share of each kind of value among the filled ones."""
    median: float | None
    longest: int
    n_wrong_encoding: int
    words: tuple[str, ...] | None
    """Digests of the distinct values, where there are few and they repeat."""

    @property
    def filled_rate(self) -> float:
        """Return the share of rows that have a value."""
        return self.n_filled / self.n_rows if self.n_rows else 0.0


@dataclass(frozen=True)
class Shape:
    """Tells what a stream looked like: the mapping it was read with, the columns on offer, the shape of those read."""

    mapping: str
    offered: tuple[str, ...]
    columns: dict[str, ColumnShape]


def shape_of(lake: Lake, rows: ir.Table, plan: Plan, offered: tuple[str, ...]) -> Shape:
    """Return the shape of raw rows, from an even sample of them."""
    every = max(1, lake.count(rows) // _SAMPLE_ROWS)
    sample = rows.filter(rows[ROW].fill_null(0) % every == 0) if every > 1 else rows
    columns = [column for column in plan.wanted if column in rows.columns]
    held = lake.collect(sample.select(*columns)) if columns else None
    shapes = {c: _column_shape(held[c].cast(pa.string()).to_pylist()) for c in columns} if held is not None else {}
    return Shape(plan.fingerprint, offered, shapes)


def _column_shape(values: Sequence[str | None]) -> ColumnShape:
    texts = [text for value in values if value is not None and (text := value.strip()[:400])]
    counts = Counter(texts)
    kinds: Counter[str] = Counter()
    for text, n in counts.items():
        kinds[_kind_of(text)] += n
    numbers = [number for text in texts if (number := _number_in(text)) is not None]
    words = {hashlib.sha256(text.lower().encode()).hexdigest()[:12] for text in counts} if _repeats(counts) else None
    return ColumnShape(
        n_rows=len(values),
        n_filled=len(texts),
        kinds={kind: n / len(texts) for kind, n in kinds.items()},
        median=statistics.median(numbers) if numbers else None,
        longest=max(map(len, counts), default=0),
        n_wrong_encoding=sum(n for text, n in counts.items() if _WRONG_ENCODING.search(text)),
        words=tuple(sorted(words)) if words is not None else None,
    )


def _kind_of(text: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "text")


def _number_in(text: str) -> float | None:
    """Return the number a text consists of, its sign of currency aside."""
    found = _NUMBER.match(text)
    return float(re.sub(r"\s", "", found[1]).replace(",", ".")) if found else None


def _repeats(counts: Counter[str]) -> bool:
    return 0 < len(counts) <= _MOST_WORDS and counts.total() >= 3 * len(counts)


def merged(known: Shape | None, shape: Shape) -> Shape:
    """Return what to remember: of a column that this small load hardly shows, what was known of it."""
    if known is None:
        return shape
    columns = {name: _merged(known.columns.get(name), now) for name, now in shape.columns.items()}
    return Shape(shape.mapping, shape.offered or known.offered, columns)


def _merged(before: ColumnShape | None, now: ColumnShape) -> ColumnShape:
    if before is None:
        return now
    if now.n_filled < FEWEST_VALUES <= before.n_filled:
        return before
    if before.words is None or now.words is None:
        return now
    words = tuple(sorted({*before.words, *now.words}))
    return replace(now, words=words if len(words) <= _MOST_WORDS else None)


def known_shape(lake: Lake, plan: Plan) -> Shape | None:
    """Return what the stream looked like when it was last read, or `None`."""
    stored = lake.read(SOURCE_SHAPES)
    rows = lake.collect(stored.filter(stored.source == plan.source.source, stored.stream == plan.name)).to_pylist()
    if not rows:
        return None
    columns = {
        name: ColumnShape(**{**shape, "words": tuple(shape["words"]) if shape["words"] is not None else None})
        for name, shape in json.loads(rows[0]["columns"]).items()
    }
    return Shape(rows[0]["mapping"], tuple(json.loads(rows[0]["offered"])), columns)


def save_shape(lake: Lake, plan: Plan, shape: Shape, as_of: datetime) -> None:
    """Remember what the stream looks like now."""
    row = {
        "source": plan.source.source,
        "stream": plan.name,
        "mapping": shape.mapping,
        "offered": json.dumps(shape.offered, ensure_ascii=False),
        "columns": json.dumps({name: asdict(s) for name, s in shape.columns.items()}, ensure_ascii=False),
        "as_of": naive_utc(as_of),
    }
    schema = pa.schema([(n, pa.timestamp("us") if n == "as_of" else pa.string()) for n in SOURCE_SHAPES.schema])
    lake.upsert(SOURCE_SHAPES, pa.Table.from_pylist([row], schema=schema))
