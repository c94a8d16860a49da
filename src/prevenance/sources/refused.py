"""Tell a refused row to a person: its columns as they came, and why it was refused."""

import json

from prevenance.kit.words import Language, Words
from prevenance.sources.judging import QUARANTINE_REASONS

MORE = (
    Words(fr="Motif du rejet", en="Reason of rejection"),
    Words(fr="Colonne en cause", en="Column at fault"),
    Words(fr="Valeur en cause", en="Value at fault"),
)
WHOLE = Words(fr="Ligne entière", en="Whole row")


def why_of(reason: str, language: Language) -> str:
    """Return why a row was refused, in words."""
    words = QUARANTINE_REASONS.get(reason)
    return words.say(language) if words else reason


def cells_of(payload: str | None, language: Language) -> dict[str, str | None]:
    """Return a refused row by its columns; one that could not even be parted into columns as a whole."""
    try:
        content = json.loads(payload or "{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return {WHOLE.say(language): payload}
    return {name: None if value is None else str(value) for name, value in content.items()}
