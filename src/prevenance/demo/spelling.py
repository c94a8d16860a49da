"""Spell the same name, telephone number or category as differently as people and systems do."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.population import Names
from prevenance.demo.scale import Bools, Ints
from prevenance.demo.systems import Company
from prevenance.demo.text import Text, join, pick, where

PLACEHOLDERS = ("n/a", "contact@", "-", "aucun", "xxx@xxx.xx", "contact@exemple.example", "néant")
INVALID_EMAILS = ("@@", " at ", "..@", "@")


def company_name(names: Names, rows: Ints, chance: np.random.Generator, *, is_old_system: bool) -> Text:
    """Return names with legal forms before, after or left out; old systems lose accents and shout."""
    at, n = pa.array(rows), rows.size
    core, plain, legal = names.core.take(at), names.core_folded.take(at), names.legal.take(at)
    roll = chance.random(n)
    if is_old_system:
        shouted = pc.utf8_upper(plain)
        return where(
            pc.equal(legal, "").to_numpy(zero_copy_only=False) | (roll < 0.15),
            shouted,
            where(roll < 0.35, join(pc.utf8_upper(legal), " ", shouted), join(shouted, " ", pc.utf8_upper(legal))),
        )
    spelled = where(roll < 0.10, plain, where(roll < 0.16, pc.utf8_upper(plain), core))
    placed = chance.random(n)
    return where(
        pc.equal(legal, "").to_numpy(zero_copy_only=False) | (placed < 0.30),
        spelled,
        where(placed < 0.45, join(legal, " ", spelled), join(spelled, " ", legal)),
    )


def misspelled(text: Text, chance: np.random.Generator) -> Text:
    """Return the text with one letter left out: a slip of the typist."""
    place = 2 + int(chance.integers(0, 3))
    return join(pc.utf8_slice_codeunits(text, 0, place), pc.utf8_slice_codeunits(text, place + 1))


def phone(number: Text, is_french: Bools, chance: np.random.Generator) -> Text:
    """Return national digits in one of the many ways in which people write them."""
    way = chance.integers(0, 6, is_french.size)
    french = [
        _by_twos(number, " "),
        number,
        _by_twos(number, "."),
        join("+33 ", _french_short(number, " ")),
        join("+33", pc.utf8_slice_codeunits(number, 1)),
        join("0033 ", _french_short(number, " ")),
    ]
    tail = pc.utf8_slice_codeunits(number, 5)
    head = pc.utf8_slice_codeunits(number, 0, 5)
    english = [
        join(head, " ", tail),
        number,
        join("(", head, ") ", tail),
        join("+44 ", pc.utf8_slice_codeunits(head, 1), " ", tail),
        join("+44", pc.utf8_slice_codeunits(number, 1)),
        join(head, "-", tail),
    ]
    ways = pa.array(way)
    written = where(is_french, pc.choose(ways, *french), pc.choose(ways, *english))
    return pc.if_else(pc.is_valid(number), written, pa.scalar(None, pa.string()))


def _by_twos(number: Text, mark: str) -> Text:
    parts = [pc.utf8_slice_codeunits(number, start, start + 2) for start in range(0, 10, 2)]
    return pc.binary_join_element_wise(*parts, mark, null_handling="replace", null_replacement="")


def _french_short(number: Text, mark: str) -> Text:
    parts = [pc.utf8_slice_codeunits(number, 1, 2)] + [
        pc.utf8_slice_codeunits(number, start, start + 2) for start in range(2, 10, 2)
    ]
    return pc.binary_join_element_wise(*parts, mark, null_handling="replace", null_replacement="")


def soiled_emails(company: Company, email: Text, keys: Text, file: str, chance: np.random.Generator) -> Text:
    """Return e-mail addresses some of which are invalid or mere placeholders, and note which."""
    n = len(email)
    roll, present = chance.random(n), pc.is_valid(email).to_numpy(zero_copy_only=False)
    invalid = present & (roll < company.dirt.invalid_email)
    placeholder = present & ~invalid & (roll < company.dirt.invalid_email + company.dirt.placeholder_email)
    local, domain = _halves(email)
    broken = join(
        local,
        pick(INVALID_EMAILS, chance.integers(0, len(INVALID_EMAILS), n)),
        pc.replace_substring(domain, ".example", ""),
    )
    fake = pick(PLACEHOLDERS, chance.integers(0, len(PLACEHOLDERS), n))
    fake = where(np.asarray(pc.equal(fake, "contact@")), join("contact@", domain), fake)
    company.faults.add("invalid_email", file, keys.filter(pa.array(invalid)))
    company.faults.add("placeholder_email", file, keys.filter(pa.array(placeholder)))
    return where(invalid, broken, where(placeholder, fake, email))


def _halves(email: Text) -> tuple[Text, Text]:
    halves = pc.extract_regex(email, "^(?P<local>[^@]*)@(?P<domain>.*)$")
    return pc.struct_field(halves, "local"), pc.struct_field(halves, "domain")
