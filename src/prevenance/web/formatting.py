"""Write numbers, money, dates and chances for the eyes of one reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from prevenance.kit.words import Language, Words, dated, day, instant, money, number, percent
from prevenance.web.saying import all_texts, say, say_count

_VERBS = (
    "t",
    "tn",
    "words",
    "number",
    "percent",
    "money",
    "day",
    "long_day",
    "month",
    "moment",
    "clock",
    "chance",
    "basis",
    "channel",
    "how_often_right",
)


@dataclass(frozen=True)
class Speech:
    """Says things in one language and one time zone; templates know its verbs by name.

    Example:
        >>> Speech("en", "Europe/Paris").chance(0.41)
        '4 in 10'
    """

    language: Language
    zone: str

    def t(self, key: str, **values: object) -> str:
        """Return a sentence of the screens."""
        return say(key, self.language, **values)

    def tn(self, key: str, n: int, **values: object) -> str:
        """Return the sentence for one or for many, with `{n}` written out."""
        return say_count(key, n, self.language, n=self.number(n), **values)

    def words(self, words: Words) -> str:
        """Return words that come with the data."""
        return words.say(self.language)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """Return a number."""
        return number(value, self.language, digits)

    def percent(self, rate: float, digits: int = 0) -> str:
        """Return a share of one as a percentage."""
        return percent(rate, self.language, digits)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount, without cents when there are none."""
        text = money(amount, currency, self.language)
        return text.replace(",00" if self.language == "fr" else ".00", "") if amount == int(amount) else text

    def day(self, value: date) -> str:
        """Return a day with its year."""
        return day(self.local_day(value), self.language)

    def long_day(self, value: date) -> str:
        """Return a day as in a letter: dimanche 1 novembre."""
        return dated(self.local_day(value), self.language, "EEEE d MMMM")

    def month(self, value: date) -> str:
        """Return a month with its year."""
        return dated(self.local_day(value), self.language, "MMMM y")

    def moment(self, value: datetime) -> str:
        """Return day and time of the company's zone, or the day alone when nobody knew the time."""
        return self.day(value) if _is_a_day(value) else instant(value, self.language, self.zone)

    def clock(self, value: datetime) -> str:
        """Return the time of day in the company's zone, or nothing when nobody knew the time."""
        return "" if _is_a_day(value) else value.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")

    def local_day(self, value: date) -> date:
        """Return the day that an instant falls on for this company; a day stays itself."""
        if not isinstance(value, datetime) or _is_a_day(value):
            return value.date() if isinstance(value, datetime) else value
        return value.astimezone(ZoneInfo(self.zone)).date()

    def chance(self, probability: float) -> str:
        """Return a probability as people count: 4 in 10."""
        tenths = round(probability * 10)
        if tenths == 0:
            return self.t("shared.chance_rare")
        return self.t("shared.chance", n=self.number(tenths)) if tenths < 10 else self.t("shared.chance_near_sure")

    def how_often_right(self, precision: float) -> str:
        """Return a measured precision as people count: right 7 times in 10."""
        tenths = round(precision * 10)
        if tenths == 0:
            return self.t("today.right_rarely")
        return self.t("today.right", n=self.number(tenths)) if tenths < 10 else self.t("today.right_mostly")

    def channel(self, name: str) -> str:
        """Return a channel's name; one that came as an extension says its own."""
        key = f"shared.channel_{name}"
        return self.t(key) if key in all_texts() else name

    def basis(self, name: str) -> str:
        """Return a legal basis in words; what a play of one's own names otherwise is shown as it is."""
        key = f"shared.basis_{name}"
        return self.t(key) if key in all_texts() else name

    def verbs(self) -> dict[str, Callable[..., object]]:
        """Return what templates may call."""
        return {name: getattr(self, name) for name in _VERBS}


def _is_a_day(value: datetime) -> bool:
    """Return whether an instant is really a day: sources that know no time say midnight UTC."""
    return value.astimezone(UTC).time() == time(0)
