"""Find the sentences of the screens: French and English stand side by side, so that neither can be forgotten.

Each file of `texts/` is one part of the screens; the key `today.title` is the entry `title` of `today.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from prevenance.kit.catalogue import load
from prevenance.kit.words import Language, Words


@dataclass(frozen=True)
class Texts:
    """Holds the sentences of one part of the screens."""

    name: str
    words: Mapping[str, Words]


@cache
def all_texts() -> dict[str, Words]:
    """Return every sentence of the screens by its full key."""
    parts = load("prevenance.web.texts", Texts)
    return {f"{part.name}.{key}": words for part in parts.values() for key, words in part.words.items()}


def say(key: str, language: Language, **values: object) -> str:
    """Return a sentence of the screens in a language.

    Raises:
        KeyError: nobody wrote this sentence.

    Example:
        >>> say("today.title", "fr")
        'Aujourd’hui'
    """
    return all_texts()[key].say(language, **values)


def say_count(key: str, count: int, language: Language, **values: object) -> str:
    """Return the sentence for one or for many: `key.one` or `key.many`; French counts zero as one.

    Example:
        >>> say_count("today.n_waiting", 0, "fr", n="0")
        '0 proposition attend votre avis'
    """
    is_one = count < 2 if language == "fr" else count == 1
    return say(f"{key}.{'one' if is_one else 'many'}", language, **values)
