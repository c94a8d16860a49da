"""Stop a contact that would be one too many; contacts by people of the company count too."""

from datetime import UTC, datetime, timedelta

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Contact, Known, Rule, Verdict, example
from prevenance.privacy.permit import NotNow

_REASON = Words(
    fr="Ce client a déjà été contacté assez souvent ces derniers temps.",
    en="This customer has been contacted often enough lately.",
)
_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)


def _judge(case: Case) -> Verdict:
    policy, request = case.policy, case.request
    contacts = [contact.at for contact in case.known.contacts]
    selling = [contact.at for contact in case.known.contacts if contact.purpose == "marketing"]
    calls = [contact.at for contact in case.known.contacts if contact.medium == "phone"]
    limits = [(contacts, _WEEK, policy.contacts_per_7_days - request.n_recent_human_contacts)]
    if request.is_selling:
        limits += [(selling, _WEEK, policy.marketing_per_7_days), (selling, _MONTH, policy.marketing_per_30_days)]
    if request.channel == "phone" and not request.is_professional:
        limits.append((calls, _MONTH, policy.consumer_calls_per_30_days))
    openings = [opening for limit in limits if (opening := _opening(case.at, *limit)) is not None]
    return NotNow("frequency_cap", _REASON, max(openings)) if openings else None


def _opening(at: datetime, contacts: list[datetime], window: timedelta, limit: int) -> datetime | None:
    """Return when the window has room again, or None where it has room now."""
    recent = sorted(contact for contact in contacts if at - window < contact)
    if len(recent) < limit:
        return None
    return recent[len(recent) - limit] + window if 0 < limit <= len(recent) else at + window


def _past(*days_ago: int, medium: str = "email", purpose: str = "service") -> Known:
    moment = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    return Known(contacts=tuple(Contact(moment - timedelta(days=ago), medium, purpose) for ago in days_ago))


_SELLING = example(purpose="marketing", message_class="soft_optin")
_CALL = example(channel="phone", address="+33612345678")

frequency_cap = Rule(
    name="frequency_cap",
    rank=80,
    words=Words(fr="Le client n’est pas sollicité trop souvent.", en="The customer is not contacted too often."),
    judge=_judge,
    passes=(
        Case(example(), _past(1, 2)),
        Case(_SELLING, _past(8, purpose="marketing")),
        Case(_SELLING, _past(1, purpose="service")),
        Case(_CALL, _past(8, 9, 10, medium="phone")),
    ),
    stops=(
        Case(example(), _past(1, 2, 3)),
        Case(example(n_recent_human_contacts=2), _past(1)),
        Case(example(n_recent_human_contacts=3)),
        Case(_SELLING, _past(2, purpose="marketing")),
        Case(_SELLING, _past(8, 16, purpose="marketing")),
        Case(_CALL, _past(8, 9, 10, 11, medium="phone")),
    ),
)
