"""Measure how often one answer was enough: the customer did not write again after it, nor reopen within a week."""

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, month_expr, observations

_WEEK = ibis.interval(days=7)
_WHOSE = ["customer_id", "object_id"]


def _observe(observed: Observed) -> ir.Table:
    kinds = ("ticket_solved", "ticket_reopened", "message_sent", "message_received")
    tickets = observed.of(*kinds).filter(ibis._.object_id.notnull())
    at, solving, answering = tickets.occurred_at, tickets.kind == "ticket_solved", tickets.kind == "message_sent"
    firsts = tickets.group_by(_WHOSE).agg(solved_at=at.min(where=solving), answered_at=at.min(where=answering))
    # A ticket solved yesterday may still be reopened: it counts once its week is over.
    settled = firsts.filter(firsts.solved_at + _WEEK <= observed.as_of)
    joined = settled.left_join(tickets.select(*_WHOSE, "kind", "occurred_at"), _WHOSE)
    again = (joined.kind == "message_received") & (joined.occurred_at > joined.answered_at)
    wrote_again = again & (joined.occurred_at <= joined.solved_at)
    reopened = (joined.kind == "ticket_reopened") & joined.occurred_at.between(
        joined.solved_at, joined.solved_at + _WEEK
    )
    counted = joined.group_by([*_WHOSE, "solved_at"]).agg(n_more=(wrote_again | reopened).fill_null(False).sum())
    monthly = counted.mutate(month=month_expr(counted.solved_at))
    return observations(monthly, numerator=monthly.n_more == 0)


FIRST_CONTACT_RESOLUTION = Kpi(
    name="first_contact_resolution",
    words=Words(fr="Demandes résolues au premier contact", en="Requests solved at the first contact"),
    unit="share",
    direction="up",
    statistic="proportion",
    observe=_observe,
    bounds=(0.0, 1.0),
)
