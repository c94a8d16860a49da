"""Compare two postal codes, letters and digits only."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

POSTAL_CODE = Comparison(
    name="postal_code",
    words=Words(fr="code postal", en="postal code"),
    party_kinds=("account",),
    column="postal_code_key",
    levels=(
        Level("equal", "equal", 0.90, uses_frequency=True),
        Level("one_edit", "edits", 0.06, bound=1),
        Level("different", "otherwise", 0.04),
    ),
    examples=(
        Example("69003", "69003", "equal"),
        Example("69003", "69030", "one_edit"),
        Example("69003", "13008", "different"),
        Example("69003", None, "unknown"),
    ),
)
