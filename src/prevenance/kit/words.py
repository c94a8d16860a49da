"""Speak French and English: words in both, numbers and dates as each language writes them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

Language = Literal["fr", "en"]

_LOCALES = {"fr": Locale.parse("fr_FR"), "en": Locale.parse("en_GB")}
_NARROW = "\u202f"
_FIXED = "\u00a0"
_NARROW_BEFORE = re.compile(r"[ \u00a0\u202f]*([;!?»])(?=[\s.,)»]|$)")
_FIXED_BEFORE_COLON = re.compile(r"[ \u00a0\u202f]+:(?=\s|$)")
_FIRST = re.compile(r"(?<!\d)1 (?=[^\W\d])")
_AFTER_OPENING_QUOTE = re.compile(r"«[ \u00a0\u202f]*")


@dataclass(frozen=True)
class Words:
    r"""Holds one thing to say, in both languages of the product.

    Example:
        >>> Words(fr="{n} demandes !", en="{n} requests!").say("fr", n=number(1234, "fr"))
        '1\u202f234 demandes\u202f!'
    """

    fr: str
    en: str

    def say(self, language: Language, **values: object) -> str:
        """Return the sentence in a language, its `{places}` filled with values already written in that language.

        Raises:
            KeyError: a place has no value.
        """
        text = self.fr if language == "fr" else self.en
        said = text.format(**values) if values else text
        return fr_typo(said) if language == "fr" else said


def fr_typo(text: str) -> str:
    r"""Return French text with its spaces right: U+202F before ; ! ? and inside « », U+00A0 before a colon.

    Source: Lexique des règles typographiques en usage à l’Imprimerie nationale.

    Example:
        >>> fr_typo("Prêt ? Oui : « bien »")
        'Prêt\u202f? Oui\xa0: «\u202fbien\u202f»'
    """
    text = _NARROW_BEFORE.sub(_NARROW + r"\1", text)
    text = _FIXED_BEFORE_COLON.sub(_FIXED + ":", text)
    text = _AFTER_OPENING_QUOTE.sub("«" + _NARROW, text)
    return text.replace("'", "’")


def number(value: float | Decimal, language: Language, digits: int = 0) -> str:
    """Return a number as the language writes it, with a fixed count of decimals.

    Example:
        >>> number(1234567.891, "en", 2)
        '1,234,567.89'
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=_LOCALES[language]))


def percent(rate: float, language: Language, digits: int = 0) -> str:
    r"""Return a share of one as a percentage.

    Example:
        >>> percent(0.124, "fr"), percent(0.124, "en", 1)
        ('12\xa0%', '12.4%')
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + ("\u00a0%" if language == "fr" else "%")
    return str(format_percent(rate, format=pattern, locale=_LOCALES[language]))


def money(amount: Decimal | float, currency: str, language: Language) -> str:
    r"""Return an amount with its currency.

    Example:
        >>> money(Decimal("1234.56"), "EUR", "fr"), money(Decimal("1234.56"), "EUR", "en")
        ('1\u202f234,56\xa0€', '€1,234.56')
    """
    return str(format_currency(amount, currency, locale=_LOCALES[language]))


def whole_money(amount: float, currency: str, language: Language) -> str:
    r"""Return an amount with its currency, without hundredths.

    Example:
        >>> whole_money(1234.56, "EUR", "fr"), whole_money(1234.56, "EUR", "en")
        ('1\u202f235\xa0€', '€1,235')
    """
    locale = Locale.parse(_LOCALES[language])
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    return str(format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False))


def day(value: date, language: Language) -> str:
    """Return a day in words short enough for a line.

    Example:
        >>> day(date(2026, 11, 22), "fr"), day(date(2026, 11, 22), "en"), day(date(2026, 11, 1), "fr")
        ('22 nov. 2026', '22 Nov 2026', '1er nov. 2026')
    """
    return dated(value, language, "d MMM y")


def dated(value: date, language: Language, pattern: str) -> str:
    """Return a day after a pattern of CLDR; the first of a month is `1er` in French.

    Example:
        >>> dated(date(2026, 11, 1), "fr", "EEEE d MMMM")
        'dimanche 1er novembre'
    """
    said = str(format_date(value, format=pattern, locale=_LOCALES[language]))
    return _FIRST.sub("1er ", said) if language == "fr" else said


def instant(value: datetime, language: Language, zone: str = "Europe/Paris") -> str:
    """Return an instant as day and time of a time zone.

    Example:
        >>> from datetime import UTC
        >>> instant(datetime(2026, 11, 22, 14, 5, tzinfo=UTC), "en")
        '22 Nov 2026 15:05'
    """
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), language)} {format_datetime(local, format='HH:mm', locale=_LOCALES[language])}"
