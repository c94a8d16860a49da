"""Stop selling over an open complaint: service comes first."""

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Rule, Verdict, example
from prevenance.records.answers import Refusal, Undetermined

_OPEN = Words(fr="Une réclamation est en cours : on aide d’abord.", en="A complaint is open: help comes first.")
_UNKNOWN = Words(fr="On ignore si une réclamation est en cours.", en="It is not known whether a complaint is open.")


def _judge(case: Case) -> Verdict:
    if not case.request.is_selling:
        return None
    if case.request.has_open_complaint is None:
        return Undetermined("open_complaint", _UNKNOWN)
    return Refusal("open_complaint", _OPEN) if case.request.has_open_complaint else None


_SELLING = {"purpose": "marketing", "message_class": "soft_optin"}

open_complaint = Rule(
    name="open_complaint",
    rank=50,
    words=Words(fr="Aucune réclamation n’est en cours.", en="No complaint is open."),
    judge=_judge,
    passes=(Case(example(**_SELLING)), Case(example(has_open_complaint=True)), Case(example(has_open_complaint=None))),
    stops=(
        Case(example(**_SELLING, has_open_complaint=True)),
        Case(example(**_SELLING, has_open_complaint=None)),
    ),
)
