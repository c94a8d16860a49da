"""Look up what the ledger knows about the subjects of requests, in a few queries however many they are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from prevenance.privacy.address import address_key
from prevenance.privacy.base import Contact, ContactRequest, Known, Statement
from prevenance.storage import ledger_tables

_CHUNK = 400  # databases limit how many values one statement may hold
_CONTACT_WINDOW = timedelta(days=30)
_MAY_HAVE_ARRIVED = ("committing", "sent", "unknown")


@dataclass
class _Found:
    """Gathers rows by what they hang on: an address with its medium, a customer, or a person."""

    statements: defaultdict[tuple[str, str], list[Statement]] = field(default_factory=lambda: defaultdict(list))
    suppressed: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    objections: defaultdict[tuple[str, object], set[str]] = field(default_factory=lambda: defaultdict(set))
    contacts: defaultdict[int, list[Contact]] = field(default_factory=lambda: defaultdict(list))


def look_up(tx: Connection, requests: Sequence[ContactRequest], *, at: datetime) -> Iterator[tuple[str, Known]]:
    """Yield the key of each request's address and what is known, in the order of the requests."""
    for start in range(0, len(requests), _CHUNK):
        part = requests[start : start + _CHUNK]
        hashes = [address_key(tx, it.channel, it.address, it.country) if it.address else "" for it in part]
        customers = list({it.customer_id for it in part})
        found = _Found()
        _find_wishes(tx, found, list({key for key in hashes if key}))
        _find_objections(tx, found, customers, hashes)
        _find_contacts(tx, found, customers, at)
        for request, key in zip(part, hashes, strict=True):
            yield key, _known(found, request, key)


def _find_wishes(tx: Connection, found: _Found, hashes: list[str]) -> None:
    consents, suppressions = ledger_tables.consents, ledger_tables.suppressions
    for row in tx.execute(select(consents).where(consents.c.address_key.in_(hashes))).mappings():
        proof = row["proof"]
        found.statements[row["address_key"], row["channel"]].append(
            Statement(
                purpose=row["purpose"],
                is_given=row["is_given"],
                is_personal=proof.get("kind") == "personal",
                has_proof=bool(proof.get("reference") or proof.get("kind") == "personal"),
                recorded_at=row["recorded_at"],
            )
        )
    for row in tx.execute(select(suppressions).where(suppressions.c.address_key.in_(hashes))).mappings():
        found.suppressed[row["address_key"], row["channel"]].add(row["purpose"])


def _find_objections(tx: Connection, found: _Found, customers: Sequence[int], hashes: list[str]) -> None:
    table = ledger_tables.objections
    statement = select(table).where(or_(table.c.customer_id.in_(customers), table.c.address_key.in_(hashes)))
    for row in tx.execute(statement).mappings():
        if row["address_key"]:
            found.objections["address", row["address_key"]].add(row["purpose"])
        subject = ("customer", row["customer_id"]) if row["person_id"] is None else ("person", row["person_id"])
        found.objections[subject].add(row["purpose"])


def _find_contacts(tx: Connection, found: _Found, customers: Sequence[int], at: datetime) -> None:
    outbox = ledger_tables.outbox
    happened_at = func.coalesce(outbox.c.sent_at, outbox.c.updated_at, type_=outbox.c.sent_at.type)
    statement = select(outbox.c.customer_id, outbox.c.medium, outbox.c.purpose, happened_at.label("at")).where(
        outbox.c.customer_id.in_(customers),
        outbox.c.status.in_(_MAY_HAVE_ARRIVED),
        happened_at > at - _CONTACT_WINDOW,
    )
    for row in tx.execute(statement).mappings():
        found.contacts[row["customer_id"]].append(Contact(row["at"], row["medium"], row["purpose"]))


def _known(found: _Found, request: ContactRequest, key: str) -> Known:
    place = (key, request.channel)
    objections = (
        found.objections["customer", request.customer_id]
        | found.objections["person", request.person_id]
        | found.objections["address", key]
    )
    return Known(
        statements=tuple(found.statements[place]),
        suppressed=frozenset(found.suppressed[place]),
        objections=frozenset(objections),
        contacts=tuple(sorted(found.contacts[request.customer_id], key=lambda contact: contact.at)),
    )
