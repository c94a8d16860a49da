"""Compare two family names, without accents, case or hyphens."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

LAST_NAME = Comparison(
    name="last_name",
    words=Words(fr="nom", en="last name"),
    party_kinds=("person",),
    column="last_name_key",
    levels=(
        Level("equal", "equal", 0.90, uses_frequency=True),
        Level("close", "similarity", 0.07, bound=0.92),
        Level("different", "otherwise", 0.03),
    ),
    examples=(
        Example("lefebvre", "lefebvre", "equal"),
        Example("lefebvre", "lefevre", "close"),
        Example("lefebvre", "martin", "different"),
        Example(None, "martin", "unknown"),
    ),
)
