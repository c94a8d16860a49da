"""Compare two first names; an initial may stand for the whole name."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

FIRST_NAME = Comparison(
    name="first_name",
    words=Words(fr="prénom", en="first name"),
    party_kinds=("person",),
    column="first_name_key",
    levels=(
        Level("equal", "equal", 0.82, uses_frequency=True),
        Level("close", "similarity", 0.07, bound=0.90),
        Level("initial", "initial", 0.08),
        Level("different", "otherwise", 0.03),
    ),
    examples=(
        Example("chloe", "chloe", "equal"),
        Example("catherine", "martine", "different"),
        Example("frederic", "frederick", "close"),
        Example("jean", "j", "initial"),
        Example("jean", None, "unknown"),
    ),
)
