"""Make the customers as they truly are: their lasting traits, and what they are called."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo import names
from prevenance.demo.chance import generator, pick_index
from prevenance.demo.scale import Bools, Floats, Ints
from prevenance.demo.text import Text, digits, folded, join, pick, where

CUSTOMER_KINDS = ("persuadable", "sure", "lost", "do_not_disturb")
PLANS = ("Essentiel", "Pro", "Premium")
SEAT_LIMITS = np.array([5, 15, 50])
STORAGE_LIMITS = np.array([20, 100, 500])
API_LIMITS = np.array([1_000, 20_000, 200_000])
MONTHLY_FEES = np.array([59.0, 179.0, 449.0])


@dataclass(frozen=True)
class Population:
    """Holds one row per customer: the hidden traits from which everything else follows."""

    n: int
    seed: int
    is_french: Bools
    is_sole: Bools
    has_contract: Bools
    joined: Ints  # month of the first contract or purchase; negative: before the history begins
    anchor_day: Ints  # day of the month (0 = 1st) on which contract terms begin and end
    term_months: Ints
    plan: Ints
    n_employees: Ints
    engagement: Floats
    growth: Floats
    price_sensitivity: Floats
    contentment: Floats
    frailty: Floats  # what makes a customer leave and nobody can see
    lateness: Floats
    buying: Floats
    affinity: Ints
    season: Ints
    kind: Ints

    def chance(self, part: str) -> np.random.Generator:
        """Return the seeded generator of one part of the work."""
        return generator(self.seed, part)


def population(n: int, seed: int) -> Population:
    """Draw the customers' lasting traits."""
    chance = generator(seed, "traits")
    sole = chance.random(n) < 0.10
    employees = np.where(sole, 1, np.maximum(2, np.exp(chance.normal(2.9, 1.0, n))).astype(np.int64))
    engagement, price = chance.normal(0, 1, n), chance.normal(0, 1, n)
    kind = _kind(engagement, price, chance)
    plan_score = 0.5 * np.log(employees) + chance.normal(0, 0.7, n)
    joined = np.where(chance.random(n) < 0.72, -chance.integers(1, 61, n), chance.integers(0, 34, n))
    kind_frailty = np.array([0.12, -0.28, 0.42, 0.05])[kind]
    return Population(
        n=n,
        seed=seed,
        is_french=chance.random(n) < 0.70,
        is_sole=sole,
        has_contract=chance.random(n) < 0.80,
        joined=joined,
        anchor_day=chance.integers(2, 28, n),
        term_months=np.array([12, 24, 1])[pick_index((0.8, 0.1, 0.1), n, chance)],
        plan=np.digitize(plan_score, (1.3, 2.3)),
        n_employees=employees,
        engagement=engagement,
        growth=np.clip(chance.normal(0.006, 0.018, n), -0.03, 0.07),
        price_sensitivity=price,
        contentment=chance.normal(0, 0.5, n),
        frailty=kind_frailty + 0.08 * price + chance.normal(0, 0.12, n),
        lateness=np.exp(chance.normal(0, 1.0, n)),
        buying=chance.gamma(1.2, 1 / 1.2, n),
        affinity=chance.integers(0, 4, n),
        season=pick_index((0.5, 0.3, 0.2), n, chance),
        kind=kind,
    )


def _kind(engagement: Floats, price: Floats, chance: np.random.Generator) -> Ints:
    """Draw who can be helped by a contact; the traits lean on it, so that it can partly be learnt."""
    n = engagement.size
    leaning = np.column_stack(
        [-0.9 * engagement - 0.3 * price, 0.9 * engagement - 0.3 * price, 0.8 * price, 0.5 * engagement]
    )
    scores = leaning + np.log([0.28, 0.42, 0.15, 0.15]) + chance.gumbel(0, 1, (n, 4))
    return np.asarray(np.argmax(scores, axis=1).astype(np.int64))


@dataclass(frozen=True)
class Names:
    """Holds what each customer is truly called and where it is."""

    core: Text  # with accents, without the legal form; a sole trader's is a person's name
    core_folded: Text
    legal: Text
    town: Text
    street: Text
    postal_code: Text
    domain: Text
    siren: Text
    company_phone: Text  # national digits, missing when the fictional ranges are used up


def customer_names(people: Population, sole_first: Text, sole_last: Text) -> Names:
    """Name every customer; sole traders carry the name of their only person."""
    chance, n = people.chance("names"), people.n
    core = _company_core(people, chance)
    core = where(people.is_sole, join(sole_first, " ", sole_last), core)
    town_index = np.where(
        people.is_french, chance.integers(0, len(names.FR_TOWNS), n), chance.integers(0, len(names.EN_TOWNS), n)
    )
    towns = [where(people.is_french, *_both(names.FR_TOWNS, names.EN_TOWNS, town_index, field)) for field in (0, 1, 2)]
    code_end = where(
        people.is_french,
        digits(chance.integers(0, 90, n), 2),
        join(" ", digits(chance.integers(1, 9, n)), _letters(chance, n)),
    )
    street = _street(people, chance)
    plain = folded_column(core)
    return Names(
        core=core,
        core_folded=plain,
        legal=where(
            people.is_sole,
            "",
            where(
                people.is_french,
                pick(names.FR_LEGAL, pick_index((4, 4, 1, 2, 2), n, chance)),
                pick(names.EN_LEGAL, pick_index((6, 4, 1, 1, 2), n, chance)),
            ),
        ),
        town=towns[0],
        street=street,
        postal_code=join(towns[1], code_end),
        domain=_domains(plain, people, chance),
        siren=where(people.is_french, digits(_sirens(n, chance)), None),
        company_phone=_company_phones(people.is_french, towns[2], chance),
    )


def folded_column(text: Text) -> Text:
    """Return a column without accents."""
    for letter in "éèêëàâçùûôöîïœÉÈÊÀÇÎÔŒ’":
        text = pc.replace_substring(text, letter, folded(letter))
    return text


def _both(
    french: list[tuple[str, str, str]], english: list[tuple[str, str, str]], index: Ints, field: int
) -> tuple[Text, Text]:
    return (
        pick([row[field] for row in french], np.minimum(index, len(french) - 1)),
        pick([row[field] for row in english], np.minimum(index, len(english) - 1)),
    )


def _letters(chance: np.random.Generator, n: int) -> Text:
    alphabet = list("ABDEFGHJLNPQRSTUWXYZ")
    return join(pick(alphabet, chance.integers(0, 20, n)), pick(alphabet, chance.integers(0, 20, n)))


def _street(people: Population, chance: np.random.Generator) -> Text:
    n = people.n
    number = digits(chance.integers(1, 180, n))
    french = join(number, " ", pick(names.FR_STREETS, chance.integers(0, len(names.FR_STREETS), n)))
    english = join(number, " ", pick(names.EN_STREETS, chance.integers(0, len(names.EN_STREETS), n)))
    return where(people.is_french, french, english)


def _company_core(people: Population, chance: np.random.Generator) -> Text:
    n = people.n
    coined = join(
        pick(names.COINED_BEGIN, chance.integers(0, len(names.COINED_BEGIN), n)),
        pick(names.COINED_MIDDLE, chance.integers(0, len(names.COINED_MIDDLE), n)),
        pick(names.COINED_END, chance.integers(0, len(names.COINED_END), n)),
    )
    french_name = pick(names.SURNAMES[True], chance.integers(0, len(names.SURNAMES[True]), n))
    english_name = pick(names.SURNAMES[False], chance.integers(0, len(names.SURNAMES[False]), n))
    french_trade = pick(names.FR_TRADES, chance.integers(0, len(names.FR_TRADES), n))
    english_trade = pick(names.EN_TRADES, chance.integers(0, len(names.EN_TRADES), n))
    town = pick([row[0] for row in names.FR_TOWNS], chance.integers(0, len(names.FR_TOWNS), n))
    shape = pick_index((0.35, 0.3, 0.2, 0.15), n, chance)
    french = [
        join(coined, " ", french_trade),
        join(french_trade, " ", french_name),
        coined,
        join(french_trade, " ", french_name, " ", town),
    ]
    english = [
        join(folded_column(coined), " ", english_trade),
        join(english_name, " ", english_trade),
        folded_column(coined),
        join(english_name, " & Sons ", english_trade),
    ]
    sides = [pc.choose(pa.array(shape), *side) for side in (french, english)]
    return where(people.is_french, sides[0], sides[1])


def _domains(plain: Text, people: Population, chance: np.random.Generator) -> Text:
    slug = pc.replace_substring_regex(pc.utf8_lower(plain), "[^a-z0-9]+", "-")
    seen = pc.rank(slug, tiebreaker="first").to_numpy() - pc.rank(slug, tiebreaker="min").to_numpy()
    numbered = where(seen > 0, join(slug, "-", digits(seen.astype(np.int64) + 1)), slug)
    providers = pick(("courriel.example", "boite-postale.example", "mailbox.example"), chance.integers(0, 3, people.n))
    return where(people.is_sole, providers, join(numbered, ".example"))


def _sirens(n: int, chance: np.random.Generator) -> Ints:
    """Draw distinct registration numbers whose last digit is their Luhn key (ISO/IEC 7812)."""
    start, stride = int(chance.integers(0, 10_000_000)), 6_180_341  # coprime with the range: no number comes twice
    base = 80_000_000 + (start + stride * np.arange(n, dtype=np.int64)) % 19_999_999
    total = np.zeros(n, dtype=np.int64)
    for place in range(8):
        figure = base // 10**place % 10
        doubled = figure * 2 - 9 * (figure > 4)
        total += doubled if place % 2 == 0 else figure
    return base * 10 + (10 - total % 10) % 10


def _company_phones(is_french: Bools, area: Text, chance: np.random.Generator) -> Text:
    """Number the companies in the ranges kept for fiction (ARCEP, Ofcom), each number once."""
    begins = (
        {"01": "019900", "02": "026191", "03": "035301", "04": "046571", "05": "053649"}
        | {
            a: a + ("4980" if a == "0191" else "4960")
            for a in ("0113", "0114", "0115", "0116", "0117", "0118", "0121", "0131", "0141", "0151", "0161", "0191")
        }
        | {"020": "02079460", "028": "02896496", "029": "02920180", "01632": "01632960"}
    )
    codes = pc.index_in(area, pa.array(list(begins))).to_numpy()
    order = np.lexsort((chance.random(codes.size), codes))
    turn = np.empty(codes.size, dtype=np.int64)
    turn[order] = np.arange(codes.size) - np.searchsorted(codes[order], codes[order], side="left")
    room = np.where(is_french, 10_000, 1_000)
    scattered = (turn * 617 + 89) % room
    number = join(pick(list(begins.values()), codes), where(is_french, digits(scattered, 4), digits(scattered, 3)))
    return where(turn < room, number, None)
