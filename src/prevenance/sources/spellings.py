"""Write names, places, addresses and currencies as a careful person would.

What was typed with care stays as it was: only texts all in capitals or all in small letters get others. Everything is
an expression over a column; what was written is kept beside.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
from babel.numbers import list_currencies

_GAPS = r"[\s\x{00a0}\x{202f}\x{2009}]+"
_TITLES = (
    r"(?i)^(?:(?:monsieur|madame|mademoiselle|docteur|docteure|ma[iî]tre|professeur|messieurs|mesdames|m\.?\s*et\s*mme|mmes?|mlles?|mrs?|mr|ms|miss|"
    r"mx|dr|pr|prof|me|mm|m)\b\.?\s+)+"
)
_LAST_THEN_FIRST = r"^([^,]+?)\s*,\s*([^,]+)$"
_SUFFIX = r"(?i)^(?:jr|sr|ii|iii|iv|ph\.?d|md|esq)\.?$"  # “King, Jr” is no first name
_PARTICLES = ("De", "Du", "Des", "Von", "Zu", "Zum")  # small wherever they stand, as in “de Gaulle”
_INNER_PARTICLES = ("Van", "Den", "Der", "Ter", "Di", "Da", "Dos", "Del", "Della", "Et", "And", "Y", "E")
_PLACE_WORDS = ("Sur", "Sous", "En", "Les", "Lès", "Lez", "De", "Du", "Des", "La", "Le", "Aux", "Et", "À", "Au")
_STREET_WORDS = (
    "Rue", "Avenue", "Boulevard", "Place", "Route", "Chemin", "Impasse", "Allée", "Quai", "Cours", "Square",
    "Passage", "Bis", "Ter", "De", "Du", "Des", "La", "Le", "Les", "Et", "En", "Sur", "Aux", "Au",
)  # fmt: skip
_STREETS = {
    "avenue": "av|ave", "boulevard": "bd|bld|boul|blvd", "rue": "r", "place": "pl", "route": "rte", "chemin": "ch|chem",
    "impasse": "imp", "allée": "all", "square": "sq", "faubourg": "fg|fbg",
}  # fmt: skip
_NUMBER = r"^(\d+\s*(?:(?i:bis|ter|quater)\b)?)\s*,?\s*"
_SAID_OF_MONEY: Mapping[str, tuple[str, ...]] = {
    "EUR": ("€", "euro", "euros"),
    "USD": ("$", "us$", "dollar", "dollars", "dollar us", "us dollar", "us dollars"),
    "GBP": ("£", "livre sterling", "livres sterling", "pound", "pounds", "pound sterling", "pounds sterling"),
    "CHF": ("fr.", "sfr", "franc suisse", "francs suisses", "swiss franc", "swiss francs"),
    "CAD": ("c$", "ca$", "can$", "dollar canadien", "dollars canadiens", "canadian dollar", "canadian dollars"),
    "JPY": ("¥", "yen", "yens"),
    "PLN": ("zł", "zloty", "zlotys"),
    "MAD": ("dh", "dhs", "dirham", "dirhams"),
    "XOF": ("fcfa", "cfa", "f cfa"),
}


def person_name_expr(text: ir.StringValue) -> ir.StringValue:
    """Return a name without title, “DUPONT, Jean” turned round; “JEAN DE LA FONTAINE” becomes “Jean de La Fontaine”."""
    tidy = _tidy(text)
    first = tidy.re_extract(_LAST_THEN_FIRST, 2)
    turned = ibis.ifelse(
        (first != "") & ~first.re_search(_SUFFIX), first.concat(" ", tidy.re_extract(_LAST_THEN_FIRST, 1)), tidy
    )
    bare = turned.re_replace(_TITLES, "")
    careful = _small(_small(_capitals(bare), _INNER_PARTICLES), _PARTICLES, first=True).replace(" D'", " d'")
    return ibis.ifelse(_is_careless(bare), careful, _by_word(bare, _quiet)).nullif("")


def place_expr(text: ir.StringValue) -> ir.StringValue:
    """Return a town: “BOULOGNE-SUR-MER CEDEX 03” becomes “Boulogne-sur-Mer Cedex 03”."""
    tidy = _tidy(text)
    return ibis.ifelse(_is_careless(tidy), _small(_capitals(tidy), _PLACE_WORDS), tidy).nullif("")


def address_expr(text: ir.StringValue) -> ir.StringValue:
    """Return an address: “12,AV. DE LA RÉPUBLIQUE” becomes “12 avenue de la République”."""
    tidy = _tidy(text).re_replace(r"[\s,;]+$", "")
    numbered = tidy.re_replace(_NUMBER, r"\1 ").re_replace(_GAPS, " ")
    for whole, short in _STREETS.items():
        numbered = numbered.re_replace(rf"^(\d+ (?:(?i:bis|ter|quater) )?)(?i:{short})\b\.? +", rf"\1{whole} ")
    careful = _small(_capitals(numbered), _STREET_WORDS)
    return ibis.ifelse(_is_careless(tidy), careful, numbered).nullif("")


def postal_code_fr_expr(text: ir.StringValue) -> ir.StringValue:
    """Return five digits: a spreadsheet makes 1000 of 01000, and people write 75 011. Other codes stay."""
    plain = _tidy(text).upper()
    digits = plain.re_replace(r"[^0-9A-Z]", "").re_replace(r"^F(?:R)?(\d{5})$", r"\1")
    is_short, is_whole = digits.re_search(r"^\d{4}$"), digits.re_search(r"^\d{5}$")
    return ibis.cases((is_short, ibis.literal("0").concat(digits)), (is_whole, digits), else_=plain).nullif("")


def currency_expr(text: ir.StringValue) -> ir.StringValue:
    """Return the ISO 4217 code; null for what names no single currency, such as “kr”."""
    said = _tidy(text).lower()
    named = [(said.re_search(one_of(words)), code) for code, words in _SAID_OF_MONEY.items()]
    is_code = said.upper().re_search(one_of(sorted(list_currencies())))
    return ibis.cases((is_code, said.upper()), *named, else_=ibis.null("string"))


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of texts that are one of these.

    Engines make a join of a long list, and run it even where nobody asks for the column; a pattern costs one pass.
    """
    return f"^({'|'.join(map(re.escape, words))})$"


def _tidy(text: ir.StringValue) -> ir.StringValue:
    return text.replace("’", "'").re_replace(_GAPS, " ").strip()


def _is_careless(text: ir.StringValue) -> ir.BooleanValue:
    return _shouts(text) | (text.lower() == text)


def _shouts(text: ir.StringValue) -> ir.BooleanValue:
    return text.upper() == text


def _by_word(text: ir.StringValue, written: Callable[[ir.StringValue], ir.StringValue]) -> ir.StringValue:
    return text.split(" ").map(written).join(" ")


def _quiet(word: ir.StringValue) -> ir.StringValue:
    """Return a word without the shouting of “DUPONT Jean” and “d'ORSAY”; two letters may be initials."""
    return (
        word.split("'")
        .map(lambda part: ibis.ifelse((part.length() > 2) & _shouts(part), _capitals(part), part))
        .join("'")
    )


def _capitals(text: ir.StringValue) -> ir.StringValue:
    """Return a text in small letters, a capital after each space, hyphen and apostrophe, and after Mc."""
    return _by_word(
        text.lower(), lambda word: word.split("-").map(lambda part: part.split("'").map(_capital).join("'")).join("-")
    )


def _capital(part: ir.StringValue) -> ir.StringValue:
    raised = part.substr(0, 1).upper().concat(part.substr(1))
    is_mc = part.startswith("mc") & (part.length() > 3)
    return ibis.ifelse(is_mc, ibis.literal("Mc").concat(part.substr(2, 1).upper(), part.substr(3)), raised)


def _small(text: ir.StringValue, words: Sequence[str], *, first: bool = False) -> ir.StringValue:
    """Return a text with these words in small letters inside it, and (`first`) at its beginning too."""
    for word in words:
        text = text.replace(f" {word} ", f" {word.lower()} ").replace(f"-{word}-", f"-{word.lower()}-")
        text = text.re_replace(f"^{word} ", f"{word.lower()} ") if first else text
    return text
