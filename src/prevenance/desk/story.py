"""Tell one customer's story as it was known at an instant: every fact, what was corrected, and each purchase."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ibis import _

from prevenance import timeline
from prevenance.desk.customers import Customers
from prevenance.desk.wording import sentence_of, subject_of
from prevenance.kit.problems import DataError
from prevenance.kit.words import Language, Words, day, number
from prevenance.records.ids import CustomerId
from prevenance.records.screens import CustomerPage
from prevenance.storage import Lake
from prevenance.timeline import Purchase, Timeline, TimelineEvent

_MOST = 200_000  # events of one customer; more is a machine, not a customer
_LATE_DAYS = 2
_HEAD = Words(fr="{name} (n° {id}), {kind}{place}", en="{name} (no. {id}), {kind}{place}")
_ACCOUNT, _PERSON = Words(fr="entreprise", en="company"), Words(fr="particulier", en="person")
_KNOWN = Words(fr="Ce qui en était connu le {day}", en="As it was known on {day}")
_COUNT = Words(fr="{n} faits, du {first} au {last}", en="{n} facts, from {first} to {last}")
_NOTHING = Words(fr="Rien n’en était encore connu.", en="Nothing was known yet.")
_PEOPLE = Words(fr="Personnes : {names}", en="People: {names}")
_PURCHASES = Words(fr="Achats, le dernier d’abord", en="Purchases, latest first")
_FACTS = Words(fr="Faits, le dernier d’abord", en="Facts, latest first")
_CORRECTED = Words(fr="Corrections, la dernière d’abord", en="Corrections, latest first")
_WHO, _WHAT = Words(fr="qui", en="who"), Words(fr="quoi", en="what")
_WHEN, _HOW, _WHY = Words(fr="quand", en="when"), Words(fr="comment", en="how"), Words(fr="pourquoi", en="why")
_NOBODY = Words(fr="la source ne le dit pas", en="the source does not say")
_LATE = Words(fr="{day}, connu le {known}", en="{day}, known on {known}")
_SOURCE = Words(fr="noté par {source}", en="recorded by {source}")
_REFERENCE = Words(fr="noté par {source}, {object}", en="recorded by {source}, {object}")
_COUPONS = Words(fr="avec le bon {labels}", en="with the coupon {labels}")
_BEFORE = Words(fr="dans les 60 jours d’avant : {leads}", en="within the 60 days before: {leads}")
_UNKNOWN = Words(fr="aucune source ne le dit, et rien ne l’a précédé", en="no source says, and nothing came before it")
_ONCE = Words(fr="{sentence} le {day}", en="{sentence} on {day}")
_OFTEN = Words(fr="{sentence} le {day} ({n} fois en tout)", en="{sentence} on {day} ({n} times in all)")
_REPLACED = Words(fr="jusqu’au {day} : {old} ; depuis : {new}", en="until {day}: {old}; since: {new}")
_WITHDRAWN = Words(
    fr="jusqu’au {day} : {old} ; depuis : retiré par la source", en="until {day}: {old}; since: withdrawn by its source"
)
_MORE = Words(fr="… et {n} de plus (--limit)", en="... and {n} more (--limit)")


@dataclass(frozen=True)
class Story:
    """Holds what was known of one customer at an instant; both languages."""

    customer: CustomerPage
    as_of: datetime
    n_events: int
    first_on: date | None
    last_on: date | None
    purchases: tuple[Mapping[str, Any], ...]
    events: tuple[Mapping[str, Any], ...]
    corrections: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "customer_id": int(self.customer.customer_id),
            "name": self.customer.name,
            "is_account": self.customer.is_account,
            "people": [person.name for person in self.customer.people],
            "as_of": self.as_of.isoformat(),
            "n_events": self.n_events,
            "purchases": [_spoken_both(one) for one in self.purchases],
            "events": [_spoken_both(one) for one in self.events],
            "corrections": [_spoken_both(one) for one in self.corrections],
        }

    def in_words(self, language: Language) -> str:
        """Return it for a terminal."""
        who = self.customer
        kind = (_ACCOUNT if who.is_account else _PERSON).say(language)
        place = "" if who.city is None else f", {who.city}"
        lines = [
            _HEAD.say(language, name=who.name, id=int(who.customer_id), kind=kind, place=place),
            _KNOWN.say(language, day=day(self.as_of.date(), language)),
        ]
        if who.people:
            lines.append(_PEOPLE.say(language, names=", ".join(person.name for person in who.people)))
        if self.first_on is None or self.last_on is None:
            return "\n".join([*lines, _NOTHING.say(language)])
        spell = {"first": day(self.first_on, language), "last": day(self.last_on, language)}
        lines.append(_COUNT.say(language, n=number(self.n_events, language), **spell))
        lines += self._purchases(language)
        if self.corrections:
            lines += ["", _CORRECTED.say(language), *(f"  {one['words'].say(language)}" for one in self.corrections)]
        lines += ["", _FACTS.say(language)]
        lines += [f"  {day(one['on'], language)}  {one['words'].say(language)}{_by(one)}" for one in self.events]
        rest = self.n_events - len(self.events)
        return "\n".join([*lines, *([_MORE.say(language, n=number(rest, language))] if rest else [])])

    def _purchases(self, language: Language) -> list[str]:
        if not self.purchases:
            return []
        parts = {"who": _WHO, "what": _WHAT, "when": _WHEN, "how": _HOW, "why": _WHY}
        width = max(len(words.say(language)) for words in parts.values())
        lines = ["", _PURCHASES.say(language)]
        for one in self.purchases:
            lines.append(f"  {one['words'].say(language)}")
            lines += [f"    {words.say(language):<{width}}  {one[key].say(language)}" for key, words in parts.items()]
        return lines


def find(customers: Customers, text: str) -> CustomerId:
    """Return the one customer whose number, name, e-mail or city holds the text.

    Raises:
        DataError: nobody fits, or several do; they are named.
    """
    found = customers.search(text, limit=10)
    exact = [one for one in found.lines if str(int(one.customer_id)) == text.strip() or one.name == text.strip()]
    fitting = exact or list(found.lines)
    if len(fitting) == 1:
        return fitting[0].customer_id
    if not fitting:
        raise DataError(
            f"No customer's number, name, e-mail or city holds {text!r}. Try a part of the name.", text=text
        )
    named = "; ".join(f"{int(one.customer_id)} {one.name}" for one in fitting)
    message = f"{len(exact) or found.n_total} customers fit {text!r}: {named}. Name one by its number."
    raise DataError(message, text=text)


def tell(lake: Lake, page: CustomerPage, *, as_of: datetime, limit: int) -> Story:
    """Tell what was known of a customer at an instant; the last `limit` facts are told one by one."""
    known = timeline.read(lake, as_of=as_of)
    events = known.story(page.customer_id, limit=_MOST)
    names = _names(known, page.customer_id)
    current = {event.event_id: event for event in events}
    return Story(
        customer=page,
        as_of=as_of,
        n_events=len(events),
        first_on=min((event.occurred_at.date() for event in events), default=None),
        last_on=max((event.occurred_at.date() for event in events), default=None),
        purchases=tuple(_purchase(one, names) for one in timeline.purchases(events, limit=min(limit, 10))),
        events=tuple(_fact(event, names) for event in events[:limit]),
        corrections=tuple(
            _correction(old, current.get(old.event_id)) for old in known.corrected(page.customer_id)[:limit]
        ),
    )


def _names(known: Timeline, customer_id: CustomerId) -> dict[int, str]:
    people = known.people.filter(_.customer_id == int(customer_id)).select("person_id", "name")
    return {row["person_id"]: row["name"] for row in known.lake.collect(people).to_pylist() if row["name"]}


def _fact(event: TimelineEvent, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "subject": subject_of(event.kind),
        "on": event.occurred_at.date(),
        "occurred_at": event.occurred_at,
        "known_at": event.known_at,
        "words": sentence_of(vars(event)),
        "person": None if event.person_id is None else names.get(int(event.person_id)),
        "source": f"{event.source}.{event.stream}",
        "record_id": event.record_id,
        "text": event.text,
    }


def _purchase(one: Purchase, names: Mapping[int, str]) -> dict[str, Any]:
    event, fact = one.event, _fact(one.event, names)
    since = [_once(other) for other in one.followed]
    what = [*([_same(", ".join(one.items))] if one.items else [sentence_of(vars(event))]), *since]
    known_late = (event.known_at - event.occurred_at).days >= _LATE_DAYS
    how = [_reference(event), *([_both(_COUPONS, labels=", ".join(one.coupons))] if one.coupons else [])]
    before = [_once(lead.event) if lead.n == 1 else _often(lead.event, lead.n) for lead in one.leads[:4]]
    return {
        **fact,
        "words": _once(event),
        "who": _same(fact["person"]) if fact["person"] else _NOBODY,
        "what": _joined(what),
        "when": _late(event) if known_late else _on(event.occurred_at),
        "how": _joined(how),
        "why": _within(_joined(before)) if before else _UNKNOWN,
    }


def _correction(old: TimelineEvent, new: TimelineEvent | None) -> dict[str, Any]:
    assert old.superseded_at is not None, old
    fact, since = _fact(old, {}), _on(old.superseded_at)
    was, now = _once(old), None if new is None else _once(new)
    words = {
        language: (_WITHDRAWN if now is None else _REPLACED).say(
            language, day=since.say(language), old=was.say(language), new="" if now is None else now.say(language)
        )
        for language in ("fr", "en")
    }
    return {**fact, "superseded_at": old.superseded_at, "words": Words(fr=words["fr"], en=words["en"])}


def _on(at: datetime) -> Words:
    return Words(fr=day(at.date(), "fr"), en=day(at.date(), "en"))


def _once(event: TimelineEvent) -> Words:
    return _dated(_ONCE, event)


def _often(event: TimelineEvent, n: int) -> Words:
    return _dated(_OFTEN, event, n=n)


def _dated(words: Words, event: TimelineEvent, **values: object) -> Words:
    said, on = sentence_of(vars(event)), _on(event.occurred_at)
    return Words(
        fr=words.say("fr", sentence=said.fr, day=on.fr, **values),
        en=words.say("en", sentence=said.en, day=on.en, **values),
    )


def _late(event: TimelineEvent) -> Words:
    on, known = _on(event.occurred_at), _on(event.known_at)
    return Words(fr=_LATE.say("fr", day=on.fr, known=known.fr), en=_LATE.say("en", day=on.en, known=known.en))


def _reference(event: TimelineEvent) -> Words:
    source = f"{event.source}.{event.stream}"
    return (
        _both(_SOURCE, source=source)
        if event.object_id is None
        else _both(_REFERENCE, source=source, object=event.object_id)
    )


def _within(leads: Words) -> Words:
    return Words(fr=_BEFORE.say("fr", leads=leads.fr), en=_BEFORE.say("en", leads=leads.en))


def _both(words: Words, **values: object) -> Words:
    return Words(fr=words.say("fr", **values), en=words.say("en", **values))


def _same(text: str) -> Words:
    return Words(fr=text, en=text)


def _joined(parts: Iterable[Words]) -> Words:
    kept = list(parts)
    return Words(fr=" ; ".join(part.fr for part in kept), en="; ".join(part.en for part in kept))


def _by(one: Mapping[str, Any]) -> str:
    return f"  ({one['person']})" if one["person"] else ""


def _spoken_both(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in one.items() if key != "on"}


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return {"fr": value.fr, "en": value.en}
    return value.isoformat() if isinstance(value, datetime) else value
