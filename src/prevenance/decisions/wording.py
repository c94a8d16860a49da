"""Put a decision into words: reasons, how sure, and the exact message for the one person who will read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from prevenance.decisions.candidates import reasons_of
from prevenance.decisions.play import Action, Play
from prevenance.kit.clock import aware_utc
from prevenance.kit.words import Language, Words, day, fr_typo, number
from prevenance.models import target_cards
from prevenance.records.screens import Message
from prevenance.storage import ledger_tables

_AT_MOST = 4  # reasons: the list shows two, the review all

UNMEASURED = Words(
    fr="Pas encore mesuré sur vos données.",
    en="Not yet measured on your data.",
)
MISSING = Words(
    fr="Il manque {fields} : compléter la fiche du client avant d’envoyer.",
    en="{fields} missing: complete the customer’s record before sending.",
)
_FIELD_WORDS = {
    "customer_name": Words(fr="le nom du client", en="customer’s name"),
    "contact_name": Words(fr="le nom de l’interlocuteur", en="contact’s name"),
    "contact_first_name": Words(fr="le prénom de l’interlocuteur", en="contact’s first name"),
    "contact_last_name": Words(fr="le nom de famille de l’interlocuteur", en="contact’s last name"),
    "asset": Words(fr="le numéro de la machine", en="machine’s number"),
    "due_day": Words(fr="la date prévue", en="due date"),
    "label": Words(fr="la désignation", en="designation"),
    "quantity": Words(fr="la quantité", en="quantity"),
}

Fact = Mapping[str, Any]  # a row of `facts_expr`


@dataclass(frozen=True)
class Measured:
    """Holds how often a model was right about those it flagged, and what came true of them (`{n} left`)."""

    precision: float
    outcome: Words


def merge_fields(row: Mapping[str, Any], event: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the values for a message, all of the recipient: his name, and the event of his own that caused it."""
    language: Language = "fr" if row["language"] == "fr" else "en"
    fields = {name: row[name] for name in ("customer_name", "contact_name", "contact_first_name", "contact_last_name")}
    if event is not None:
        due_at: datetime | None = event["due_at"]
        quantity: float | None = event["quantity"]
        fields |= {
            "asset": event["object_id"],
            "label": event["label"],
            "due_day": None if due_at is None else day(aware_utc(due_at), language),
            "quantity": None if quantity is None else number(quantity, language),
        }
    return {name: str(value).strip() for name, value in fields.items() if value is not None and str(value).strip()}


def render(action: Action, language: Language, fields: Mapping[str, str]) -> Message | Words:
    """Return the message exactly as it would be read, or what is missing to write it.

    Example:
        >>> from prevenance.decisions.play import load_plays
        >>> mail = load_plays()["unused_feature_tutorial"].actions[0]
        >>> render(mail, "en", {"contact_first_name": "Ada"}).subject
        'Five minutes to get more out of your subscription'
        >>> render(mail, "en", {"customer_name": "Mécaléa"}).en
        'contact’s first name missing: complete the customer’s record before sending.'
    """
    template = action.message.fr if language == "fr" else action.message.en
    try:
        message = Message(template.subject.format_map(fields), template.body.format_map(fields))
    except KeyError:
        return _what_is_missing(template.subject + template.body, fields)
    return Message(_plain(message.subject), _plain(message.body)) if language == "fr" else message


def reasons(play: Play, facts: Sequence[Fact]) -> tuple[Words, ...]:
    """Return why now, in words: what set off the play first, then what else is known, the strongest first.

    Signals speak whenever they fired; a prediction's reasons only where the play rests on that prediction.
    """
    rests_on = {*play.trigger.names, f"prediction:{play.effect.risk}"}
    telling = [fact for fact in facts if fact["fr"] or fact["trigger"] in rests_on]
    ordered = sorted(
        telling, key=lambda f: (f["trigger"] not in play.trigger.names, not f["fr"], -(f["strength"] or 0))
    )
    said: dict[str, Words] = {}
    for fact in ordered:
        sentences = [{"fr": fact["fr"], "en": fact["en"]}] if fact["fr"] else reasons_of(fact["reasons"])
        for sentence in sentences:
            said.setdefault(sentence["fr"], Words(fr=fr_typo(sentence["fr"]), en=sentence["en"]))
    return tuple(said.values())[:_AT_MOST]


def measured_models(tx: Connection) -> dict[str, Measured]:
    """Return of each model in service how often it was right about those it flagged, on its later test period."""
    registry = ledger_tables.models.c
    asked = select(registry.target, registry.manifest).where(registry.status == "champion")
    cards = target_cards()
    found: dict[str, Measured] = {}
    for row in tx.execute(asked):
        precision = (row.manifest.get("measures") or {}).get("precision_at_flagged")
        if precision is not None and row.target in cards:
            found[row.target] = Measured(float(precision), cards[row.target].outcome)
    return found


def confidence(play: Play, facts: Iterable[Fact], measured: Mapping[str, Measured]) -> tuple[Words, float | None]:
    """Return how sure this is, in words with measured figures, and the measured share behind them if there is one."""
    rests_on = {*play.trigger.names, f"prediction:{play.effect.risk}"}
    triggers = [fact for fact in facts if fact["trigger"] in rests_on]
    signal = max((f for f in triggers if f["n_fired"] and f["precision"] is not None), key=_precision, default=None)
    predicted = max((f for f in triggers if f["probability"] is not None), key=_probability, default=None)
    model = None if predicted is None else measured.get(predicted["trigger"].removeprefix("prediction:"))
    parts = [part for part in (_predicted(predicted), _of_model(model), _of_signal(signal)) if part is not None]
    if model is None and signal is None:
        parts.append(UNMEASURED)
    words = Words(fr=" ".join(part.fr for part in parts), en=" ".join(part.en for part in parts))
    if model is not None:
        return words, model.precision
    return words, None if signal is None else float(signal["precision"])


def _precision(fact: Fact) -> float:
    return float(fact["precision"])


def _probability(fact: Fact) -> float:
    return float(fact["probability"])


def _of_signal(fact: Fact | None) -> Words | None:
    if fact is None:
        return None
    right, low, high = (_of_hundred(fact[name]) for name in ("precision", "precision_low", "precision_high"))
    n_fired = int(fact["n_fired"])
    between_fr = "" if low is None else f"entre {low} et {high}, "
    between_en = "" if low is None else f"between {low} and {high}, "
    cases = "case" if n_fired == 1 else "cases"
    return Words(
        fr=f"Sur 100 clients signalés ainsi par le passé, {right} l’étaient à raison "
        f"({between_fr}mesuré sur {number(n_fired, 'fr')} cas).",
        en=f"Of 100 customers flagged this way in the past, {right} were flagged rightly "
        f"({between_en}measured on {number(n_fired, 'en')} {cases}).",
    )


def _predicted(fact: Fact | None) -> Words | None:
    if fact is None:
        return None
    likely, low, high = (_of_hundred(fact[name]) for name in ("probability", "low", "high"))
    between_fr = "" if low is None else f" (entre {low} et {high})"
    between_en = "" if low is None else f" (between {low} and {high})"
    return Words(
        fr=f"Estimation : cela arrive à environ {likely} clients sur 100 dans cette situation{between_fr}.",
        en=f"Estimate: this happens to about {likely} of 100 customers in this situation{between_en}.",
    )


def _of_model(model: Measured | None) -> Words | None:
    if model is None:
        return None
    share = 100 * model.precision
    fr, en = model.outcome.say("fr", n=number(share, "fr")), model.outcome.say("en", n=number(share, "en"))
    return Words(
        fr=f"Sur 100 clients signalés par le modèle, {fr}.", en=f"Of 100 customers flagged by the model, {en}."
    )


def _of_hundred(rate: float | None) -> int | None:
    return None if rate is None else round(100 * rate)


def _what_is_missing(template: str, fields: Mapping[str, str]) -> Words:
    absent = [words for name, words in _FIELD_WORDS.items() if f"{{{name}}}" in template and name not in fields]
    return Words(
        fr=MISSING.say("fr", fields=", ".join(words.fr for words in absent)),
        en=MISSING.say("en", fields=", ".join(words.en for words in absent)),
    )


def _plain(text: str) -> str:
    """Keep only the fixed space in plain text: mail programs show the narrow one as a box (conventions.md 3.4)."""
    return fr_typo(text).replace("\u202f", "\u00a0")
