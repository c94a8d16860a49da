"""Compare the people known at two companies by their personal work addresses: sharing two people is rarely chance."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

KNOWN_PEOPLE = Comparison(
    name="known_people",
    words=Words(fr="personnes connues en commun", en="people known in common"),
    party_kinds=("account",),
    column="people_emails",
    levels=(
        Level("several", "shared", 0.45, bound=2),
        Level("one", "shared", 0.35, bound=1),
        Level("none", "otherwise", 0.20),
    ),
    examples=(
        Example(("ada@mecalea.fr", "bo@mecalea.fr"), ("bo@mecalea.fr", "ada@mecalea.fr", "cy@mecalea.fr"), "several"),
        Example(("ada@mecalea.fr",), ("ada@mecalea.fr", "bo@mecalea.fr"), "one"),
        Example(("ada@mecalea.fr",), ("zoe@mecalea.fr",), "none"),
        Example(None, ("zoe@mecalea.fr",), "unknown"),
    ),
)
