"""Say what adding a file would do, or did: in words for the person, as plain values for a program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prevenance.kit.words import Language, Words, number
from prevenance.sources.adding.columns import Column
from prevenance.sources.adding.look import Table
from prevenance.sources.pull import StreamReport

_TABLE = Words(fr="{title} : {n} lignes, {columns} colonnes", en="{title}: {n} rows, {columns} columns")
_NOT_KNOWN = Words(
    fr="{title} : rien de reconnu, ce tableau n’est pas chargé", en="{title}: nothing recognised, not loaded"
)
_NOT_LOADED = Words(fr="non chargée", en="not loaded")
_COUNTS = Words(
    fr="{stream} : {new} nouvelles, {changed} modifiées, {same} inchangées, {rejected} rejetées",
    en="{stream}: {new} new, {changed} updated, {same} unchanged, {rejected} rejected",
)
_MAPPING = Words(fr="Correspondance à lire et à corriger : {path}", en="Mapping to read and correct: {path}")
_BY = Words(fr="Lu d’après {path}", en="Read by {path}")
_REJECTS = Words(fr="Lignes rejetées, avec le motif : {path}", en="Rejected rows, with the reason: {path}")
_NEXT = Words(
    fr="Rien n’est encore chargé. Pour charger : la même commande avec --yes",
    en="Nothing is loaded yet. To load: the same command with --yes",
)
_DONE = Words(
    fr="Chargement {load} fait. Pour l’annuler : prevenance sources undo {load}",
    en="Load {load} done. To take it back: prevenance sources undo {load}",
)


@dataclass(frozen=True)
class Rehearsal:
    """Shows what adding a file would do: how it was understood, by which mapping, and what would come of it."""

    file: str
    source: str
    mapping: Path
    """The file to read and correct."""
    is_known: bool
    """Whether an earlier mapping of the project reads this file."""
    tables: tuple[Table, ...]
    unknown: tuple[Table, ...] = ()
    """Tables in which nothing was recognised."""
    loaded_columns: frozenset[str] = frozenset()
    """Columns with a ground."""
    streams: tuple[StreamReport, ...] = ()
    rejects: Path | None = None
    load: str | None = None
    """The number of the load, once it is one."""

    def say(self, language: Language) -> str:
        """Return it in words: the first rows, each column with how it is read and why, the counts, what to do next."""
        lines: list[str] = []
        for table in self.tables:
            if table in self.unknown:
                lines += [_NOT_KNOWN.say(language, title=table.title), ""]
                continue
            n, columns = number(table.n_rows, language), number(len(table.columns), language)
            lines += [_TABLE.say(language, title=table.title, n=n, columns=columns), *_grid(table), ""]
            lines += [self._column(column, language) for column in table.columns] + [""]
        lines += [_counts(report, language) for report in self.streams] + [""]
        lines.append((_BY if self.is_known or self.load else _MAPPING).say(language, path=self.mapping))
        lines += [_REJECTS.say(language, path=self.rejects)] if self.rejects else []
        lines.append(_DONE.say(language, load=self.load) if self.load else _NEXT.say(language))
        return "\n".join(lines)

    def _column(self, column: Column, language: Language) -> str:
        how = column.why.say(language)
        aside = "" if column.name in self.loaded_columns else f" [{_NOT_LOADED.say(language)}]"
        return f"  {column.name:<28} {how}{aside}"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "file": self.file,
            "source": self.source,
            "mapping": str(self.mapping),
            "is_known": self.is_known,
            "tables": [self._table(table) for table in self.tables],
            "streams": [{"stream": report.stream, **report.as_counts()} for report in self.streams],
            "rejects": str(self.rejects) if self.rejects else None,
            "load": self.load,
        }

    def _table(self, table: Table) -> dict[str, Any]:
        return {
            "title": table.title,
            "n_rows": table.n_rows,
            "is_recognised": table not in self.unknown,
            "columns": [
                {
                    "name": column.name,
                    "meaning": column.meaning,
                    "parse": column.parse,
                    "why": vars(column.why),
                    "is_loaded": column.name in self.loaded_columns,
                }
                for column in table.columns
            ],
            "preview": [dict(row) for row in table.preview],
        }


def _counts(report: StreamReport, language: Language) -> str:
    return _COUNTS.say(
        language,
        stream=report.stream,
        new=number(report.inserted, language),
        changed=number(report.updated, language),
        same=number(report.unchanged, language),
        rejected=number(report.quarantined, language),
    )


def _grid(table: Table, width: int = 16) -> list[str]:
    """Return the first rows as a grid of narrow columns."""
    names = [column.name for column in table.columns]
    rows = [names, *([row.get(name) or "" for name in names] for row in table.preview)]
    widths = [min(width, max(len(_short(row[at], width)) for row in rows)) for at in range(len(names))]
    return [
        "  " + " | ".join(_short(cell, width).ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _short(cell: str, width: int) -> str:
    plain = " ".join(cell.split())
    return plain if len(plain) <= width else plain[: width - 1] + "…"
