"""Measure how many of the customers under contract at the start of a month no longer are at its end."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.outcomes.base import Kpi, Observed, observations

_GRACE_DAYS = 14  # a renewal is often recorded days after the term ended


def _observe(observed: Observed) -> ir.Table:
    terms = _terms(observed)
    months = _month_starts(observed)
    pairs = terms.cross_join(months)
    is_running = (pairs.started_at < pairs.start_at) & (pairs.over_at.isnull() | (pairs.over_at >= pairs.start_at))
    running = pairs.filter(is_running).select("customer_id", "month").distinct()
    next_month = running.select("customer_id", month=(running.month - ibis.interval(months=1)).cast("date"))
    stayed = next_month.mutate(has_stayed=ibis.literal(True))
    at_risk = running.left_join(stayed, ["customer_id", "month"]).drop("customer_id_right", "month_right")
    return observations(at_risk, numerator=~at_risk.has_stayed.fill_null(False))


def _terms(observed: Observed) -> ir.Table:
    """Return the terms of all contracts: from when, and until when if that is known."""
    events = observed.of("contract_started", "contract_renewed", "contract_ended").mutate(
        contract=ibis._.object_id.fill_null("")
    )
    whose = ["customer_id", "contract"]
    ended = events.filter(events.kind == "contract_ended").group_by(whose).agg(ended_at=ibis._.occurred_at.min())
    begun = events.filter(events.kind != "contract_ended").select(*whose, "due_at", started_at=ibis._.occurred_at)
    terms = begun.left_join(ended, whose)
    lapsed_at = terms.due_at + ibis.interval(days=_GRACE_DAYS)
    over_at = ibis.ifelse(
        terms.ended_at.isnull() | (lapsed_at < terms.ended_at), lapsed_at.fill_null(terms.ended_at), terms.ended_at
    )
    return terms.select("customer_id", "started_at", over_at=over_at)


def _month_starts(observed: Observed) -> ir.Table:
    """Return every month since the first event, the running one too: it closes the last full one."""
    first = observed.events.agg(first=ibis._.month.min()).first
    last = observed.as_of + timedelta(microseconds=1)  # a range ends before its end
    starts = ibis.range(first.as_scalar().cast("timestamp"), ibis.literal(last), ibis.interval(months=1))
    months = starts.unnest().name("start_at").as_table()
    return months.mutate(month=months.start_at.cast("date"), start_at=months.start_at.cast("timestamp(6)"))


CHURN = Kpi(
    name="churn",
    words=Words(fr="Clients sous contrat partis dans le mois", en="Customers under contract who left in the month"),
    unit="share",
    direction="down",
    statistic="proportion",
    observe=_observe,
    bounds=(0.0, 1.0),
)
