"""Show one customer: who it is and in which systems, what happened, what is likely, what may be sent."""

import json
import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal, cast

import ibis
import ibis.expr.types as ir
from ibis import _
from sqlalchemy import select

from prevenance import insights, models, privacy, timeline
from prevenance.desk.wording import lane_of, sentence_of
from prevenance.kit.clock import Clock, aware_utc, naive_utc
from prevenance.kit.words import Words
from prevenance.records import screens
from prevenance.records.ids import CustomerId
from prevenance.records.tables import (
    CUSTOMERS,
    IDENTITIES,
    PEOPLE,
    PREDICTIONS,
    SEGMENTS,
    SIGNAL_HITS,
    SIGNAL_RECORDS,
)
from prevenance.storage import Lake, Ledger, ledger_tables

_models = ledger_tables.models

_PURPOSES: dict[str, Literal["marketing", "service", "profiling"]] = {
    "marketing": "marketing",
    "service": "service",
    "profiling": "profiling",
}


class Customers:
    """Reads customers for a page, from the newest run's lake and from the ledger."""

    def __init__(self, lake: Lake, ledger: Ledger, clock: Clock, as_of: datetime) -> None:
        self._lake = lake
        self._ledger = ledger
        self._clock = clock
        self._as_of = as_of

    def names(self, wanted: Collection[CustomerId]) -> dict[CustomerId, str]:
        """Return the names of these customers."""
        customers = self._lake.read(CUSTOMERS)
        own = customers.filter(customers.customer_id.isin([int(one) for one in wanted])).select("customer_id", "name")
        rows = self._lake.collect(own).to_pylist() if wanted else []
        return {CustomerId(row["customer_id"]): row["name"] for row in rows if row["name"]}

    def search(self, text: str, *, limit: int) -> screens.CustomersFound:
        """Return customers whose name, e-mail, city or number holds the text, case and accents aside."""
        customers = self._lake.read(CUSTOMERS)
        if text.strip():
            customers = customers.filter(_matches(customers, _plain(text)))
        rows = self._lake.collect(customers.order_by(["name", "customer_id"]).limit(limit)).to_pylist()
        return screens.CustomersFound(tuple(_line(row) for row in rows), self._lake.count(customers))

    def page(self, customer_id: CustomerId, proposals: tuple[screens.Proposal, ...]) -> screens.CustomerPage | None:
        """Return everything about one customer but the timeline, or None when there is none by that id."""
        rows = self._rows(self._lake.read(CUSTOMERS), customer_id)
        if not rows:
            return None
        row = rows[0]
        return screens.CustomerPage(
            customer_id=customer_id,
            name=row["name"] or str(customer_id),
            is_account=row["customer_kind"] == "account",
            email=row["email"],
            phone=row["phone"],
            language=row["language"] if row["language"] in {"fr", "en"} else None,
            city=row["city"],
            country=row["country"],
            segment=row["segment"],
            owner=row["owner"],
            is_key_account=bool(row["is_key_account"]),
            customer_since=None if row["customer_since"] is None else row["customer_since"].date(),
            people=self._people(customer_id),
            identities=self._identities(customer_id),
            predictions=self._predictions(customer_id),
            signals=self._signals(customer_id),
            consents=self._consents(row),
            proposals=proposals,
            segments=self._segments(customer_id),
        )

    def timeline(
        self, customer_id: CustomerId, *, lane: screens.Lane | None, before: datetime | None, limit: int
    ) -> screens.TimelinePage:
        """Return a customer's events, latest first, of one lane or all."""
        story = timeline.read(self._lake, as_of=self._as_of)
        own = story.events.filter((_.customer_id == int(customer_id)) & (_.occurred_at <= naive_utc(self._as_of)))
        counted = self._lake.collect(own.group_by("kind").agg(n=_.count())).to_pylist()
        counts: dict[screens.Lane, int] = {}
        for row in counted:
            counts[lane_of(row["kind"])] = counts.get(lane_of(row["kind"]), 0) + row["n"]
        shown = (
            own if lane is None else own.filter(_.kind.isin([k["kind"] for k in counted if lane_of(k["kind"]) == lane]))
        )
        if before is not None:
            shown = shown.filter(_.occurred_at < naive_utc(before))
        rows, more = self._page_of(shown, limit)
        names = self._names(customer_id)
        return screens.TimelinePage(tuple(_entry(row, names) for row in rows), counts, more)

    def _page_of(self, shown: ir.Table, limit: int) -> tuple[list[dict[str, Any]], datetime | None]:
        """Return the latest events, and the instant before which the next page starts, None at the end.

        A page ends with a whole instant, however many events share it: invoices all fall at midnight, and none may be
        lost between two pages.
        """
        last = self._lake.collect(shown.order_by(ibis.desc("occurred_at")).limit(1, offset=limit - 1)).to_pylist()
        if last:
            shown_now = shown.filter(_.occurred_at >= last[0]["occurred_at"])
            is_more = self._lake.count(shown.filter(_.occurred_at < last[0]["occurred_at"])) > 0
        else:
            shown_now, is_more = shown, False
        rows = self._lake.collect(shown_now.order_by([ibis.desc("occurred_at"), "event_id"])).to_pylist()
        return rows, aware_utc(last[0]["occurred_at"]) if is_more else None

    def address(self, customer_id: CustomerId, person_id: int | None, medium: str) -> str | None:
        """Return the present address of a person, or of the customer himself, for a medium."""
        table = self._lake.read(CUSTOMERS if person_id is None else PEOPLE)
        rows = self._rows(table, customer_id)
        own = [row for row in rows if person_id is None or row["person_id"] == person_id]
        return cast("str | None", own[0].get(medium)) if own else None

    def _rows(self, table: ir.Table, customer_id: CustomerId) -> list[dict[str, Any]]:
        return cast(
            "list[dict[str, Any]]", self._lake.collect(table.filter(_.customer_id == int(customer_id))).to_pylist()
        )

    def _names(self, customer_id: CustomerId) -> dict[int, str]:
        return {row["person_id"]: row["name"] for row in self._rows(self._lake.read(PEOPLE), customer_id)}

    def _people(self, customer_id: CustomerId) -> tuple[screens.ContactPerson, ...]:
        rows = self._rows(self._lake.read(PEOPLE), customer_id)
        rows.sort(key=lambda row: (not row["is_main_contact"], row["name"] or ""))
        return tuple(
            screens.ContactPerson(row["name"] or "?", row["email"], row["phone"], bool(row["is_main_contact"]))
            for row in rows
        )

    def _identities(self, customer_id: CustomerId) -> tuple[screens.IdentityLink, ...]:
        rows = self._rows(self._lake.read(IDENTITIES), customer_id)
        return tuple(
            screens.IdentityLink(
                source=row["subject"].split(":", 1)[0],
                subject=row["subject"].split(":", 1)[-1],
                evidence=Words(fr=row["evidence"], en=row["evidence"]),
                match_probability=row["match_probability"],
            )
            for row in sorted(rows, key=lambda row: str(row["subject"]))
        )

    def _predictions(self, customer_id: CustomerId) -> tuple[screens.Prediction, ...]:
        latest = self._lake.read(PREDICTIONS).filter(_.as_of == naive_utc(self._as_of))
        cards = models.target_cards()
        records = _measured(self._ledger)
        return tuple(
            _prediction(row, cards[row["target"]], records.get(row["target"]))
            for row in sorted(self._rows(latest, customer_id), key=lambda row: str(row["target"]))
            if row["target"] in cards
        )

    def _signals(self, customer_id: CustomerId) -> tuple[screens.Signal, ...]:
        at = naive_utc(self._as_of)
        hits = self._rows(self._lake.read(SIGNAL_HITS).filter(_.as_of == at), customer_id)
        records = self._lake.collect(self._lake.read(SIGNAL_RECORDS).filter(_.as_of == at)).to_pylist()
        measured = {row["signal"]: row for row in records}
        return tuple(
            screens.Signal(
                name=hit["signal"],
                sentence=Words(fr=hit["fr"], en=hit["en"]),
                as_of=self._as_of,
                n_right=measured[hit["signal"]]["n_right"] if hit["signal"] in measured else None,
                n_fired=measured[hit["signal"]]["n_fired"] if hit["signal"] in measured else None,
            )
            for hit in sorted(hits, key=lambda hit: -(hit["strength"] or 0.0))
        )

    def _segments(self, customer_id: CustomerId) -> tuple[tuple[Words, Words], ...]:
        rows = self._rows(self._lake.read(SEGMENTS).filter(_.as_of == naive_utc(self._as_of)), customer_id)
        told = [insights.segment_words(row["segmentation"], row["segment"]) for row in rows]
        return tuple(sorted((words for words in told if words is not None), key=lambda words: words[0].fr))

    def _consents(self, row: dict[str, Any]) -> tuple[screens.ConsentLine, ...]:
        addresses = {"email": row["email"], "phone": row["phone"]}
        lines: list[screens.ConsentLine] = []
        with self._ledger.read() as tx:
            wishes = privacy.Wishes(tx, at=self._clock.now(), actor="desk")
            for channel, address in addresses.items():
                held = wishes.held(address, channel, row["country"] or "FR") if address else ()
                lines += [
                    screens.ConsentLine(channel, _PURPOSES[wish.purpose], wish.is_given, wish.recorded_at, wish.source)
                    for wish in held
                ] or [screens.ConsentLine(channel, "marketing", None)]
        return tuple(lines)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _matches(customers: ir.Table, text: str) -> ir.BooleanValue:
    accents = str.maketrans("àâäéèêëîïôöùûüÿç", "aaaeeeeiioouuuyc")
    columns = [customers[name] for name in ("name", "email", "city")]
    plain = [
        column.fill_null("")
        .lower()
        .translate("".join(map(chr, accents)), "".join(map(str, map(chr, accents.values()))))
        for column in columns
    ]
    return ibis.or_(*[column.contains(text) for column in plain], customers.customer_id.cast("string") == text)


def _line(row: dict[str, Any]) -> screens.CustomerLine:
    return screens.CustomerLine(
        customer_id=CustomerId(row["customer_id"]),
        name=row["name"] or str(row["customer_id"]),
        is_account=row["customer_kind"] == "account",
        city=row["city"],
        segment=row["segment"],
        is_key_account=bool(row["is_key_account"]),
        customer_since=None if row["customer_since"] is None else row["customer_since"].date(),
    )


def _entry(row: dict[str, Any], names: dict[int, str]) -> screens.TimelineEntry:
    return screens.TimelineEntry(
        event_id=row["event_id"],
        occurred_at=aware_utc(row["occurred_at"]),
        lane=lane_of(row["kind"]),
        sentence=sentence_of(row),
        source=row["source"],
        person=names.get(row["person_id"]) if row["person_id"] is not None else None,
        text=row["text"],
    )


def _prediction(row: dict[str, Any], card: models.Target, record: dict[str, Any] | None) -> screens.Prediction:
    reasons = json.loads(row["reasons"]) if row["reasons"] else []
    return screens.Prediction(
        target=row["target"],
        question=card.question,
        as_of=aware_utc(row["as_of"]),
        evidence_level=row["evidence_level"],
        confidence=screens.Confidence(
            probability=row["probability"],
            horizon_days=card.horizon_days,
            n_right=None if record is None else round(record["n_flagged"] * record["precision_at_flagged"]),
            n_fired=None if record is None else record["n_flagged"],
        ),
        low=row["low"],
        high=row["high"],
        reasons=tuple(
            screens.Reason(Words(fr=one["fr"], en=one["en"]), one.get("direction", "up"), one.get("without"))
            for one in reasons
        ),
        has_card=record is not None,
    )


def _measured(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Return what each target's model in use came to on its later period."""
    in_use = select(_models.c.target, _models.c.manifest).where(_models.c.status == "champion")
    with ledger.read() as tx:
        return {row.target: row.manifest["measures"] for row in tx.execute(in_use)}
