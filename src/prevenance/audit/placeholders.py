"""Tell identifiers that name somebody from those that name nobody, or everybody.

`null`, `guest` or `contact@...` have joined strangers in many products (reliability.md, ID-01). The patterns are
written once, in the dialect that Python and the engines share, and used by both.
"""

import re

import ibis
import ibis.expr.types as ir

_NOBODY = (
    r"^(|[-_.?*/#\s]+|-?0+(\.0+)?|-1|9{7,}|x{2,}|n\.?/?a\.?|n\.?c\.?|n\.?d\.?|nan|nat|nil|null|none|undefined|unset|"
    r"unknown|void|empty|true|false|yes|no|oui|non|vrai|faux|\[object object\]|object|string|id|key|guest|invit[eé]e?|"
    r"visit(or|eur)|anonymous|anonyme|anon|user|utilisateur|customer|client|default|d[eé]faut|test(er|ing|s)?\d*|d[eé]mo|sample|exemple|"
    r"example|dummy|temp|tmp|todo|tba|tbd|inconnue?|sans|aucune?|n[eé]ant|vide|admin|root|system|kiosk|kiosque|borne|"
    r"device|tablet)$"
)
_ROLES = (
    r"^(contacts?|infos?|information|support|admin|administration|administrateur|no-?reply|ne-?pas-?repondre|hello|bonjour|"
    r"accueil|reception|sales|ventes?|commercial|commerce|compta|comptabilite|accounting|accounts?|facturation|factures?|"
    r"billing|invoices?|service|services|sav|service-?client|secretariat|office|bureau|mail|email|webmaster|postmaster|abuse|"
    r"hostmaster|direction|management|rh|hr|jobs|achats?|purchasing|procurement|commandes?|orders?|logistique|logistics|"
    r"production|atelier|maintenance|technique|it|informatique|helpdesk|marketing|press|presse|team|equipe|all|tous|qualite|"
    r"quality|tests?|demo|guest|anonymous|anonyme|null|none|undefined|unknown|inconnu|nomail|noemail|sans|example|exemple|"
    r"user|client|customer)([._+-].*)?[0-9]*@"
)
_NOBODY_MAIL = (
    r"^x{2,}@|@(x{2,}|test|tests|example|exemple|invalid|localhost|none|null|nomail|noemail|domain|email|mail)"
    r"(\.[a-z]{2,})?$"
)
_MAIL = r"^[^@\s,;]+@[^@\s,;]+\.[a-z0-9-]{2,}$"
_ONE_DIGIT_ONLY = "|".join(f"{digit}{{5,}}" for digit in "0123456789")
_HOLLOW_NUMBER = rf"^({_ONE_DIGIT_ONLY}|123456789|0123456789|1234567890|987654321)$"
_NUMBERED = ("phone", "siren")  # elsewhere 11111 may be the eleven thousandth customer


def is_placeholder(namespace: str, value: str | None) -> bool:
    """Say whether an identifier must never join two records: it names nobody, or a role that several people play.

    Example:
        >>> [is_placeholder("crm", v) for v in ("C1042", "n/a", "0", "[object Object]")]
        [False, True, True, True]
        >>> [is_placeholder("email", v) for v in ("ada@mecalea.fr", "contact@mecalea.fr", "ada")]
        [False, True, True]
    """
    text = (value or "").strip().lower()
    digits = re.sub(r"[^0-9]", "", text)
    if re.search(_NOBODY, text) or (namespace in _NUMBERED and re.search(_HOLLOW_NUMBER, digits)):
        return True
    is_bad_mail = re.search(_ROLES, text) or re.search(_NOBODY_MAIL, text) or not re.search(_MAIL, text)
    return namespace == "email" and bool(is_bad_mail)


def trust_expr(namespace: ir.StringColumn, value: ir.StringColumn) -> ir.StringValue:
    """Return what an identifier is worth: `sure`, `role` (an address that several people share) or `nobody`.

    Only a sure one may join two records; one of a role still names its company.
    """
    text = value.fill_null("").strip().lower()
    is_hollow = namespace.isin(list(_NUMBERED)) & text.re_replace(r"[^0-9]", "").re_search(_HOLLOW_NUMBER)
    is_mail = namespace == "email"
    is_no_mail = text.re_search(_NOBODY_MAIL) | ~text.re_search(_MAIL)
    is_nobody = text.re_search(_NOBODY) | is_hollow | (is_mail & is_no_mail)
    return ibis.cases((is_nobody, "nobody"), (is_mail & text.re_search(_ROLES), "role"), else_="sure")
