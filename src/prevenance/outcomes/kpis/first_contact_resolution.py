"""Measure how often a request is solved at the first contact: at most one answer, and not reopened within a week."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, month_expr, observations

_WITHIN = timedelta(days=7)


def _observe(observed: Observed) -> ir.Table:
    tickets = observed.of("ticket_solved", "ticket_reopened", "message_sent").filter(ibis._.object_id.notnull())
    whose = ["customer_id", "object_id"]
    solved = tickets.filter(tickets.kind == "ticket_solved").group_by(whose).agg(solved_at=ibis._.occurred_at.min())
    # A ticket solved yesterday may still be reopened: it counts once its week is over.
    settled = solved.filter(solved.solved_at + ibis.interval(days=_WITHIN.days) <= observed.as_of)
    others = tickets.filter(tickets.kind != "ticket_solved").select(*whose, "kind", "occurred_at")
    joined = settled.left_join(others, whose)
    answers = (joined.kind == "message_sent") & (joined.occurred_at <= joined.solved_at)
    reopened = (
        (joined.kind == "ticket_reopened")
        & (joined.occurred_at >= joined.solved_at)
        & (joined.occurred_at <= joined.solved_at + ibis.interval(days=_WITHIN.days))
    )
    counted = joined.group_by([*whose, "solved_at"]).agg(
        n_answers=answers.fill_null(False).sum(), n_reopened=reopened.fill_null(False).sum()
    )
    monthly = counted.mutate(month=month_expr(counted.solved_at))
    return observations(monthly, numerator=(monthly.n_answers <= 1) & (monthly.n_reopened == 0))


FIRST_CONTACT_RESOLUTION = Kpi(
    name="first_contact_resolution",
    words=Words(fr="Demandes résolues au premier contact", en="Requests solved at the first contact"),
    unit="share",
    direction="up",
    statistic="proportion",
    observe=_observe,
    bounds=(0.0, 1.0),
)
