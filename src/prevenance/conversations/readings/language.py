"""Hear in which language a message is written, French or English.

Source: py3langid, a naive Bayes classifier over byte n-grams (Lui and Baldwin, 2011, "Cross-domain feature selection
for language identification"), restricted to the two languages of the product.

Example:
    >>> LANGUAGE.read("Bonjour, notre machine est en panne depuis ce matin.").value
    'fr'
"""

from functools import cache
from typing import Any

from prevenance.conversations.base import Heard, Reading
from prevenance.kit.words import Words

_SHORTEST = 3  # letters: "ok" has no language


@cache
def _identifier() -> Any:  # py3langid ships no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["fr", "en"])
    return identifier


def _read(text: str) -> Heard | None:
    if sum(letter.isalpha() for letter in text) < _SHORTEST:
        return None
    language, probability = _identifier().classify(text)
    return Heard(str(language), float(probability))


LANGUAGE = Reading(
    name="language",
    question=Words(fr="Dans quelle langue est-ce écrit ?", en="In which language is it written?"),
    values={"fr": Words(fr="français", en="French"), "en": Words(fr="anglais", en="English")},
    read=_read,
    examples=(
        ("Bonjour, la facture de mars ne correspond pas au devis.", "fr"),
        ("L’écran de la presse reste noir après la mise à jour.", "fr"),
        ("Hello, the March invoice does not match the quote.", "en"),
        ("The press has been making a strange noise since Monday.", "en"),
    ),
)
