"""Compare the names of two companies, without legal form, accents, case or punctuation."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

COMPANY_NAME = Comparison(
    name="company_name",
    words=Words(fr="raison sociale", en="company name"),
    party_kinds=("account",),
    column="name_key",
    levels=(
        Level("equal", "equal", 0.80, uses_frequency=True),
        Level("close", "similarity", 0.12, bound=0.95),
        Level("alike", "similarity", 0.04, bound=0.88),
        Level("different", "otherwise", 0.04),
    ),
    examples=(
        Example("mecalea", "mecalea", "equal"),
        Example("ateliers du rhone", "atelier du rhone", "close"),
        Example("ateliers du rhone", "boulangerie martin", "different"),
        Example("mecalea", None, "unknown"),
    ),
)
