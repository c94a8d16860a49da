"""Compare two personal e-mail addresses; a slip of one key still says much."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

EMAIL = Comparison(
    name="email",
    words=Words(fr="adresse e-mail", en="e-mail address"),
    party_kinds=("person",),
    column="email_key",
    levels=(
        Level("equal", "equal", 0.80),
        Level("one_edit", "edits", 0.05, bound=1),
        Level("different", "otherwise", 0.15),
    ),
    examples=(
        Example("ada.lovelace@mecalea.fr", "ada.lovelace@mecalea.fr", "equal"),
        Example("ada.lovelace@mecalea.fr", "ada.lovelacee@mecalea.fr", "one_edit"),
        Example("ada.lovelace@mecalea.fr", "bo.martin@mecalea.fr", "different"),
        Example(None, "bo.martin@mecalea.fr", "unknown"),
    ),
    is_learnt=False,  # people are joined by it: among those it always agrees
)
