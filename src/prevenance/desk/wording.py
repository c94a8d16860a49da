"""Put one event into words, and into the lane of the timeline where it stands."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from prevenance.kit.catalogue import load
from prevenance.kit.words import Language, Words, money, number
from prevenance.records import screens
from prevenance.records.event_kind import EventKind, Subject

_LANES: dict[str, screens.Lane] = {
    "session": "usage",
    "feature": "usage",
    "usage": "usage",
    "error": "usage",
    "crash": "usage",
    "page": "usage",
    "team": "usage",
    "ticket": "conversation",
    "survey": "conversation",
    "interaction": "conversation",
    "site": "conversation",
    "order": "money",
    "invoice": "money",
    "contract": "money",
    "plan": "money",
    "coupon": "money",
    "project": "money",
    "asset": "machines",
}
_LOOSE_ENDS = re.compile(r"[\s\u00a0\u202f]*(?:\([\s\u00a0\u202f]*\)|[,:;–-])?[\s\u00a0\u202f]*$")


@cache
def vocabulary() -> dict[str, EventKind]:
    """Return every kind of event by its name."""
    return load("prevenance.records.events", EventKind)


def lane_of(kind: str) -> screens.Lane:
    """Return the lane of a kind of event."""
    known = vocabulary().get(kind)
    return "contact" if known is None else _LANES.get(known.object, "contact")


def subject_of(kind: str) -> Subject | None:
    """Return who does a kind of event: the customer, we, or the product or machine by itself."""
    known = vocabulary().get(kind)
    return None if known is None else known.subject


def sentence_of(event: Mapping[str, Any]) -> Words:
    """Return an event, by its columns, as a sentence in both languages."""
    return Words(fr=_sentence(event, "fr"), en=_sentence(event, "en"))


def _sentence(event: Mapping[str, Any], language: Language) -> str:
    known = vocabulary().get(event["kind"])
    if known is None:
        return str(event["kind"]).replace("_", " ")
    amount, quantity = event["amount"], event["quantity"]
    said = known.sentence.say(
        language,
        label=event["label"] or "",
        amount="" if amount is None else money(amount, event["currency"] or "EUR", language),
        quantity="" if quantity is None else number(quantity, language, 0 if float(quantity).is_integer() else 1),
    )
    # A place that nothing is known for leaves its punctuation behind.
    return _LOOSE_ENDS.sub("", said)
