"""Compare for which customer two people work: one customer has few people, so it says much that both are his."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

EMPLOYER = Comparison(
    name="employer",
    words=Words(fr="entreprise", en="company"),
    party_kinds=("person",),
    column="workplace",
    levels=(
        Level("equal", "equal", 0.97),
        Level("different", "otherwise", 0.03),
    ),
    examples=(
        Example("crm:clients:C1", "crm:clients:C1", "equal"),
        Example("crm:clients:C1", "crm:clients:C2", "different"),
        Example(None, "crm:clients:C2", "unknown"),
    ),
    is_learnt=False,  # people of two companies are never joined: among the joined it always agrees
)
