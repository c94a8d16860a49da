"""Keep to decent hours where the customer lives; for calls to consumers, to those of the law (C. conso D.223-9)."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prevenance.kit.words import Words
from prevenance.privacy.base import Case, Rule, Verdict, example
from prevenance.privacy.permit import NotNow
from prevenance.privacy.policy import Span
from prevenance.records.answers import Undetermined

_CLOSED = Words(fr="Ce n’est pas une heure pour ce contact.", en="This is not an hour for this contact.")
_NOWHERE = Words(fr="Le fuseau horaire du client est inconnu.", en="The customer’s time zone is unknown.")
_SATURDAY, _SUNDAY = 5, 6
_DAYS_AHEAD = 14


def _judge(case: Case) -> Verdict:
    request = case.request
    if request.when == "later" or request.channel == "post":
        return None
    try:
        zone = ZoneInfo(request.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return Undetermined("quiet_hours", _NOWHERE)
    local = case.at.astimezone(zone)
    for ahead in range(_DAYS_AHEAD):
        day = local.date() + timedelta(days=ahead)
        for start, end in _spans(case, day):
            opens_at = datetime.combine(day, start, zone).astimezone(UTC)
            if case.at < datetime.combine(day, end, zone).astimezone(UTC):
                return NotNow("quiet_hours", _CLOSED, opens_at) if case.at < opens_at else None
    return NotNow("quiet_hours", _CLOSED, case.at + timedelta(days=_DAYS_AHEAD))


def _spans(case: Case, day: date) -> tuple[Span, ...]:
    """Return the hours at which this contact is decent on a day of the customer’s calendar."""
    request, policy = case.request, case.policy
    is_holiday = day in _holidays(request.country, day.year)
    if request.channel == "phone":
        is_open = day.weekday() < _SATURDAY and not is_holiday
        hours = policy.professional_call_hours if request.is_professional else policy.consumer_call_hours
        return hours if is_open else ()
    if request.is_selling:
        return policy.selling_hours if day.weekday() < _SUNDAY and not is_holiday else ()
    return policy.service_hours


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays

    try:
        return frozenset(holidays.country_holidays(country.upper(), years=year))
    except NotImplementedError:
        return frozenset()  # a country without a known calendar still has its nights and Sundays


def _at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, 30, tzinfo=UTC)  # Paris is one hour ahead in winter, two in summer


_MAIL = example()
_SELLING = example(purpose="marketing", message_class="soft_optin")
_CALL = example(channel="phone", address="+33612345678")

quiet_hours = Rule(
    name="quiet_hours",
    rank=90,
    words=Words(fr="Le contact a lieu à une heure convenable.", en="The contact happens at a decent hour."),
    judge=_judge,
    passes=(
        Case(_MAIL, at=_at(24, 20)),
        Case(_SELLING, at=_at(24, 10)),
        Case(_CALL, at=_at(24, 9)),
        Case(example(channel="phone", address="+33612345678", is_professional=True), at=_at(24, 12)),
        Case(example(purpose="marketing", message_class="soft_optin", when="later"), at=_at(22, 3)),
        Case(example(purpose="marketing", message_class="soft_optin", time_zone="America/Montreal"), at=_at(24, 14)),
    ),
    stops=(
        Case(_MAIL, at=_at(24, 2)),
        Case(_SELLING, at=_at(22, 10)),  # a Sunday
        Case(_SELLING, at=_at(14, 10, month=7)),  # the French national day
        Case(_CALL, at=_at(24, 12)),  # 13:30 in Paris, between the two windows
        Case(_CALL, at=_at(21, 10)),  # a Saturday
        Case(example(purpose="marketing", message_class="soft_optin", time_zone="America/Montreal"), at=_at(24, 9)),
        Case(example(time_zone="Atlantis/Centre")),
    ),
)
