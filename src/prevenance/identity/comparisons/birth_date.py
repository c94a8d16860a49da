"""Compare two birth dates; one day, month or year apart is usually a slip of the keyboard."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

BIRTH_DATE = Comparison(
    name="birth_date",
    words=Words(fr="date de naissance", en="birth date"),
    party_kinds=("person",),
    column="birth_key",
    levels=(
        Level("equal", "equal", 0.95),
        Level("one_edit", "edits", 0.03, bound=1),
        Level("different", "otherwise", 0.02),
    ),
    examples=(
        Example("1984-03-07", "1984-03-07", "equal"),
        Example("1984-03-07", "1984-03-01", "one_edit"),
        Example("1984-03-07", "1990-11-21", "different"),
        Example("1984-03-07", None, "unknown"),
    ),
)
