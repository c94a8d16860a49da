"""Describe a contact to the gate: who would be reached where, and what the gate must know to answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from prevenance.decisions.play import Play
from prevenance.kit.clock import naive_utc
from prevenance.privacy import ContactRequest
from prevenance.records.ids import CustomerId, PersonId
from prevenance.timeline import Timeline

HUMAN_CONTACTS_WITHIN = timedelta(days=7)
OPEN_AT_MOST = timedelta(
    days=180
)  # a ticket older than that without a solution is a gap in the data, not a conversation


def with_circumstances(options: ir.Table, timeline: Timeline) -> ir.Table:
    """Add what customers go through just now: an open problem, contacts by people in the last days."""
    troubled = _open_problems(timeline).mutate(has_open_problem=True)
    contacts = _human_contacts(timeline)
    joined = options.left_join(troubled, "customer_id").drop("customer_id_right")
    joined = joined.left_join(contacts, "customer_id").drop("customer_id_right")
    return joined.mutate(
        has_open_problem=joined.has_open_problem.fill_null(False),
        n_human_contacts=joined.n_human_contacts.fill_null(0),
    )


def contact_request(row: Mapping[str, Any], play: Play, time_zone: str) -> ContactRequest:
    """Return the question to the gate for one option; hours and holidays do not matter to a proposal."""
    person_id = row["person_id"]
    return ContactRequest(
        customer_id=CustomerId(row["customer_id"]),
        person_id=None if person_id is None else PersonId(person_id),
        channel=row["medium"],
        address=row["address"],
        purpose=play.purpose,
        message_class=play.message_class,
        country=row["country"] or "FR",
        time_zone=time_zone,
        is_customer=True,
        is_professional=row["customer_kind"] == "account",
        has_open_complaint=row["has_open_problem"],
        n_recent_human_contacts=row["n_human_contacts"],
        when="later",
    )


def _open_problems(timeline: Timeline) -> ir.Table:
    events = timeline.events
    since = naive_utc(timeline.as_of) - OPEN_AT_MOST
    is_opening = events.kind.isin(["ticket_opened", "ticket_reopened"])
    tickets = events.filter(
        (is_opening | (events.kind == "ticket_solved")) & events.object_id.notnull() & (events.occurred_at >= since)
    )
    opening = tickets.kind != "ticket_solved"
    last = tickets.group_by("customer_id", "object_id").agg(
        opened_at=tickets.occurred_at.max(where=opening), solved_at=tickets.occurred_at.max(where=~opening)
    )
    still_open = last.opened_at.notnull() & (last.solved_at.isnull() | (last.opened_at > last.solved_at))
    return last.filter(still_open).select("customer_id").distinct()


def _human_contacts(timeline: Timeline) -> ir.Table:
    events = timeline.events
    recent = events.filter(
        events.kind.isin(["message_sent", "site_visited"])
        & (events.occurred_at >= naive_utc(timeline.as_of) - HUMAN_CONTACTS_WITHIN)
    )
    return recent.group_by("customer_id").agg(n_human_contacts=ibis._.count())
