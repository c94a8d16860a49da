"""Stop selling to a person who objected, be it to marketing or to the profiling behind it (GDPR art. 21)."""

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Known, Rule, Verdict, example
from prevenance.records.answers import Refusal

_REASON = Words(
    fr="La personne s’est opposée à la prospection ou au profilage.",
    en="The person has objected to marketing or profiling.",
)


def _judge(case: Case) -> Verdict:
    return Refusal("objection", _REASON) if case.request.is_selling and case.known.objections else None


_SELLING = example(purpose="marketing", message_class="soft_optin")

objection = Rule(
    name="objection",
    rank=30,
    words=Words(fr="La personne ne s’est pas opposée.", en="The person has not objected."),
    judge=_judge,
    passes=(Case(_SELLING), Case(example(), Known(objections=frozenset({"profiling"})))),
    stops=(
        Case(_SELLING, Known(objections=frozenset({"marketing"}))),
        Case(_SELLING, Known(objections=frozenset({"profiling"}))),
    ),
)
