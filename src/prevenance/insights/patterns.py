"""Find rules in words that go with an outcome, and claim only those that hold on customers not searched."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prevenance.kit.findings import Findings, Listing, Said
from prevenance.kit.flat_columns import as_numbers, days_of, recognise, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number, percent

Flags: TypeAlias = npt.NDArray[np.bool_]
_FEWEST_ROWS = 60
_FEWEST_HELD = 20  # customers that a rule must hold for, in the half that is searched
_MOST_CUTS = 24
_PAIRED = 12  # single conditions that are also tried two by two
_JUDGED = 25  # rules that are put to the test: the more, the harder the test
_ALIKE = 0.7
_CLAIMED = 0.05
_BELOW = Words(fr="« {name} » inférieur à {value}", en="“{name}” below {value}")
_FROM = Words(fr="« {name} » d’au moins {value}", en="“{name}” of at least {value}")
_IS = Words(fr="« {name} » vaut « {value} »", en="“{name}” is “{value}”")
_EMPTY = Words(fr="« {name} » est vide", en="“{name}” is empty")
_AND = Words(fr="{one} et {other}", en="{one} and {other}")
_RULE = Words(
    fr="Quand {condition} : {rate} ont « {outcome} » = {yes}, contre {base} en moyenne "
    "({n} clients, entre {low} et {high}).",
    en="When {condition}: {rate} have “{outcome}” = {yes}, against {base} on average "
    "({n} customers, between {low} and {high}).",
)
_NOTHING = Words(
    fr="Aucune règle ne tient sur les clients mis de côté : rien n’est affirmé.",
    en="No rule holds on the customers that were set aside: nothing is claimed.",
)
_HOW = Words(
    fr="Cherché sur une moitié des {n} clients, vérifié sur l’autre ; {claimed} règles tiennent sur {judged}.",
    en="Searched on one half of the {n} customers, checked on the other; {claimed} rules hold of {judged} tested.",
)
_RULES = Words(fr="Les règles qui tiennent", en="The rules that hold")
_HEADS = (Words(fr="Règle", en="Rule"), Words(fr="Clients", en="Customers"), Words(fr="q", en="q"))
_YES = ("yes", "true", "1", "oui", "vrai", "y", "o")


@dataclass(frozen=True)
class _Condition:
    """Holds what a rule asks of a customer, in words and for every row."""

    words: Said
    held: Flags
    column: str


@dataclass(frozen=True)
class Pattern:
    """Holds a rule that held on customers that were not searched; all figures are theirs."""

    words: Said
    support: int
    rate: float
    base_rate: float
    interval: tuple[float, float]
    q_value: float


def patterns_table(
    table: Path | pa.Table, *, outcome: str, positive: str | None = None, drop: tuple[str, ...] = (), seed: int = 0
) -> Findings:
    """Find in sentences what goes with an outcome.

    One half of the customers is searched for rules of one or two conditions; the most telling and least alike are put
    to the test on the other half (Fisher's exact test, corrected for their number after Benjamini and Yekutieli 2001).
    Rates and Wilson intervals come from that half alone, so that the search cannot flatter them.

    Args:
        table: one row a customer.
        outcome: the column that says what happened.
        positive: its value that counts as yes; may be left out when there are two values.
        drop: columns to leave out.
        seed: deals the customers into halves.

    Raises:
        ConfigurationError: a column is missing, or the outcome has not two values.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> tickets = rng.poisson(5, 2000)
        >>> stayed = rng.random(2000) < np.where(tickets < 5, 0.85, 0.5)
        >>> found = patterns_table(pa.table({"tickets": tickets, "stayed": stayed}), outcome="stayed")
        >>> found.data["patterns"][0]["sentence_en"][:31]
        'When “tickets” below 5: 85% hav'
    """
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, outcome, *drop)
    rows, happened, yes = _outcome(rows, outcome, positive)
    if len(happened) < _FEWEST_ROWS or min(happened.sum(), (~happened).sum()) < _FEWEST_HELD:
        message = (
            f"{int(happened.sum())} of {len(happened)} customers have {outcome!r}. Bring at least {_FEWEST_ROWS} rows."
        )
        raise ConfigurationError(message, column=outcome)
    searched = _half(happened, np.random.default_rng(seed))
    single = [
        condition
        for name in rows.column_names
        if name not in {outcome, *drop}
        for condition in _conditions(name, rows[name], searched)
    ]
    rules = _most_telling(_with_pairs(single, happened, searched), happened, searched)
    found = _confirmed(rules, happened, ~searched, outcome, yes)
    data: dict[str, object] = {
        "task": "patterns",
        "rows": len(happened),
        "base_rate": float(happened.mean()),
        "rules_tested": len(rules),
        "patterns": [
            {
                "sentence_en": pattern.words.say("en"),
                "sentence_fr": pattern.words.say("fr"),
                "support": pattern.support,
                "rate": pattern.rate,
                "base_rate": pattern.base_rate,
                "interval": list(pattern.interval),
                "q_value": pattern.q_value,
            }
            for pattern in found
        ],
    }

    def sizes(lang: Language) -> dict[str, str]:
        amounts = {"n": len(happened), "claimed": len(found), "judged": len(rules)}
        return {key: number(amount, lang) for key, amount in amounts.items()}

    said = [pattern.words for pattern in found[:5]] or [Said.of(_NOTHING)]
    kept = pa.table(
        {
            "sentence_fr": [pattern.words.say("fr") for pattern in found],
            "sentence_en": [pattern.words.say("en") for pattern in found],
            "support": [pattern.support for pattern in found],
            "rate": [pattern.rate for pattern in found],
            "q_value": [pattern.q_value for pattern in found],
        }
    )
    listing = Listing(_RULES, _HEADS, {"fr": _cells(found, "fr"), "en": _cells(found, "en")})
    title = Said(fr=f"Ce qui va avec « {outcome} »", en=f"What goes with “{outcome}”")
    return Findings(title, data, (*said, Said.of(_HOW, sizes)), kept, (listing,) if found else ())


def _outcome(rows: pa.Table, outcome: str, positive: str | None) -> tuple[pa.Table, Flags, str]:
    words = words_of(rows[outcome])
    values = sorted({word for word in words if word is not None})
    if positive is not None and positive not in values:
        message = f"The column {outcome!r} never says {positive!r}. It says: {', '.join(values[:10])}."
        raise ConfigurationError(message, column=outcome)
    if positive is None:
        if len(values) != 2:
            message = f"The column {outcome!r} has {len(values)} values. Say with --positive which one means yes."
            raise ConfigurationError(message, column=outcome)
        positive = next((value for value in values if value.lower() in _YES), values[-1])
    known = np.array([word is not None for word in words])
    happened = np.array([word == positive for word in words if word is not None])
    return rows.filter(pa.array(known)), happened, positive


def _half(happened: Flags, rng: np.random.Generator) -> Flags:
    searched = np.zeros(len(happened), dtype=bool)
    for answer in (True, False):
        rows = rng.permutation(np.flatnonzero(happened == answer))
        searched[rows[: len(rows) // 2]] = True
    return searched


def _conditions(name: str, column: pa.ChunkedArray, searched: Flags) -> list[_Condition]:
    """Return what can be asked of one column; where to cut numbers is read off the searched half."""
    kind = recognise(name, column)
    if kind in ("identifier", "constant", "text"):
        return []
    shown = name.replace("_", " ").strip()
    numbers = days_of(column) if kind == "date" else as_numbers(column) if kind in ("number", "flag") else None
    if numbers is None or len(np.unique(numbers[~np.isnan(numbers)])) <= 2:
        return _levels(name, shown, words_of(column), searched)
    found = []
    for cut in _cuts(numbers[searched]):
        below = numbers < cut
        for words, held in ((_BELOW, below), (_FROM, numbers >= cut)):
            found.append(_Condition(_filled(words, shown, cut, is_day=kind == "date"), held, name))
    return found


def _levels(name: str, shown: str, words: list[str | None], searched: Flags) -> list[_Condition]:
    values = np.array(["" if word is None else word for word in words])
    levels, counts = np.unique(values[searched], return_counts=True)
    often = sorted(zip(-counts, levels, strict=True))[:_MOST_CUTS]
    return [_Condition(_level(shown, str(level)), values == level, name) for _, level in often]


def _level(shown: str, level: str) -> Said:
    return Said.of(_IS if level else _EMPTY, lambda _lang: {"name": shown, "value": level})


def _cuts(values: npt.NDArray[np.float64]) -> list[float]:
    known = values[~np.isnan(values)]
    levels = np.unique(known)
    if len(levels) <= _MOST_CUTS:
        return [float(level) for level in levels[1:]]
    cuts = np.quantile(known, np.linspace(0, 1, _MOST_CUTS + 2)[1:-1], method="higher")
    return [float(cut) for cut in np.unique(cuts)]


def _filled(words: Words, shown: str, cut: float, *, is_day: bool) -> Said:
    def fill(lang: Language) -> dict[str, str]:
        if is_day:
            return {"name": shown, "value": str(np.datetime64(int(cut), "D"))}
        return {"name": shown, "value": number(cut, lang, 0 if cut == round(cut) else 2)}

    return Said.of(words, fill)


def _with_pairs(single: list[_Condition], happened: Flags, searched: Flags) -> list[_Condition]:
    best = _ranked(single, happened, searched)[:_PAIRED]
    pairs = [
        _Condition(_both(one.words, other.words), one.held & other.held, f"{one.column}+{other.column}")
        for at, one in enumerate(best)
        for other in best[at + 1 :]
        if one.column != other.column
    ]
    return [*single, *pairs]


def _both(one: Said, other: Said) -> Said:
    return Said.of(_AND, lambda lang: {"one": one.say(lang), "other": other.say(lang)})


def _ranked(rules: list[_Condition], happened: Flags, searched: Flags) -> list[_Condition]:
    """Return the rules that hold for enough customers of the half, the most telling first (by their z)."""
    answers, base = happened[searched], happened[searched].mean()
    scored = []
    for place, rule in enumerate(rules):
        held = rule.held[searched]
        n = int(held.sum())
        if _FEWEST_HELD <= n <= len(held) - _FEWEST_HELD:
            spread = np.sqrt(base * (1 - base) / n * (len(held) - n) / max(len(held) - 1, 1))
            scored.append((-abs(answers[held].mean() - base) / max(spread, 1e-12), place))
    return [rules[place] for _, place in sorted(scored)]


def _most_telling(rules: list[_Condition], happened: Flags, searched: Flags) -> list[_Condition]:
    """Return the rules to be tested: the most telling ones that do not say the same of the same customers."""
    kept: list[_Condition] = []
    for rule in _ranked(rules, happened, searched):
        mine = rule.held[searched]
        if all(_alike(mine, other.held[searched]) < _ALIKE for other in kept):
            kept.append(rule)
        if len(kept) == _JUDGED:
            break
    return kept


def _alike(one: Flags, other: Flags) -> float:
    """Return how far two rules, or one and the opposite of the other, name the same customers (Jaccard)."""
    same = (one & other).sum() / max((one | other).sum(), 1)
    opposite = (one & ~other).sum() / max((one | ~other).sum(), 1)
    return float(max(same, opposite))


def _confirmed(
    rules: list[_Condition], happened: Flags, judged: Flags, outcome: str, yes: str
) -> list[Pattern]:  # fmt: skip
    from scipy.stats import fisher_exact

    answers = happened[judged]
    base = float(answers.mean())
    counts = []
    for rule in rules:
        held = rule.held[judged]
        counts.append((int(answers[held].sum()), int(held.sum())))
    n, n_yes = len(answers), int(answers.sum())
    p_values = [
        float(fisher_exact([[k, m - k], [n_yes - k, n - m - n_yes + k]]).pvalue) if m else 1.0 for k, m in counts
    ]
    found = []
    for rule, (k, m), q in zip(rules, counts, _corrected(np.array(p_values)), strict=True):
        if q <= _CLAIMED and m:
            found.append(_pattern(rule, (k, m), base, float(q), (outcome, yes)))
    return sorted(found, key=lambda pattern: (pattern.q_value, -abs(pattern.rate - pattern.base_rate)))


def _corrected(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return q-values after Benjamini and Yekutieli (2001), which hold however the rules depend on each other."""
    n = len(p_values)
    if n == 0:
        return p_values
    harmonic = float((1 / np.arange(1, n + 1)).sum())
    order = np.argsort(p_values)
    raised = p_values[order] * n * harmonic / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q


def _wilson(k: int, n: int) -> tuple[float, float]:
    z = 1.959964
    middle = (k + z * z / 2) / (n + z * z)
    spread = z / (n + z * z) * np.sqrt(k * (n - k) / n + z * z / 4)
    return float(middle - spread), float(middle + spread)


def _pattern(
    rule: _Condition, counts: tuple[int, int], base: float, q_value: float, outcome: tuple[str, str]
) -> Pattern:  # fmt: skip
    k, n = counts
    low, high = _wilson(k, n)

    def fill(lang: Language) -> dict[str, str]:
        shares = {"rate": k / n, "base": base, "low": low, "high": high}
        said = {key: percent(value, lang, 0) for key, value in shares.items()}
        name, yes = outcome[0].replace("_", " "), outcome[1]
        return {"condition": rule.words.say(lang), "n": number(n, lang), "outcome": name, "yes": yes, **said}

    return Pattern(Said.of(_RULE, fill), n, k / n, base, (low, high), q_value)


def _cells(found: list[Pattern], lang: Language) -> list[list[str]]:
    return [[p.words.say(lang), number(p.support, lang), number(p.q_value, lang, 4)] for p in found]
