"""Hear whether a message cannot wait: production stands still, safety, a deadline today, or the word itself.

A lexicon of phrases in French and English with the weight each carries; a plain and explainable beginning, whose words
are shown with every answer.

Example:
    >>> URGENCY.read("Toute la ligne est à l’arrêt, merci d’intervenir au plus vite.").because
    ('à l’arrêt', 'au plus vite')
"""

import re

from prevenance.conversations.base import Heard, Reading
from prevenance.kit.words import Words

_WEIGHTS = {
    r"\burgen(?:t|te|ts|tes|ce|tly|cy)\b": 2,
    r"\bà l[’']arrêt\b": 3,
    r"\b(?:ligne|production|machine|atelier)\s+(?:est\s+)?(?:bloquée?|arrêtée?)\b": 3,
    r"\bau plus vite\b": 2,
    r"\bdès que possible\b": 1,
    r"\baujourd[’']hui même\b": 2,
    r"\bimmédiat(?:e|ement)?\b": 2,
    r"\b(?:fumée|incendie|brûlure|blessée?|danger(?:eux|euse)?)\b": 3,
    r"\b(?:smoke|fire|injur(?:y|ed)|dangerous)\b": 3,
    r"\b(?:line|production|machine|plant)\s+(?:is\s+)?(?:down|stopped|at a standstill)\b": 3,
    r"\bas soon as possible\b|\basap\b": 2,
    r"\bimmediate(?:ly)?\b|\bright away\b": 2,
}
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), weight) for pattern, weight in _WEIGHTS.items())
_URGENT_FROM = 2


def _read(text: str) -> Heard | None:
    found = [
        (match.start(), match.group(), weight) for pattern, weight in _PATTERNS for match in pattern.finditer(text)
    ]
    weight = sum(one for _, _, one in found)
    said = tuple(words for _, words, _ in sorted(found))
    if weight < _URGENT_FROM:
        return Heard("can_wait", 1 - 0.25 * weight, said)
    return Heard("urgent", 1 - 0.5 ** (weight - _URGENT_FROM + 1), said)


URGENCY = Reading(
    name="urgency",
    question=Words(fr="Cela peut-il attendre ?", en="Can it wait?"),
    values={"urgent": Words(fr="urgent", en="urgent"), "can_wait": Words(fr="peut attendre", en="can wait")},
    read=_read,
    examples=(
        ("Toute la ligne est à l’arrêt, merci d’intervenir au plus vite.", "urgent"),
        ("C’est urgent : l’atelier est bloqué depuis six heures.", "urgent"),
        ("Pourriez-vous nous envoyer le catalogue de l’an prochain ?", "can_wait"),
        ("Production is down, we need someone immediately.", "urgent"),
        ("There is smoke coming out of the cabinet.", "urgent"),
        ("Could you tell me where to find the manual?", "can_wait"),
    ),
)
