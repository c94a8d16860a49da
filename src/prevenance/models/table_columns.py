"""Turn the columns of a flat table into numbers: recognise what each column is, and leave out what cannot help.

Nothing here looks at the label, so that learning the encoding from all rows tells a model nothing it should not know.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from prevenance.kit.flat_columns import Kind, as_numbers, days_of, recognise, words_of
from prevenance.kit.problems import ConfigurationError
from prevenance.models.base import Values

_MOST_LEVELS = 40
_FEWEST_ROWS = 10  # a level seen less often is read together with the other rare ones


@dataclass(frozen=True)
class Term:
    """Names one column of the matrix: where it comes from, and for a category which level it marks."""

    source: str
    level: str | None = None

    @property
    def name(self) -> str:
        """Return a name that is unique in the matrix."""
        return self.source if self.level is None else f"{self.source} = {self.level}"


@dataclass
class TableColumns:
    """Learns from one table what its columns are, and encodes that and any later table alike."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)  # Any: scikit-learn ships no types
    terms: tuple[Term, ...] = ()

    def learn(self, table: pa.Table) -> Values:
        """Recognise the columns, and return the encoded table."""
        for name in table.column_names:
            self.kinds[name] = recognise(name, table[name])
            if self.kinds[name] == "category":
                self.levels[name] = _levels(table[name])
            elif self.kinds[name] == "text":
                self._learn_themes(name, table[name])
        self.terms = tuple(term for name in table.column_names for term in self._terms_of(name))
        return self.encode(table)

    def encode(self, table: pa.Table) -> Values:
        """Return one row of numbers a row of the table; NaN where something is unknown.

        Raises:
            ConfigurationError: a column is missing.
        """
        lost = [name for name in self.kinds if name not in table.column_names]
        if lost:
            message = f"The test table lacks the column {lost[0]!r}. Bring the same columns as in the training table."
            raise ConfigurationError(message, column=lost[0])
        blocks = [self._block(name, table[name]) for name in self.kinds if self._terms_of(name)]
        return np.hstack(blocks) if blocks else np.zeros((table.num_rows, 0))

    def _learn_themes(self, name: str, column: pa.ChunkedArray) -> None:
        learned = _themes(column)
        if learned is None:  # no word comes back often enough: only its most frequent values can help
            self.kinds[name], self.levels[name] = "category", _levels(column)
        else:
            self.texts[name] = learned

    def _terms_of(self, name: str) -> list[Term]:
        kind = self.kinds[name]
        if kind in ("number", "flag", "date"):
            return [Term(name)]
        if kind == "category":
            return [Term(name, level) for level in self.levels[name]]
        if kind == "text":
            return [Term(name, f"theme {number + 1}") for number in range(self.texts[name][1].components_.shape[0])]
        return []

    def _block(self, name: str, column: pa.ChunkedArray) -> Values:
        kind = self.kinds[name]
        if kind == "category":
            words = np.array(words_of(column), dtype=object)
            words[[word is None for word in words]] = "(empty)"
            return np.column_stack([words == level for level in self.levels[name]]).astype(np.float64)
        if kind == "text":
            counter, themes = self.texts[name]
            found = themes.transform(counter.transform([word or "" for word in words_of(column)]))
            return np.asarray(found, dtype=np.float64)
        numbers = days_of(column) if kind == "date" else as_numbers(column)
        assert numbers is not None
        return numbers[:, None]


def _levels(column: pa.ChunkedArray) -> tuple[str, ...]:
    words = ["(empty)" if word is None else word for word in words_of(column)]
    names, counts = np.unique(np.array(words, dtype=str), return_counts=True)
    often = [(int(n), str(name)) for name, n in zip(names, counts, strict=True) if n >= _FEWEST_ROWS]
    return tuple(name for _, name in sorted(often, key=lambda pair: (-pair[0], pair[1]))[:_MOST_LEVELS])


def _themes(column: pa.ChunkedArray) -> tuple[Any, Any] | None:  # Any: scikit-learn ships no types
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(min_df=_FEWEST_ROWS, max_features=5_000, sublinear_tf=True, strip_accents="unicode")
    words = [word or "" for word in words_of(column)]
    if len(words) < 2 * _FEWEST_ROWS:
        return None
    try:
        counts = counter.fit_transform(words)
    except ValueError:  # what scikit-learn raises when no word is frequent enough
        return None
    if counts.shape[1] < 3:
        return None
    return counter, TruncatedSVD(n_components=min(16, counts.shape[1] - 1), random_state=0).fit(counts)
