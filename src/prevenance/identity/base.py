"""Say what a comparison is: one way in which two records may agree, and how much each degree of agreement tells."""

from dataclasses import dataclass
from typing import Any, Literal

from prevenance.kit.words import Words

PartyKind = Literal["account", "person"]
Side = str | tuple[str, ...] | None
Measure = Literal["equal", "similarity", "edits", "shared", "initial", "otherwise"]


@dataclass(frozen=True)
class Level:
    """Holds one degree of agreement.

    Attributes:
        name: `equal`, `close`, `different`.
        measure: how it is told: `equal`; `similarity` (Jaro-Winkler at least `bound`); `edits` (Damerau-Levenshtein at
            most `bound`); `shared` (at least `bound` values of two lists in common); `initial` (one is the first letter
            of the other); `otherwise`.
        match_probability: how often two records of one customer agree to this degree, until the company's own data say
            better (Splink's m).
        bound: the limit of the measure.
        uses_frequency: whether agreeing on a rare value counts for more than on a common one.
    """

    name: str
    measure: Measure
    match_probability: float
    bound: float = 0.0
    uses_frequency: bool = False


@dataclass(frozen=True)
class Weight:
    """Holds how often two records of one customer reach a level (Splink's m), and how often any two do (its u)."""

    match: float
    chance: float | None


@dataclass(frozen=True)
class Example:
    """Shows two values and the name of the level that they reach (`unknown` when one is missing)."""

    left: Side
    right: Side
    level: str


@dataclass(frozen=True)
class Comparison:
    """Compares one column of two records; levels go from most to least alike, and the first that holds counts.

    Attributes:
        name: that of the file.
        words: what is compared, for the person who reviews a link.
        party_kinds: the kinds of record that it compares.
        column: the prepared column that it reads (see `evidence.py`).
        levels: degrees of agreement, the last one `otherwise`; a missing value tells nothing, so it has no level.
        examples: pairs of values and the level they reach; each is a test.
        is_learnt: whether records joined by an identifier teach how often this agrees; not where the identifier itself
            is what is compared.
    """

    name: str
    words: Words
    party_kinds: tuple[PartyKind, ...]
    column: str
    levels: tuple[Level, ...]
    examples: tuple[Example, ...]
    is_learnt: bool = True

    def for_splink(self, weights: "tuple[Weight, ...] | None" = None) -> Any:
        """Return the comparison as Splink takes it (Splink ships no types), with what was counted where it was."""
        from splink.comparison_level_library import NullLevel
        from splink.comparison_library import CustomComparison

        known = weights or tuple(Weight(level.match_probability, None) for level in self.levels)
        levels = [_splink_level(self.column, level, weight) for level, weight in zip(self.levels, known, strict=True)]
        return CustomComparison(
            output_column_name=self.name,
            comparison_description=self.words.en,
            comparison_levels=[NullLevel(self.column), *levels],
        )

    def case_sql(self) -> str:
        """Return the number of the level that a pair reaches (columns `_l` and `_r`) as SQL, -1 when it is unknown."""
        told = self.for_splink().get_comparison("duckdb").comparison_levels
        whens = " ".join(f"when {level.sql_condition} then {place - 1}" for place, level in enumerate(told[:-1]))
        return f"case {whens} else {len(told) - 2} end"


def _splink_level(column: str, level: Level, weight: Weight) -> Any:
    import splink.comparison_level_library as library

    makers = {
        "equal": lambda: library.ExactMatchLevel(column),
        "similarity": lambda: library.JaroWinklerLevel(column, level.bound),
        "edits": lambda: library.DamerauLevenshteinLevel(column, int(level.bound)),
        "shared": lambda: library.ArrayIntersectLevel(column, int(level.bound)),
        "initial": lambda: library.CustomLevel(
            f"substr({column}_l, 1, 1) = substr({column}_r, 1, 1) and least(length({column}_l), length({column}_r)) = 1"
        ),
        "otherwise": library.ElseLevel,
    }
    made = makers[level.measure]()
    told = made.configure(m_probability=weight.match, u_probability=weight.chance, label_for_charts=level.name)
    return told.configure(tf_adjustment_column=column) if level.uses_frequency else told
