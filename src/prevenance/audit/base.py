"""Say what a check is: one question to the data, answered by findings that tell what to repair and what it gains."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Language, Words, day, number, percent
from prevenance.records.tables import CONSENT_RECORDS, FACTS, IDENTIFIERS, PARTIES, QUARANTINE, LakeTable
from prevenance.sources import SourceMapping
from prevenance.storage import Lake

Severity = Literal["serious", "important", "advice"]
_AGREES = re.compile(r"\{(\w+)\|([^|}]*)\|([^}]*)\}")
Figure = int | float | date | str


@dataclass(frozen=True)
class Finding:
    """Tells one thing that is wrong or missing, how much of it there is, and what to do.

    Attributes:
        check: the check that found it.
        severity: `serious` (predictions or messages would be wrong), `important`, `advice`.
        title: what is wrong.
        detail: the figures.
        n_rows: rows concerned.
        share: their share of all rows looked at, 0 to 1; None where a share has no meaning.
        sample: ids of some of the rows.
        repair: what to do.
        gain: what the repair brings.
        source: the source that it is about, where it is about one.
        command: the command to type or the line of YAML to write that repairs it, where there is one.
    """

    check: str
    severity: Severity
    title: Words
    detail: Words
    n_rows: int
    share: float | None
    sample: tuple[str, ...]
    repair: Words
    gain: Words
    source: str | None = None
    command: str = ""


@dataclass(frozen=True)
class AuditContext:
    """Hands the checks what was known by `as_of`, as tables; nothing of it is resolved yet.

    Attributes:
        lake: runs what the checks ask.
        as_of: the instant.
        bases: legal basis by field (`source.stream.field`), None where a field has none; empty when nobody told.
        n_samples: how many ids a finding names.
        mappings: how the sources are read.
    """

    lake: Lake
    as_of: datetime
    bases: Mapping[str, str | None] = field(default_factory=dict)
    n_samples: int = 5
    mappings: Sequence[SourceMapping] = ()

    @cached_property
    def parties(self) -> ir.Table:
        """Return the records of companies and people in force."""
        return self._live(PARTIES)

    @cached_property
    def facts(self) -> ir.Table:
        """Return the facts in force."""
        return self._live(FACTS)

    @cached_property
    def identifiers(self) -> ir.Table:
        """Return the identifiers known."""
        return self.lake.read(IDENTIFIERS).filter(_.known_at <= naive_utc(self.as_of))

    @cached_property
    def consents(self) -> ir.Table:
        """Return the consents on record."""
        return self.lake.read(CONSENT_RECORDS).filter(_.known_at <= naive_utc(self.as_of))

    @cached_property
    def quarantine(self) -> ir.Table:
        """Return the rows that were refused and wait."""
        return self.lake.read(QUARANTINE).filter((_.as_of <= naive_utc(self.as_of)) & _.repaired_at.isnull())

    def rows(self, expr: ir.Table) -> list[dict[str, Any]]:
        """Run an expression and return its few rows."""
        return [dict(row) for row in self.lake.collect(expr).to_pylist()]

    def sample(self, expr: ir.Table, column: str) -> tuple[str, ...]:
        """Return the first ids of a table."""
        found = self.rows(expr.select(column).distinct().order_by(column).limit(self.n_samples))
        return tuple(str(row[column]) for row in found)

    def _live(self, table: LakeTable) -> ir.Table:
        at = naive_utc(self.as_of)
        seen = self.lake.read(table).filter(_.known_at <= at)
        return seen.filter(_.superseded_at.isnull() | (_.superseded_at > at))


@dataclass(frozen=True)
class Check:
    """Asks the data one question.

    Attributes:
        name: that of the file.
        words: the question, as a person would ask it.
        run: answers it; no findings means that all is well.
    """

    name: str
    words: Words
    run: Callable[[AuditContext], tuple[Finding, ...]]


def tell(words: Words, **figures: Figure) -> Words:
    r"""Fill the places of a sentence: whole numbers are counts, other numbers are shares, days are days.

    `{n|fiche|fiches}` is what agrees with a count; in French nought is singular too.

    Example:
        >>> words = Words(fr="{n} {n|fiche|fiches}, soit {p}", en="{n} {n|record|records}, {p} of all")
        >>> told = tell(words, n=1234, p=0.3)
        >>> told.en, told.fr
        ('1,234 records, 30% of all', '1\u202f234 fiches, soit 30\xa0%')
    """

    def said(figure: Figure, language: Language) -> str:
        if isinstance(figure, str):
            return figure
        if isinstance(figure, date):
            return day(figure, language)
        if isinstance(figure, float):
            return percent(figure, language, 0 if figure >= 0.1 or figure == 0 else 1)
        return number(figure, language)

    def filled(sentence: str, language: Language) -> str:
        singular = (0, 1) if language == "fr" else (1,)
        agreed = _AGREES.sub(lambda found: found[2] if figures[found[1]] in singular else found[3], sentence)
        return agreed.format(**{name: said(figure, language) for name, figure in figures.items()})

    return Words(fr=filled(words.fr, "fr"), en=filled(words.en, "en"))


def squeezed_expr(text: ir.StringColumn) -> ir.StringColumn:
    """Return letters and digits of a text in lower case, for comparisons that ignore how it was typed."""
    plain = text.lower().translate("àâäáéèêëíîïóôöúùûüçñ", "aaaaeeeeiiiooouuuucn")
    return plain.re_replace(r"[^a-z0-9]", "").nullif("")


def share_of(part: int, whole: int) -> float | None:
    """Return a share, or None of nothing.

    Example:
        >>> share_of(1, 4), share_of(0, 0)
        (0.25, None)
    """
    return part / whole if whole else None


def instant_literal(at: datetime) -> ir.TimestampScalar:
    """Return an instant as the lake stores it, for expressions."""
    return ibis.literal(naive_utc(at), "timestamp(6)")
