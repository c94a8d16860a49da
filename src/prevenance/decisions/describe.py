"""Describe each outcome as a row of the ledger: what, for whom, why, how sure, worth what, in which words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.decisions.arbitrate import ANOTHER, CAPACITY, HELP_FIRST
from prevenance.decisions.base import TeamCapacity
from prevenance.decisions.contact import contact_request
from prevenance.decisions.play import About, Play
from prevenance.decisions.wording import Fact, Measured, confidence, merge_fields, reasons, render
from prevenance.kit.clock import aware_utc, naive_utc
from prevenance.kit.hashing import fingerprint, stable_id
from prevenance.kit.words import Language, Words
from prevenance.records.screens import Message
from prevenance.storage import Lake
from prevenance.timeline import Timeline

Row: TypeAlias = dict[str, Any]
Status = Literal["proposed", "held_out", "waiting", "not_acted"]

_LEFT = {
    CAPACITY: Words(
        fr="D’autres clients passent avant aujourd’hui ; cette action reviendra quand il y aura de la place.",
        en="Other customers come first today; this will come back when there is room.",
    ),
    HELP_FIRST: Words(
        fr="Ce client va d’abord être aidé ; l’offre attendra.",
        en="This customer is to be helped first; the offer will wait.",
    ),
    ANOTHER: Words(
        fr="Une autre proposition répond mieux au même besoin de ce client.",
        en="Another proposal answers the same need of this customer better.",
    ),
}
STATUS_OF: dict[str, Status] = {CAPACITY: "waiting", HELP_FIRST: "waiting", ANOTHER: "not_acted"}

_MAY = {
    "contract_service": Words(fr="Message de service lié au contrat.", en="Service message under the contract."),
    "consent_marketing": Words(fr="Consentement donné pour ce canal.", en="Consent was given for this channel."),
    "soft_optin": Words(
        fr="Client de la maison, pour un service analogue (CPCE L.34-5).",
        en="Existing customer, for a similar service (CPCE L.34-5).",
    ),
    "b2b_legit": Words(
        fr="Adresse professionnelle, intérêt légitime, sans opposition connue.",
        en="Professional address, legitimate interest, no objection known.",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """Holds what became of a candidate: the option it stands for, and the status it gets."""

    row: Row  # of `options_expr`; refused ones carry rule, fr, en, is_undetermined
    status: Status


def left_alone(row: Row, why: str) -> Row:
    """Return an option with the reason why arbitration left it."""
    return row | {"rule": why, "fr": _LEFT[why].fr, "en": _LEFT[why].en, "is_undetermined": False}


@dataclass(frozen=True)
class Setting:
    """Holds what outcomes are described from."""

    lake: Lake
    facts: ir.Table
    timeline: Timeline
    plays: Mapping[str, Play]
    capacity: TeamCapacity
    as_of: datetime
    measured: Mapping[str, Measured]


def describe(setting: Setting, outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the outcomes as rows of the table `decisions`."""
    told = [outcome for outcome in outcomes if outcome.status != "not_acted"]
    known = _facts_of(setting, told)
    events = _events_of(setting, [outcome for outcome in told if outcome.status != "waiting"])
    rows = []
    for outcome in outcomes:
        row, play = outcome.row, setting.plays[outcome.row["play"]]
        content = _base(row, play)
        if outcome.status != "not_acted":
            content |= _reasoned(play, known[row["customer_id"]], setting.measured)
        if outcome.status in {"proposed", "held_out"}:
            content |= _worded(row, play, events.get((row["play"], row["customer_id"])), setting.capacity)
        rows.append(_decision(outcome, play, setting) | {"content": content})
    return rows


def _decision(outcome: Outcome, play: Play, setting: Setting) -> Row:
    row, as_of = outcome.row, setting.as_of
    is_decided = outcome.status in {"proposed", "held_out"}
    proposed_at = as_of if row["proposed_at"] is None else aware_utc(row["proposed_at"])
    new_id = (
        stable_id("decision", *_named(row), as_of.isoformat()) if is_decided else stable_id("left alone", *_named(row))
    )
    return {
        "decision_id": (row["decision_id"] if is_decided else None) or new_id,
        "play": play.name,
        "kind": play.kind,
        "customer_id": row["customer_id"],
        "person_id": row["person_id"],
        "trigger_occurrence": proposed_at.date().isoformat(),
        "arm": "held_out" if outcome.status == "held_out" else "treated",
        "status": outcome.status,
        "stage": play.stage,
        "channel": row["channel"],
        "priority": 1 if play.is_selling else 0,  # help comes first
        "currency": setting.capacity.currency,
        "value": _money(row["value"]),
        "cost": _money(row["cost"]),
        "worth": _money(row["worth"]),
        "expected_effect": None if row["chance"] is None else round(row["chance"], 6),
        "refusal": _refusal(row) if not is_decided else None,
        "play_version": play.version,
        "as_of": as_of,
        "proposed_at": proposed_at if is_decided else as_of,
        "due_on": proposed_at + timedelta(days=play.limits.due_in_days) if is_decided else None,
        "expires_at": as_of + timedelta(days=play.limits.valid_for_days) if is_decided else None,
        "updated_at": as_of,
    }


def _base(row: Row, play: Play) -> Row:
    return {
        "customer_name": row["customer_name"],
        "contact_name": row["contact_name"],
        "is_key_account": bool(row["is_key_account"]),
        "language": row["language"],
        "title": _said(play.title.words),
        "suggestion": _said(play.action(row["channel"]).suggestion.words),
        "legal_basis": play.legal_basis,
    }


def _reasoned(play: Play, facts: Sequence[Fact], measured: Mapping[str, Measured]) -> Row:
    sure, precision = confidence(play, facts, measured)
    return {
        "reasons": [_said(reason) for reason in reasons(play, facts)],
        "confidence": _said(sure),
        "measured_precision": precision,
        "expected": {"share": play.effect.share, "kind": play.effect.kind, "source": play.effect.source},
    }


def _worded(row: Row, play: Play, event: Row | None, capacity: TeamCapacity) -> Row:
    fields = merge_fields(row, event)
    language: Language = "fr" if row["language"] == "fr" else "en"
    message = render(play.action(row["channel"]), language, fields)
    is_whole = isinstance(message, Message)
    return {
        "consent": "permitted",
        "consent_words": _said(_MAY[play.message_class]),
        "message": asdict(message) if isinstance(message, Message) else None,
        "problem": None if isinstance(message, Message) else _said(message),
        "fields": fields,
        "request": asdict(contact_request(row, play, capacity.time_zone)),
        "max_lateness_hours": play.max_lateness_hours,
        "content_hash": fingerprint([asdict(message), row["address"], row["person_id"]]) if is_whole else "",
    }


def _facts_of(setting: Setting, outcomes: Iterable[Outcome]) -> Mapping[int, list[Fact]]:
    ids = pa.table({"customer_id": pa.array(sorted({o.row["customer_id"] for o in outcomes}), pa.int64())})
    found: dict[int, list[Fact]] = defaultdict(list)
    wanted = setting.facts.semi_join(setting.lake.stage(ids), "customer_id").order_by("customer_id", "trigger")
    for fact in setting.lake.collect(wanted).to_pylist():
        found[fact["customer_id"]].append(fact)
    return found


def _events_of(setting: Setting, outcomes: Iterable[Outcome]) -> dict[tuple[str, int], Row]:
    """Return the events that the messages speak of; each is the customer's own, or there is none."""
    customers: dict[str, set[int]] = defaultdict(set)
    for outcome in outcomes:
        customers[outcome.row["play"]].add(outcome.row["customer_id"])
    found: dict[tuple[str, int], Row] = {}
    for name, ids in customers.items():
        about = setting.plays[name].about
        if about is not None:
            wanted = setting.lake.stage(pa.table({"customer_id": pa.array(sorted(ids), pa.int64())}))
            events = setting.timeline.events.semi_join(wanted, "customer_id")
            rows = setting.lake.collect(_spoken_of(events, about, setting.as_of)).to_pylist()
            found |= {(name, row["customer_id"]): row for row in rows}
    return found


def _spoken_of(events: ir.Table, about: About, as_of: datetime) -> ir.Table:
    happened = events.filter(events.kind.isin(about.kinds) & (events.occurred_at < naive_utc(as_of)))
    told = happened.select("customer_id", "event_id", "object_id", "label", "quantity", "due_at", "occurred_at")
    newest_first = [ibis.desc("occurred_at"), "event_id"]
    if about.pick == "latest":
        return _first(told, ["customer_id"], newest_first)
    of_each = _first(told.filter(told.due_at.notnull()), ["customer_id", "object_id"], newest_first)
    return _first(of_each, ["customer_id"], ["due_at", "event_id"])


def _first(rows: ir.Table, of_each: list[str], order_by: list[Any]) -> ir.Table:
    position = ibis.row_number().over(group_by=of_each, order_by=order_by)
    return rows.mutate(position=position).filter(ibis._.position == 0).drop("position")


def _refusal(row: Row) -> Row:
    answer = "undetermined" if row["is_undetermined"] else "refused"
    return {"rule": row["rule"], "fr": row["fr"], "en": row["en"], "answer": answer}


def _named(row: Row) -> tuple[str, str]:
    return row["play"], str(row["customer_id"])


def _said(words: Words) -> dict[str, str]:
    return {"fr": words.say("fr"), "en": words.say("en")}


def _money(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01"))
