"""Compare the mail domains of two companies; public providers say nothing and are left out beforehand."""

from prevenance.identity.base import Comparison, Example, Level
from prevenance.kit.words import Words

EMAIL_DOMAIN = Comparison(
    name="email_domain",
    words=Words(fr="domaine de messagerie", en="e-mail domain"),
    party_kinds=("account",),
    column="domain_key",
    levels=(
        Level("equal", "equal", 0.88, uses_frequency=True),
        Level("close", "similarity", 0.04, bound=0.95),
        Level("different", "otherwise", 0.08),
    ),
    examples=(
        Example("mecalea.fr", "mecalea.fr", "equal"),
        Example("ateliers-rhone.fr", "atelier-rhone.fr", "close"),
        Example("mecalea.fr", "boulangerie.fr", "different"),
        Example("mecalea.fr", None, "unknown"),
    ),
)
