"""Write names, places and numbers in the plain form in which two records are compared.

Everything is an expression over columns, so that an engine does it for all records at once.
"""

import ibis.expr.types as ir

_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿčćđěğıłńňőřśšťůűžźż"
_PLAIN = "aaaaaaceeeeiiiinoooooouuuuyyccdegilnnorsstuuzzz"
_LEGAL_FORM = (
    r"\b(sarlu?|sasu?|sa|eurl|eirl|ei|sci|snc|scop|scm|selarl|sca|scp|gie|scic|spa|srls?|gmbh|ag|kg|ohg|ug|ltd|limited|llc|llp|plc|inc|"
    r"incorporated|corp|corporation|company|co|bv|nv|bvba|sprl|srl|oy|ab|aps|as|sl|slu|lda|societe|ste|ets|etablissements?|cie|"
    r"compagnie)\b"
)
_TITLES = r"^(m|mr|mme|mrs|ms|miss|mlle|dr|me|monsieur|madame|mademoiselle|docteur|maitre|pr|prof)\b"


def plain_expr(text: ir.StringColumn) -> ir.StringColumn:
    """Return text in lower case, without accents or punctuation, one space between words; null when nothing is left."""
    lowered = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss").translate(_ACCENTED, _PLAIN)
    joined = lowered.re_replace(r"[.'’`]", "")
    return joined.re_replace(r"[^a-z0-9]+", " ").strip().nullif("")


def company_expr(name: ir.StringColumn) -> ir.StringColumn:
    """Return the name of a company without its legal form (“S.A.R.L. Mécaléa” and “Mecalea” agree)."""
    plain = plain_expr(name)
    bare = plain.re_replace(_LEGAL_FORM, " ").re_replace(r" +", " ").strip().nullif("")
    return bare.fill_null(plain)  # a firm called “Compagnie SA” keeps its name


def person_name_expr(name: ir.StringColumn) -> ir.StringColumn:
    """Return a first or last name without title, accents or hyphens."""
    return plain_expr(name).re_replace(_TITLES, "").strip().nullif("")


def city_expr(city: ir.StringColumn) -> ir.StringColumn:
    """Return a city without its delivery office (“LYON CEDEX 03” is “lyon”), “st” written out."""
    plain = (
        plain_expr(city).re_replace(r"\bcedex\b.*$", "").re_replace(r"\bste\b", "sainte").re_replace(r"\bst\b", "saint")
    )
    return plain.re_replace(r" [0-9]+(e|er|eme)?$", "").strip().nullif("")


def compact_expr(code: ir.StringColumn) -> ir.StringColumn:
    """Return a code as upper-case letters and digits only; null when nothing is left."""
    return code.upper().re_replace(r"[^A-Z0-9]", "").nullif("")


def phone_expr(phone: ir.StringColumn) -> ir.StringColumn:
    """Return the last nine digits of a phone number; null when there are fewer than eight."""
    digits = phone.re_replace(r"[^0-9]", "")
    return (digits.length() >= 8).ifelse(digits.right(9), None)


def registration_expr(number: ir.StringColumn) -> ir.StringColumn:
    """Return a company's registration number; of a French VAT number (FR + 11) or SIRET (14) the SIREN in it."""
    code = compact_expr(number)
    from_vat = code.re_search(r"^FR[0-9A-Z]{2}[0-9]{9}$").ifelse(code.right(9), code)
    siren = from_vat.re_search(r"^[0-9]{14}$").ifelse(from_vat.left(9), from_vat)
    return (siren.length() >= 6).ifelse(siren, None)


def domain_expr(address: ir.StringColumn) -> ir.StringColumn:
    """Return the mail domain of an address or of a web site, without `www.`."""
    host = address.lower().strip().re_replace(r"^[a-z]+://", "").re_replace(r"^.*@", "").re_replace(r"[/:?].*$", "")
    bare = host.re_replace(r"^www\.", "")
    return bare.re_search(r"^[a-z0-9-]+(\.[a-z0-9-]+)+$").ifelse(bare, None)
