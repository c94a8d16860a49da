"""Demand the legal ground that the message's class claims (GDPR art. 6 and 7; CPCE L.34-5; C. conso L.223-1)."""

from collections.abc import Callable
from datetime import UTC, datetime

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Known, Rule, Statement, Verdict, example
from prevenance.records.answers import Refusal, Undetermined

_NAME = "legal_ground"


def _contract(case: Case) -> Verdict:
    if case.request.purpose == "service":
        return None
    return _no("Un message de service ne peut pas vendre.", "A service message cannot sell.")


def _consent(case: Case) -> Verdict:
    given = [said for said in case.known.statements if said.purpose == case.request.purpose and said.is_given]
    if not given:
        return _no("Aucun consentement pour ce canal et cette finalité.", "No consent for this channel and purpose.")
    if not any(said.has_proof for said in given):
        return _unsure("Un consentement est noté, mais sans preuve.", "A consent is noted, but without proof.")
    return None


def _own_customer(case: Case) -> Verdict:
    if case.request.channel == "phone" and not case.request.is_professional:
        return _no("Appeler un particulier demande son consentement.", "Calling a consumer needs consent.")
    if case.request.is_customer is None:
        return _unsure("On ignore si c’est déjà un client.", "It is not known whether this is a customer already.")
    return None if case.request.is_customer else _no("Ce n’est pas encore un client.", "This is not a customer yet.")


def _professional(case: Case) -> Verdict:
    if case.request.is_professional is None:
        return _unsure(
            "On ignore si l’adresse est professionnelle.", "It is not known whether the address is professional."
        )
    return (
        None if case.request.is_professional else _no("Ce n’est pas un professionnel.", "This is not a professional.")
    )


_GROUNDS: dict[str, Callable[[Case], Verdict]] = {
    "contract_service": _contract,
    "consent_marketing": _consent,
    "soft_optin": _own_customer,
    "b2b_legit": _professional,
}


def _judge(case: Case) -> Verdict:
    ground = _GROUNDS.get(case.request.message_class)
    return ground(case) if ground else _no("Catégorie de message inconnue.", "Unknown class of message.")


def _no(fr: str, en: str) -> Refusal:
    return Refusal(_NAME, Words(fr=fr, en=en))


def _unsure(fr: str, en: str) -> Undetermined:
    return Undetermined(_NAME, Words(fr=fr, en=en))


def _agreed(*, has_proof: bool) -> Known:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return Known((Statement("marketing", is_given=True, is_personal=False, has_proof=has_proof, recorded_at=at),))


_BY_CONSENT = example(purpose="marketing", message_class="consent_marketing")

legal_ground = Rule(
    name=_NAME,
    rank=40,
    words=Words(fr="La base légale du message est établie.", en="The message’s legal ground is established."),
    judge=_judge,
    passes=(
        Case(example()),
        Case(_BY_CONSENT, _agreed(has_proof=True)),
        Case(example(purpose="marketing", message_class="soft_optin")),
        Case(example(purpose="marketing", message_class="b2b_legit", is_professional=True)),
    ),
    stops=(
        Case(example(purpose="marketing")),
        Case(_BY_CONSENT),
        Case(_BY_CONSENT, _agreed(has_proof=False)),
        Case(example(purpose="marketing", message_class="soft_optin", is_customer=None)),
        Case(example(purpose="marketing", message_class="soft_optin", is_customer=False)),
        Case(example(purpose="marketing", message_class="soft_optin", channel="phone", address="+33612345678")),
        Case(example(purpose="marketing", message_class="b2b_legit", is_professional=None)),
        Case(example(purpose="marketing", message_class="b2b_legit", is_professional=False)),
        Case(example(message_class="send_anyway")),
    ),
)
