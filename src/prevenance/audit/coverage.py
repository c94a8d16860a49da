"""Measure touch-point coverage: how many of the contacts that other systems know were noted in the CRM too."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, instant_literal
from prevenance.records.tables import IDENTITIES

CONTACTS = ("ticket_opened", "site_visited")  # one event per contact; messages and orders are parts of something else
NOTED = "interaction_logged"
_LATEST_NOTE = 1  # days after the contact by which it is noted


@dataclass(frozen=True)
class Coverage:
    """Holds, for one source, its contacts with customers and how many of them the CRM knows."""

    source: str
    n_contacts: int
    n_in_crm: int

    @property
    def rate(self) -> float:
        """Return the covered share."""
        return self.n_in_crm / self.n_contacts


def coverage_of(context: AuditContext) -> tuple[Coverage, ...]:
    """Measure the coverage of each source that holds contacts; empty when there is no CRM to compare with.

    A contact counts as noted when the CRM holds an interaction with the same customer on that day or the next. Who is
    the same customer is taken from the identities resolved last; contacts of unresolved subjects are left out.
    """
    notes = context.facts.filter(_.kind == NOTED)
    if not context.rows(notes.limit(1).select("event_id")):
        return ()
    identities = context.lake.read(IDENTITIES).select("subject", "customer_id")
    contacts = context.lake.stage(_by_day_expr(context, context.facts.filter(_.kind.isin(list(CONTACTS))), identities))
    noted = context.lake.stage(_by_day_expr(context, notes, identities))
    days = noted.select("customer_id", "day")
    day_before = days.mutate(day=_.day - ibis.interval(days=_LATEST_NOTE))
    known = context.lake.stage(days.union(day_before).distinct().mutate(is_noted=True))
    matched = contacts.left_join(known, ["customer_id", "day"])
    counted = matched.group_by("source").agg(n=_.count(), n_noted=_.is_noted.fill_null(False).sum())
    return tuple(Coverage(row["source"], row["n"], row["n_noted"]) for row in context.rows(counted.order_by("source")))


def _by_day_expr(context: AuditContext, facts: ir.Table, identities: ir.Table) -> ir.Table:
    known = facts.filter(_.occurred_at <= instant_literal(context.as_of)).inner_join(identities, "subject")
    # Two steps: Ibis cannot join once more on a column that the projection of a join computes.
    told = known.select("source", "event_id", "customer_id", "occurred_at")
    return told.mutate(day=_.occurred_at.date()).drop("occurred_at")
