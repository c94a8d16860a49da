"""Record what people want: a no counts at once and for good; a yes needs the person and a proof."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from prevenance.kit.problems import PolicyError
from prevenance.privacy.address import address_key, masked
from prevenance.records.ids import CustomerId, PersonId
from prevenance.storage import Ledger, ledger_tables

_PROOF = ("who", "when", "how", "wording")
_CONSENTS, _SUPPRESSIONS, _OBJECTIONS = ledger_tables.consents, ledger_tables.suppressions, ledger_tables.objections


@dataclass(frozen=True)
class Held:
    """Holds one wish as a page shows it."""

    purpose: str
    is_given: bool
    recorded_at: datetime
    source: str
    has_proof: bool


@dataclass(frozen=True)
class LinkHolder:
    """Says whom a one-click link speaks for.

    Attributes:
        address: masked, since a link may be forwarded.
        purpose: what the message was for that brought the link.
        stopped: the purposes kept away from the address already.
    """

    address: str
    medium: str
    language: str
    purpose: str
    stopped: frozenset[str]


class Wishes:
    """Writes and reads wishes within a transaction, at a moment, on behalf of an actor.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> at = datetime(2026, 11, 24, 10, tzinfo=UTC)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock()).begin() as tx:
        ...         wishes = Wishes(tx, at=at, actor="recipient")
        ...         wishes.withdraw("Ada@Example.com", "email", source="preference page")
        ...         [wish.is_given for wish in wishes.held("ada@example.com", "email")]
        [False]
    """

    def __init__(self, tx: Connection, *, at: datetime, actor: str) -> None:
        self._tx = tx
        self._at = at
        self._actor = actor

    def withdraw(
        self,
        address: str,
        channel: str,
        *,
        purpose: str = "marketing",
        source: str,
        reason: str = "withdrawn",
        country: str = "FR",
    ) -> None:
        """Keep a purpose (`marketing`, `service` or `all`) away from an address, whoever holds it now or later."""
        self._suppress(address_key(self._tx, channel, address, country), channel, purpose, source, reason)

    def withdraw_by_link(self, token: str, *, purpose: str | None = None) -> bool:
        """Do what a one-click link asks (RFC 8058); doing it again changes nothing.

        Args:
            token: the secret of the link; it stands for one address and the message that brought it there.
            purpose: what to keep away; when not given, what that message was for - and offers with it, since whoever
                wants no help wants no offers.

        Returns:
            False where the token is none of ours.
        """
        found = self._linked(token)
        if found is None:
            return False
        wanted = purpose or ("all" if found.purpose == "service" else found.purpose)
        self._suppress(found.address_key, found.medium, wanted, "link", "withdrawn")
        return True

    def of_link(self, token: str) -> LinkHolder | None:
        """Return whom a one-click link speaks for, and what is kept away from that address already."""
        found = self._linked(token)
        if found is None:
            return None
        kept_off = select(_SUPPRESSIONS.c.purpose).where(
            _SUPPRESSIONS.c.address_key == found.address_key, _SUPPRESSIONS.c.channel == found.medium
        )
        stopped = frozenset(self._tx.execute(kept_off).scalars())
        return LinkHolder(masked(found.address), found.medium, found.language, found.purpose, stopped)

    def _linked(self, token: str) -> Any | None:  # a row, whose columns SQLAlchemy types
        outbox = ledger_tables.outbox
        columns = (outbox.c.address_key, outbox.c.address, outbox.c.medium, outbox.c.language, outbox.c.purpose)
        return self._tx.execute(select(*columns).where(outbox.c.unsubscribe_hash == link_hash(token))).one_or_none()

    def give(
        self,
        address: str,
        channel: str,
        purpose: str,
        *,
        proof: dict[str, Any],
        text_version: str,
        source: str,
        customer_id: CustomerId | None = None,
        person_id: PersonId | None = None,
        country: str = "FR",
    ) -> None:
        """Record a yes that the person gave; it takes back this person's earlier no to the same purpose.

        Raises:
            PolicyError: the proof does not say who agreed, when, how, and to which wording.
        """
        missing = [part for part in _PROOF if not proof.get(part)]
        if missing or not text_version:
            raise PolicyError(f"A consent needs its proof. Say also: {', '.join(missing or ['text_version'])}.")
        key = address_key(self._tx, channel, address, country)
        Ledger.hold(self._tx, f"address:{key}")
        self._tx.execute(
            insert(_CONSENTS).values(
                address_key=key, customer_id=customer_id, person_id=person_id, channel=channel, purpose=purpose,
                is_given=True, proof={**proof, "kind": "personal"}, text_version=text_version, source=source,
                recorded_at=self._at,
            )
        )  # fmt: skip
        is_own_no = _SUPPRESSIONS.c.reason == "withdrawn"  # never a bounce or a complaint
        self._tx.execute(delete(_SUPPRESSIONS).where(*_place(key, channel, purpose), is_own_no))
        Ledger.record(
            self._tx, self._actor, "consent_given", f"address:{key[:16]}", {"purpose": purpose, "source": source}
        )

    def object_to(
        self,
        purpose: str,
        *,
        customer_id: CustomerId,
        person_id: PersonId | None = None,
        address: str | None = None,
        channel: str = "email",
        source: str,
    ) -> None:
        """Record an objection (GDPR art. 21) to `profiling` or `marketing`; an address carries it over to new ids."""
        key = address_key(self._tx, channel, address) if address else None
        Ledger.hold(self._tx, f"customer:{customer_id}", *([f"address:{key}"] if key else []))
        self._tx.execute(
            insert(_OBJECTIONS).values(
                customer_id=customer_id, person_id=person_id, address_key=key, purpose=purpose, source=source,
                recorded_at=self._at,
            )
        )  # fmt: skip
        Ledger.record(
            self._tx,
            self._actor,
            "objection_recorded",
            f"customer:{customer_id}",
            {"purpose": purpose, "source": source},
        )

    def objectors(self, purpose: str = "profiling") -> frozenset[CustomerId]:
        """Return the customers who are left out: one objecting person is enough for the whole customer."""
        rows = self._tx.execute(select(_OBJECTIONS.c.customer_id).where(_OBJECTIONS.c.purpose == purpose))
        return frozenset(CustomerId(customer_id) for customer_id in rows.scalars())

    def held(self, address: str, channel: str, country: str = "FR") -> tuple[Held, ...]:
        """Return what is on record for an address, the latest first."""
        key = address_key(self._tx, channel, address, country)
        said = select(_CONSENTS).where(_CONSENTS.c.address_key == key, _CONSENTS.c.channel == channel)
        kept_off = select(_SUPPRESSIONS).where(_SUPPRESSIONS.c.address_key == key, _SUPPRESSIONS.c.channel == channel)
        wishes = [
            Held(
                purpose=row["purpose"],
                is_given=row["is_given"],
                recorded_at=row["recorded_at"],
                source=row["source"],
                has_proof=bool(row["proof"].get("reference") or row["proof"].get("kind") == "personal"),
            )
            for row in self._tx.execute(said).mappings()
        ] + [
            Held(row["purpose"], is_given=False, recorded_at=row["since_at"], source=row["source"], has_proof=True)
            for row in self._tx.execute(kept_off).mappings()
        ]
        return tuple(sorted(wishes, key=lambda wish: wish.recorded_at, reverse=True))

    def _suppress(self, key: str, channel: str, purpose: str, source: str, reason: str) -> None:
        Ledger.hold(self._tx, f"address:{key}")
        known = self._tx.execute(select(_SUPPRESSIONS.c.reason).where(*_place(key, channel, purpose))).one_or_none()
        if known is None:
            self._tx.execute(
                insert(_SUPPRESSIONS).values(
                    address_key=key, channel=channel, purpose=purpose, reason=reason, source=source, since_at=self._at
                )
            )
        Ledger.record(
            self._tx, self._actor, "consent_withdrawn", f"address:{key[:16]}", {"purpose": purpose, "source": source}
        )


def link_hash(token: str) -> str:
    """Return the hash under which the token of a one-click link is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _place(key: str, channel: str, purpose: str) -> tuple[Any, ...]:  # column expressions, whose types SQLAlchemy keeps
    table = _SUPPRESSIONS
    return (table.c.address_key == key, table.c.channel == channel, table.c.purpose == purpose)
