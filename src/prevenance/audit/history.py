"""Measure the past: how long it is, of how many customers, with how many outcomes to learn each target from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ibis import _

from prevenance.audit.base import AuditContext, instant_literal

# What each target learns from: the kinds of event that are, or reveal, its outcomes.
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "churn": ("contract_ended",),
    "silent_attrition": ("order_placed",),
    "next_purchase": ("order_placed",),
    "ticket": ("ticket_opened",),
    "late_payment": ("payment_received",),
    "limit_reached": ("usage_measured",),
}
# Those that need the customer to have done it before: a single purchase shows no habit.
NEEDS_REPEAT = frozenset({"silent_attrition"})
_YEAR = 12
_THIN = 0.1  # a month with less than this part of the last year's average volume holds no history


@dataclass(frozen=True)
class History:
    """Holds the measures of the past.

    Attributes:
        n_customers: companies known to the source that knows most of them, or people where no source knows companies.
        n_months: calendar months, complete ones, that hold a fair number of facts.
        first_on: the first such month; None without facts.
        n_outcomes: by target, outcomes (or customers with a habit) to learn from.
    """

    n_customers: int
    n_months: int
    first_on: date | None
    n_outcomes: Mapping[str, int]


def history_of(context: AuditContext) -> History:
    """Measure the past of a company, by what was known then."""
    at = instant_literal(context.as_of)
    facts = context.facts.filter(_.occurred_at < at)
    complete = facts.filter(_.occurred_at < at.truncate("M"))
    monthly = complete.group_by(month=_.occurred_at.truncate("M").date()).agg(n=_.count()).order_by("month")
    months = _full_months({row["month"]: row["n"] for row in context.rows(monthly)})
    return History(
        n_customers=_n_customers(context),
        n_months=len(months),
        first_on=min(months, default=None),
        n_outcomes=_n_outcomes(context),
    )


def _full_months(n_facts: dict[date, int]) -> list[date]:
    """Return the months in which life was recorded, not merely an old contract or machine mentioned.

    Example:
        >>> [month.year for month in _full_months({date(2009, 1, 1): 2, date(2025, 1, 1): 90, date(2025, 2, 1): 110})]
        [2025, 2025]
    """
    lately = sorted(n_facts)[-_YEAR:]
    usual = sum(n_facts[month] for month in lately) / max(1, len(lately))
    return [month for month, n in n_facts.items() if n >= _THIN * usual]


def _n_customers(context: AuditContext) -> int:
    known = context.parties.group_by("party_kind", "source", "stream").agg(n=_.party_id.nunique())
    by_kind: dict[str, int] = {}
    for row in context.rows(known):
        by_kind[row["party_kind"]] = max(by_kind.get(row["party_kind"], 0), row["n"])
    return by_kind.get("account") or by_kind.get("person", 0)


def _n_outcomes(context: AuditContext) -> dict[str, int]:
    kinds = sorted({kind for wanted in OUTCOMES.values() for kind in wanted})
    done = context.facts.filter((_.occurred_at < instant_literal(context.as_of)) & _.kind.isin(kinds))
    by_subject = done.group_by("kind", "subject").agg(n=_.count())
    counted = by_subject.group_by("kind").agg(total=_.n.sum(), repeat=(_.n >= 2).sum())
    totals = {row["kind"]: row for row in context.rows(counted)}
    return {
        target: sum(totals[kind]["repeat" if target in NEEDS_REPEAT else "total"] for kind in wanted if kind in totals)
        for target, wanted in OUTCOMES.items()
    }
