"""Compare two streets with their numbers, without accents, case or punctuation."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

ADDRESS = Comparison(
    name="address",
    words=Words(fr="adresse", en="address"),
    party_kinds=("account",),
    column="address_key",
    levels=(
        Level("equal", "equal", 0.75),
        Level("close", "similarity", 0.15, bound=0.92),
        Level("different", "otherwise", 0.10),
    ),
    examples=(
        Example("103 avenue jean jaures", "103 avenue jean jaures", "equal"),
        Example("103 avenue jean jaures", "103 avenue jean jaure", "close"),
        Example("103 avenue jean jaures", "5 quai perrache", "different"),
        Example(None, "5 quai perrache", "unknown"),
    ),
)
