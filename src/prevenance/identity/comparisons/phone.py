"""Compare two phone numbers by their last nine digits, so that 04 72 … and +33 4 72 … agree."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

PHONE = Comparison(
    name="phone",
    words=Words(fr="téléphone", en="phone"),
    party_kinds=("account", "person"),
    column="phone_key",
    levels=(
        Level("equal", "equal", 0.80),
        Level("one_edit", "edits", 0.04, bound=1),
        Level("different", "otherwise", 0.16),
    ),
    examples=(
        Example("472000001", "472000001", "equal"),
        Example("472000001", "472000010", "one_edit"),
        Example("472000001", "140506070", "different"),
        Example(None, None, "unknown"),
    ),
)
