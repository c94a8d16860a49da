"""Compare two cities, without accents, case or office numbers (“LYON CEDEX 03” is Lyon)."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

CITY = Comparison(
    name="city",
    words=Words(fr="ville", en="city"),
    party_kinds=("account",),
    column="city_key",
    levels=(
        Level("equal", "equal", 0.90, uses_frequency=True),
        Level("close", "similarity", 0.06, bound=0.92),
        Level("different", "otherwise", 0.04),
    ),
    examples=(
        Example("lyon", "lyon", "equal"),
        Example("villeurbanne", "villeurbane", "close"),
        Example("lyon", "marseille", "different"),
        Example(None, "lyon", "unknown"),
    ),
)
