"""Read text as numbers, days, instants and choices, column by column; what cannot be read becomes null."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.sources import spellings
from prevenance.sources.mapping import Slot

_SPACES = r"[\s\x{00a0}\x{202f}\x{2009}€$£]|(?i:eur|usd|gbp|chf)"
_WITH_COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$"
_WITH_POINT = r"^[+-]?(?:\d+|\d{1,3}(?:[,'’]\d{3})+)(?:\.\d+)?$"
_OFFSET = r"([+-])(\d{2})(?::?(\d{2}))?$"
_SHORT_YEAR = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](YY)(\D|$)"
_TWO_PARTS = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})"
_YES = ("oui", "o", "yes", "y", "vrai", "true", "x", "✓", "✔", "1", "ja")
_NO = ("non", "n", "no", "faux", "false", "0", "nein")

_INSTANT = "timestamp(6)"


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp(6)"), "timestamp(6)"))  # type: ignore[untyped-decorator]  # Ibis types it as Any
def _in_zone(zone: str, instant: ir.TimestampValue) -> ir.TimestampValue:
    """Say in which zone a time was meant, or show it in one (DuckDB's `timezone`; Spark's is `to_utc_timestamp`)."""


@dataclass(frozen=True)
class Parser:
    """Reads a column of text.

    Attributes:
        name: the word in a mapping's `parse:`.
        gives: what kind of value comes out.
        words: what it reads, for people.
        expr: builds the expression from the text column and the source's time zone.
        is_strict: whether what it cannot read is a fault; numbers and dates always are, most texts never.
    """

    name: str
    gives: Slot
    words: Words
    expr: Callable[[ir.StringValue, str], ir.Value]
    is_strict: bool = False

    @property
    def judges(self) -> bool:
        """Return whether a value that it cannot read is a fault."""
        return self.is_strict or self.gives != "text"


def _number(text: ir.StringValue, _zone: str) -> ir.Value:
    return _finite(text.re_replace(_SPACES, ""))


def _decimal_comma(text: ir.StringValue, _zone: str) -> ir.Value:
    """Read 1.234,56 and 1 234,56; 12.50 is not read, rather than taken for 1250."""
    plain = text.re_replace(_SPACES, "").replace("\N{MINUS SIGN}", "-")
    fits = ibis.ifelse(plain.re_search(_WITH_COMMA), plain, ibis.null("string"))
    return _finite(fits.replace(".", "").replace(",", "."))


def _decimal_point(text: ir.StringValue, _zone: str) -> ir.Value:
    """Read 1,234.56; 12,5 is not read, rather than taken for 125."""
    plain = text.re_replace(_SPACES, "").replace("\N{MINUS SIGN}", "-")
    fits = ibis.ifelse(plain.re_search(_WITH_POINT), plain, ibis.null("string"))
    return _finite(fits.re_replace("[,'’]", ""))


def _finite(text: ir.StringValue) -> ir.Value:
    """Return the number; `nan` and `infinity`, which engines read as numbers, are none."""
    return ibis.ifelse(text.re_search(r"\d"), text.try_cast("float64"), ibis.null("float64"))


def _to_utc(local: ir.Value, zone: str) -> ir.Value:
    return local if zone == "UTC" else _in_zone("UTC", _in_zone(zone, local))


def _iso_datetime(text: ir.StringValue, zone: str) -> ir.Value:
    plain = text.strip().re_replace("Z$", "+00:00")
    sign = plain.re_extract(_OFFSET, 1)
    hours = plain.re_extract(_OFFSET, 2).try_cast("int64")
    minutes = hours * 60 + ibis.coalesce(plain.re_extract(_OFFSET, 3).try_cast("int64"), 0)
    # A day such as 2024-03-11 ends like an offset too, and is shorter than any time.
    has_offset = (plain.length() > 16) & plain.re_search(_OFFSET)
    written = plain.re_replace(_OFFSET, "").try_cast(_INSTANT)
    shifted = written - ibis.ifelse(sign == "-", -minutes, minutes).as_interval("m")
    is_day = plain.length() <= 10
    whole = plain.try_cast(_INSTANT)
    return ibis.cases((has_offset, shifted), (is_day, whole), else_=_to_utc(whole, zone))


def _datetime_dmy(text: ir.StringValue, zone: str) -> ir.Value:
    return _iso_datetime(_clock(_dmy_to_iso(text)), zone)


def _datetime_mdy(text: ir.StringValue, zone: str) -> ir.Value:
    return _iso_datetime(_clock(_mdy_to_iso(text)), zone)


def _clock(text: ir.StringValue) -> ir.StringValue:
    """Return `à 14h05` as ` 14:05`."""
    return text.re_replace(r"\s+[àa]\s+", " ").re_replace(r"(\d)\s?h\s?(\d\d)", r"\1:\2")


def _dmy_to_iso(text: ir.StringValue) -> ir.StringValue:
    return _whole_year(text).re_replace(_TWO_PARTS, r"\3-\2-\1")


def _mdy_to_iso(text: ir.StringValue) -> ir.StringValue:
    return _whole_year(text).re_replace(_TWO_PARTS, r"\3-\1-\2")


def _whole_year(text: ir.StringValue) -> ir.StringValue:
    """Return the date with four digits for the year; as in Excel, 29 is 2029 and 30 is 1930."""
    plain = text.strip()
    this_century = plain.re_replace(_SHORT_YEAR.replace("YY", r"[0-2]\d"), r"\1/\2/20\3\4")
    return this_century.re_replace(_SHORT_YEAR.replace("YY", r"[3-9]\d"), r"\1/\2/19\3\4")


def _date_ymd(text: ir.StringValue, _zone: str) -> ir.Value:
    return text.strip().substr(0, 10).try_cast("date").cast(_INSTANT)


def _date_dmy(text: ir.StringValue, _zone: str) -> ir.Value:
    return _dmy_to_iso(text).re_extract(r"^\d{4}-\d{1,2}-\d{1,2}", 0).try_cast("date").cast(_INSTANT)


def _date_mdy(text: ir.StringValue, _zone: str) -> ir.Value:
    return _mdy_to_iso(text).re_extract(r"^\d{4}-\d{1,2}-\d{1,2}", 0).try_cast("date").cast(_INSTANT)


def _date_compact(text: ir.StringValue, _zone: str) -> ir.Value:
    return text.strip().re_replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3").try_cast("date").cast(_INSTANT)


def _excel_date(text: ir.StringValue, zone: str) -> ir.Value:
    return ibis.coalesce(_serial(text), _datetime_dmy(text, zone))


def _excel_date_mdy(text: ir.StringValue, zone: str) -> ir.Value:
    return ibis.coalesce(_serial(text), _datetime_mdy(text, zone))


def _serial(text: ir.StringValue) -> ir.Value:
    serial = text.strip().try_cast("float64")
    return _from_seconds((serial - 25_569) * 86_400)  # 25,569 is 1 January 1970 in Excel's calendar


def _epoch(text: ir.StringValue, _zone: str) -> ir.Value:
    value = text.strip().try_cast("float64")
    seconds = ibis.ifelse(value.abs() > 100_000_000_000, value / 1000, value)  # beyond the year 5138: milliseconds
    return _from_seconds(seconds)


def _from_seconds(seconds: ir.Value) -> ir.Value:
    """Return the instant of seconds since 1970, null before 1890 and after 2110: engines fail on absurd ones."""
    usable = ibis.ifelse(seconds.between(-2_524_608_000, 4_417_977_600), seconds, ibis.null("float64"))
    return (usable * 1000).round().cast("int64").as_timestamp("ms").cast(_INSTANT)


def _yes_no(text: ir.StringValue, _zone: str) -> ir.Value:
    said = text.strip().lower()
    return ibis.cases(
        (said.re_search(spellings.one_of(_YES)), True),
        (said.re_search(spellings.one_of(_NO)), False),
        else_=ibis.null("boolean"),
    )


def _text(text: ir.StringValue, _zone: str) -> ir.Value:
    return text.strip().nullif("")


def _email(text: ir.StringValue, _zone: str) -> ir.Value:
    return text.strip().lower().re_replace("^mailto:", "").nullif("")


def _phone(text: ir.StringValue, _zone: str) -> ir.Value:
    digits = text.re_replace(r"\(0\)", "").re_replace(r"[^\d+]", "").re_replace("^00", "+")
    # National numbers have ten digits in France and eleven in the United Kingdom.
    return digits.re_replace(r"^0([1-9]\d{8})$", r"+33\1").re_replace(r"^0([1-9]\d{9})$", r"+44\1").nullif("")


def _first_word(text: ir.StringValue, _zone: str) -> ir.Value:
    return text.re_extract(r"^\s*(\S+)", 1).nullif("")


def _siren(text: ir.StringValue, _zone: str) -> ir.Value:
    """Read the nine digits that name a French company, from SIREN, SIRET or VAT number."""
    plain = text.upper().re_replace(r"[\s\x{00a0}\x{202f}.\-]", "")
    return plain.re_extract(r"^(?:FR[0-9A-Z]{2})?(\d{9})(?:\d{5})?$", 1).nullif("")


def _as_spelled(spelled: Callable[[ir.StringValue], ir.StringValue]) -> Callable[[ir.StringValue, str], ir.Value]:
    return lambda text, _zone: spelled(text)


PARSERS: dict[str, Parser] = {
    parser.name: parser
    for parser in (
        Parser("text", "text", Words(fr="du texte", en="text"), _text),
        Parser("email", "text", Words(fr="une adresse e-mail", en="an e-mail address"), _email),
        Parser("phone", "text", Words(fr="un téléphone", en="a phone number"), _phone),
        Parser("siren", "text", Words(fr="un SIREN, SIRET ou n° de TVA", en="a French company number"), _siren),
        Parser("first_word", "text", Words(fr="le premier mot", en="the first word"), _first_word),
        Parser("person_name", "text", Words(fr="un nom de personne", en="a person's name"),
               _as_spelled(spellings.person_name_expr)),
        Parser("address", "text", Words(fr="une adresse postale", en="a postal address"),
               _as_spelled(spellings.address_expr)),
        Parser("place", "text", Words(fr="une ville", en="a town"), _as_spelled(spellings.place_expr)),
        Parser("postal_code_fr", "text", Words(fr="un code postal français", en="a French post code"),
               _as_spelled(spellings.postal_code_fr_expr)),
        Parser("currency", "text", Words(fr="une monnaie : €, euros, EUR", en="a currency: €, euros, EUR"),
               _as_spelled(spellings.currency_expr), is_strict=True),
        Parser("number", "number", Words(fr="un nombre à point décimal", en="a number with a decimal point"), _number),
        Parser("decimal_comma", "number", Words(fr="un nombre à virgule", en="a decimal comma"), _decimal_comma),
        Parser("decimal_point", "number", Words(fr="1,234.56, à l’anglaise", en="1,234.56"), _decimal_point),
        Parser("iso_datetime", "instant", Words(fr="2024-03-11T10:05:00Z", en="2024-03-11T10:05:00Z"), _iso_datetime),
        Parser("datetime_dmy", "instant", Words(fr="11/03/2024 10:05", en="11/03/2024 10:05"), _datetime_dmy),
        Parser("datetime_mdy", "instant", Words(fr="12/31/2024 10:05", en="12/31/2024 10:05"), _datetime_mdy),
        Parser("date_ymd", "day", Words(fr="2024-03-11", en="2024-03-11"), _date_ymd),
        Parser("date_dmy", "day", Words(fr="11/03/2024", en="11/03/2024"), _date_dmy),
        Parser("date_mdy", "day", Words(fr="12/31/2024", en="12/31/2024"), _date_mdy),
        Parser("date_compact", "day", Words(fr="20240311", en="20240311"), _date_compact),
        Parser("excel_date", "day", Words(fr="une date Excel ou écrite", en="an Excel or written date"), _excel_date),
        Parser("excel_date_mdy", "day", Words(fr="Excel ou 12/31/2024", en="Excel or 12/31/2024"), _excel_date_mdy),
        Parser("epoch", "instant", Words(fr="des secondes depuis 1970", en="seconds since 1970"), _epoch),
        Parser("yes_no", "boolean", Words(fr="Oui, Non, Vrai, X", en="yes, no, true, x"), _yes_no),
    )
}  # fmt: skip


def parsed_expr(column: ir.Value, parser: Parser, zone: str) -> ir.Value:
    """Return a column read by a parser; a column that already has the type is only cast."""
    kind = column.type()
    if parser.gives in {"instant", "day"} and (kind.is_timestamp() or kind.is_date()):
        return column.cast(_INSTANT)
    if parser.gives == "number" and kind.is_numeric():
        return column.cast("float64")
    if parser.gives == "boolean" and kind.is_boolean():
        return column
    text = column if kind.is_string() else column.cast("string")
    return parser.expr(text, zone)
