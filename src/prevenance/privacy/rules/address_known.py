"""Stop a contact whose address is missing or could not reach anyone."""

from prevenance.kit.words import Words
from prevenance.privacy.address import is_usable
from prevenance.privacy.base import Case, Rule, Verdict, example
from prevenance.records.answers import Undetermined

_MISSING = Words(fr="Aucune adresse connue pour ce canal.", en="No address is known for this channel.")
_BROKEN = Words(
    fr="L’adresse n’a pas une forme valable : à corriger.", en="The address is malformed: please correct it."
)


def _judge(case: Case) -> Verdict:
    request = case.request
    if not request.address:
        return Undetermined("address_known", _MISSING)
    if not is_usable(request.channel, request.address):
        return Undetermined("address_known", _BROKEN)
    return None


address_known = Rule(
    name="address_known",
    rank=10,
    words=Words(
        fr="L’adresse du destinataire est connue et valable.", en="The recipient’s address is known and valid."
    ),
    judge=_judge,
    passes=(
        Case(example()),
        Case(example(channel="phone", address="+33 6 12 34 56 78")),
        Case(example(address="zoé@bücher.example")),
    ),
    stops=(
        Case(example(address=None)),
        Case(example(address="")),
        Case(example(address="ada@example.com, eve@example.com")),
        Case(example(address="ada@example.com\r\nBcc: eve@example.com")),
        Case(example(channel="phone", address="n/a")),
    ),
)
