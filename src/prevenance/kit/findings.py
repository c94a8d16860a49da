"""Hold what a capability of the lab found on a table: plain data, sentences, a page, rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from prevenance.kit.html_page import figures, heading, page, paragraph, table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words


@dataclass(frozen=True)
class Said:
    """Holds a sentence in both languages, its places already filled in each.

    Example:
        >>> Said("4 clients", "4 customers").say("en")
        '4 customers'
    """

    fr: str
    en: str

    @classmethod
    def of(cls, words: Words, fill: Callable[[Language], dict[str, str]] = lambda _language: {}) -> "Said":
        """Return a sentence whose places are filled by what `fill` writes for each language."""
        return cls(fr=words.say("fr", **fill("fr")), en=words.say("en", **fill("en")))

    def say(self, language: Language) -> str:
        """Return the sentence in a language."""
        return Words(fr="{text}", en="{text}").say(language, text=self.fr if language == "fr" else self.en)


@dataclass(frozen=True)
class Listing:
    """Holds a table of a report: its title, its heads, and its rows as each language writes them."""

    title: Words
    heads: tuple[Words, ...]
    rows: dict[Language, list[list[str]]]


@dataclass(frozen=True)
class Findings:
    """Holds what was found: a contract in plain data, sentences, tables, pictures and rows.

    Attributes:
        title: what was asked.
        data: the keys that programs rely on.
        sentences: what a reader should take away, the most important first.
        rows: the result row by row.
        listings: tables of the report.
        pictures: SVG and caption, by language.
    """

    title: Said
    data: dict[str, object]
    sentences: tuple[Said, ...]
    rows: pa.Table
    listings: tuple[Listing, ...] = ()
    pictures: dict[Language, Sequence[tuple[str, str]]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the plain data."""
        return self.data

    def summary(self, language: Language = "en") -> str:
        """Return the sentences."""
        return "\n".join(sentence.say(language) for sentence in self.sentences)

    def to_html(self, language: Language = "en") -> str:
        """Return one self-contained page."""
        first, *others = (sentence.say(language) for sentence in self.sentences)
        parts = [paragraph(first, is_lead=True), *(paragraph(text) for text in others)]
        if self.pictures:
            parts.append(figures(self.pictures[language]))
        for listing in self.listings:
            heads = [words.say(language) for words in listing.heads]
            parts += [heading(listing.title.say(language)), table(heads, listing.rows[language])]
        return page(self.title.say(language), language, parts)

    def write_rows(self, path: Path) -> None:
        """Write the rows, as Parquet or CSV by the file's ending.

        Raises:
            ConfigurationError: the file ends otherwise.
        """
        write_flat(self.rows, path)


def write_flat(rows: pa.Table, path: Path) -> None:
    """Write a table as Parquet or CSV by the file's ending.

    Raises:
        ConfigurationError: the file ends otherwise.
    """
    writers = {".parquet": pq.write_table, ".csv": pyarrow.csv.write_csv}
    if path.suffix.lower() not in writers:
        raise ConfigurationError(f"{path.name} must end in .parquet or .csv.", file=str(path))
    writers[path.suffix.lower()](rows, path)
