"""Recognise an address however it is written: an opt-out covers each spelling of the same mailbox or number."""

import re
import unicodedata
from contextlib import suppress

from sqlalchemy import Connection

from prevenance.storage import Ledger

_DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})
_WRITTEN_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x20\x7f-\xa0\u2028\u2029]+@[^@\s<>,;:\"()\[\]\\\x00-\x20]+")
_FEWEST_DIGITS = 6


def normalised(medium: str, address: str, country: str = "FR") -> str:
    """Return the one spelling that stands for all spellings of an address.

    Letter case, Unicode forms and the script of a domain do not count; what follows a `+` does, since it may name
    another mailbox.

    Example:
        >>> normalised("email", " Ada.Lovelace@GMAIL.com "), normalised("email", "ada+shop@Bücher.example")
        ('adalovelace@gmail.com', 'ada+shop@xn--bcher-kva.example')
        >>> normalised("phone", "06 12 34 56 78"), normalised("phone", "0033612345678")
        ('+33612345678', '+33612345678')
    """
    text = unicodedata.normalize("NFKC", address).strip()
    if medium == "email":
        return _mailbox(text)
    if medium == "phone":
        return _number(text, country)
    return re.sub(r"\W+", " ", text.casefold()).strip()


def is_usable(medium: str, address: str) -> bool:
    r"""Tell whether an address could reach someone; what could carry more than an address never can.

    Example:
        >>> is_usable("email", "ada@example.com"), is_usable("email", "ada@example.com\r\nBcc: eve@example.com")
        (True, False)
    """
    if medium == "email":
        return len(address) <= 320 and _WRITTEN_ADDRESS.fullmatch(address) is not None
    if medium == "phone":
        return sum(letter.isdigit() for letter in address) >= _FEWEST_DIGITS and address.isprintable()
    return bool(address.strip())


def address_key(tx: Connection, medium: str, address: str, country: str = "FR") -> str:
    """Return the keyed hash by which an address is remembered, also after its erasure."""
    return Ledger.keyed(tx, "address", medium, normalised(medium, address, country))


def masked(address: str) -> str:
    """Return an address that its owner recognises and nobody else learns.

    Example:
        >>> masked("ada.lovelace@example.com"), masked("+33612345678")
        ('a•••@e•••.com', '+33•••78')
    """
    local, at, domain = address.strip().rpartition("@")
    if at:
        name, dot, ending = domain.rpartition(".")
        return f"{local[:1]}•••@{name[:1]}•••{dot}{ending}"
    return f"{address[:3]}•••{address[-2:]}"


def _mailbox(text: str) -> str:
    local, _, domain = text.casefold().rpartition("@")
    domain = domain.rstrip(".")
    with suppress(UnicodeError):  # not a name that can exist; it is still recognised when it comes again
        domain = domain.encode("idna").decode("ascii")
    if domain in _DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _number(text: str, country: str) -> str:
    import phonenumbers

    text = re.sub(r"^00", "+", re.sub(r"[^\d+]", "", text))
    try:
        parsed = phonenumbers.parse(text, country.upper())
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", text)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
