"""Stop what the address has opted out of, whichever profile holds it and whatever any source says since."""

from datetime import UTC, datetime

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Known, Rule, Statement, Verdict, example
from prevenance.records.answers import Refusal

_REASON = Words(fr="Cette adresse s’est désinscrite.", en="This address has opted out.")


def _judge(case: Case) -> Verdict:
    purposes = {"marketing", case.request.purpose} if case.request.is_selling else {"service"}
    is_out = any(case.known.has_opted_out(purpose) for purpose in purposes)
    return Refusal("opt_out", _REASON) if is_out else None


def _said(is_given: bool, year: int, *, is_personal: bool = False) -> Statement:
    return Statement("marketing", is_given, is_personal, has_proof=True, recorded_at=datetime(year, 1, 1, tzinfo=UTC))


_SELLING = example(purpose="marketing", message_class="soft_optin")

opt_out = Rule(
    name="opt_out",
    rank=20,
    words=Words(
        fr="L’adresse ne s’est pas désinscrite ; seule la personne peut revenir sur son refus.",
        en="The address has not opted out; only the person can take a no back.",
    ),
    judge=_judge,
    passes=(
        Case(_SELLING),
        Case(example(), Known(suppressed=frozenset({"marketing"}))),  # service under the contract goes on
        Case(_SELLING, Known(statements=(_said(False, 2024), _said(True, 2025, is_personal=True)))),
    ),
    stops=(
        Case(_SELLING, Known(suppressed=frozenset({"marketing"}))),
        Case(example(), Known(suppressed=frozenset({"all"}))),
        Case(_SELLING, Known(statements=(_said(False, 2024), _said(True, 2025)))),  # an import says yes: not enough
        Case(example(message_class="b2b_legit"), Known(suppressed=frozenset({"marketing"}))),
    ),
)
