"""Propose what a table tells: whom its rows describe, what happened, on which ground each column may be used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prevenance.kit.words import Language, Words
from prevenance.sources.adding.columns import Column
from prevenance.sources.adding.look import Table
from prevenance.sources.adding.meanings import folded
from prevenance.sources.mapping import FieldMapping, Ground, SourceMapping

GROUNDS: dict[str, tuple[str, Words, Words | None]] = {
    "contract": ("contract", Words(fr="exécuter le contrat", en="carry out the contract"), None),
    "care": (
        "legitimate_interest",
        Words(fr="mieux servir", en="serve better"),
        Words(
            fr="peu de données, attendues par le client ; opposition en un clic",
            en="little data, which customers expect; objection is one click",
        ),
    ),
    "choice": (
        "legal_obligation",
        Words(fr="respecter le choix de la personne", en="respect what the person chose"),
        None,
    ),
}
_CARE = frozenset({"owner", "segment", "product", "topic", "is_key_account", "birth_on"})
_PARTY_SLOTS = {
    "company": "name", "name": "name", "first_name": "first_name", "last_name": "last_name", "email": "email",
    "phone": "phone", "address": "address", "postal_code": "postal_code", "city": "city", "country": "country",
    "language": "language", "birth_on": "birth_on", "siren": "registration_number", "segment": "segment",
    "owner": "owner", "is_key_account": "is_key_account", "created_at": "created_at",
}  # fmt: skip
_NAMES_A_PARTY = ("customer_no", "email", "phone", "siren", "company", "name", "last_name")
_DESCRIBES_A_PARTY = frozenset({"company", "name", "first_name", "last_name", "email", "phone"})
_IDENTIFIERS = {"email": "email", "phone": "phone", "siren": "siren"}


@dataclass(frozen=True)
class _Telling:
    """Says how one kind of table tells its events."""

    stream: Words
    no: str
    times: tuple[str, ...]
    with_any: frozenset[str]
    """Without a number of its own, one of these must be there."""
    events: tuple[tuple[str, str | None, dict[str, str]], ...]
    """Kind, the time it needs (`None`: the table's own), slots by meaning."""


_TELLINGS = (
    _Telling(
        Words(fr="tickets", en="tickets"),
        "ticket_no",
        ("opened_at", "ordered_at"),
        frozenset({"topic", "solved_at"}),
        (
            ("ticket_opened", None, {"ticket_no": "object_id", "topic": "label"}),
            ("ticket_solved", "solved_at", {"ticket_no": "object_id"}),
        ),
    ),
    _Telling(
        Words(fr="factures", en="invoices"),
        "invoice_no",
        ("invoiced_at", "ordered_at"),
        frozenset({"due_at", "paid_at"}),
        (
            (
                "invoice_issued",
                None,
                {"invoice_no": "object_id", "amount": "amount", "currency": "currency", "due_at": "due_at"},
            ),
            (
                "payment_received",
                "paid_at",
                {"invoice_no": "object_id", "amount": "amount", "currency": "currency", "due_at": "due_at"},
            ),
        ),
    ),
    _Telling(
        Words(fr="commandes", en="orders"),
        "order_no",
        ("ordered_at",),
        frozenset({"amount", "product"}),
        (
            (
                "order_placed",
                None,
                {
                    "order_no": "object_id",
                    "product": "label",
                    "amount": "amount",
                    "currency": "currency",
                    "quantity": "quantity",
                },
            ),
            ("order_delivered", "delivered_at", {"order_no": "object_id"}),
        ),
    ),
)


@dataclass(frozen=True)
class Remembered:
    """Holds what people decided before about columns of the same name, in the mappings of this project."""

    fields: Mapping[str, FieldMapping] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)

    def of(self, column: Column) -> FieldMapping | None:
        """Return what was decided about a column of this name."""
        return self.fields.get(folded(column.name))


def remember(mappings: Iterable[SourceMapping]) -> Remembered:
    """Return what the mappings of a project decided, the last one having the last word."""
    fields: dict[str, FieldMapping] = {}
    grounds: dict[str, Ground] = {}
    for mapping in mappings:
        grounds.update(mapping.grounds)
        for stream in mapping.streams.values():
            fields.update({folded(name): decided for name, decided in stream.fields.items()})
    return Remembered(fields, grounds)


def propose(
    tables: Sequence[Table], source: str, remembered: Remembered, *, language: Language, currency: str, time_zone: str
) -> tuple[dict[str, Any], tuple[Table, ...]]:
    """Return the content of a mapping file, and the tables in which nothing was recognised."""
    streams: dict[str, Any] = {}
    unknown = []
    for table in tables:
        found = dict(_streams(table, source, remembered, language))
        unknown.extend([] if found else [table])
        for name, stream in found.items():
            n = sum(known == name or known.startswith(f"{name}_") for known in streams)
            streams[name if not n else f"{name}_{n + 1}"] = stream
    used = {f["ground"] for s in streams.values() for f in s["fields"].values() if f}
    content = {
        "source": source,
        "time_zone": time_zone,
        "currency": currency,
        "grounds": {name: _ground(name, remembered, language) for name in sorted(used | {"contract"})},
        "streams": streams,
    }
    return content, tuple(unknown)


def _ground(name: str, remembered: Remembered, language: Language) -> dict[str, Any]:
    known = remembered.grounds.get(name)
    if known is not None:
        return {key: value for key, value in known.model_dump().items() if value not in {None, ""}}
    basis, purpose, why = GROUNDS[name]
    return {"purpose": purpose.say(language), "basis": basis, **({"why": why.say(language)} if why else {})}


def _streams(
    table: Table, source: str, remembered: Remembered, language: Language
) -> Iterator[tuple[str, dict[str, Any]]]:
    meant: dict[str, Column] = {}
    for column in table.columns:
        if column.meaning is not None and not set("{}") & set(column.name):
            meant.setdefault(column.meaning, column)
    who = next((meant[meaning] for meaning in _NAMES_A_PARTY if meaning in meant), None)
    if who is None:
        return
    start = {
        "connector": table.connector,
        "location": f"added/{source}/*",
        **({"options": dict(table.options)} if table.options else {}),
        **({"totals": table.totals.model_dump()} if table.totals else {}),
    }
    stamp = [meant["changed_at"]] if "changed_at" in meant else []
    common = {**start, "subject": f"{source}:{{{who.name}}}", **({"changed_at": stamp[0].name} if stamp else {})}
    if _DESCRIBES_A_PARTY & set(meant):
        party = _party(meant, who)
        used = [*meant.values()] if not _telling(meant) else [c for m, c in meant.items() if m in _PARTY_SLOTS] + stamp
        extra = [meant["newsletter"]] if "newsletter" in meant else []
        others = [] if _telling(meant) else list(table.columns)
        ends = [c for c in table.columns if table.totals and c.name == table.totals.column]
        fields = _fields([who, *used, *extra, *ends, *others], {*meant.values(), *ends}, remembered)
        yield (
            Words(fr="clients", en="customers").say(language),
            {**common, "record_id": who.name, "fields": fields, **party, **_consents(meant, table)},
        )
    telling = _telling(meant)
    if telling is not None:
        events = list(_events(telling, meant))
        when = next(meant[time] for time in telling.times if time in meant)
        record = [meant[telling.no].name] if telling.no in meant else [who.name, when.name, "repeat_number"]
        ends = [c for c in table.columns if table.totals and c.name == table.totals.column]
        fields = _fields([who, *table.columns], {who, *_used(telling, meant), *ends, *stamp}, remembered)
        yield telling.stream.say(language), {**common, "record_id": record, "fields": fields, "events": events}


def _telling(meant: Mapping[str, Column]) -> _Telling | None:
    for telling in _TELLINGS:
        has_time = any(time in meant for time in telling.times)
        if has_time and (telling.no in meant or telling.with_any & set(meant)):
            return telling
    return None


def _used(telling: _Telling, meant: Mapping[str, Column]) -> Iterator[Column]:
    meanings = {telling.no, *telling.times[:1]}
    meanings |= {next(time for time in telling.times if time in meant)}
    for _, needed, slots in telling.events:
        meanings |= {*slots, *([needed] if needed else [])}
    yield from (meant[meaning] for meaning in meanings if meaning in meant)


def _events(telling: _Telling, meant: Mapping[str, Column]) -> Iterator[dict[str, Any]]:
    own = next(time for time in telling.times if time in meant)
    for kind, needed, slots in telling.events:
        if needed is not None and needed not in meant:
            continue
        when = meant[needed or own].name
        taken = {slot: meant[meaning].name for meaning, slot in slots.items() if meaning in meant}
        only = {"when": {"filled": when}} if needed else {}
        yield {"kind": kind, **only, "occurred_at": when, **taken}


def _party(meant: Mapping[str, Column], who: Column) -> dict[str, Any]:
    # Beside a company, a plain `contact` names somebody who works there, not the customer.
    passed = {"name"} if "company" in meant else set()
    slots = {slot: meant[m].name for m, slot in _PARTY_SLOTS.items() if m in meant and m not in passed}
    kind = "account" if "company" in meant or "siren" in meant else "person"
    known_by = {space: meant[meaning].name for meaning, space in _IDENTIFIERS.items() if meaning in meant}
    identifiers = {space: name for space, name in known_by.items() if name != who.name or space in {"email", "phone"}}
    return {"party": {"kind": kind, **slots}, **({"identifiers": identifiers} if identifiers else {})}


def _consents(meant: Mapping[str, Column], table: Table) -> dict[str, Any]:
    if "newsletter" not in meant:
        return {}
    given = meant["newsletter"].name
    choice = {"channel": "email", "purpose": "marketing", "given": given, "proof": {"constant": table.title}}
    return {"consents": [choice]}


def _fields(columns: Iterable[Column], used: set[Column], remembered: Remembered) -> dict[str, dict[str, Any] | None]:
    """Return the fields; a column that nothing uses has no ground, and is not loaded."""
    fields: dict[str, dict[str, Any] | None] = {}
    for column in columns:
        if column.name in fields or column.is_empty:
            continue
        known = remembered.of(column)
        if known is not None:
            told = known.model_dump(exclude_defaults=True)
            fields[column.name] = told if known.ground in remembered.grounds else None
        elif column in used:
            ground = "choice" if column.meaning == "newsletter" else "care" if column.meaning in _CARE else "contract"
            fields[column.name] = {"ground": ground, **({"parse": column.parse} if column.parse else {})}
        else:
            fields[column.name] = None
    return fields
