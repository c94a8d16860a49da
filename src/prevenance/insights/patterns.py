"""Find rules in words that go with an outcome, and claim only those that hold on customers not searched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prevenance.insights.evidence import Counted, Flags, Numbers, corrected, counted_rows, likeness_of
from prevenance.kit.findings import Findings, Listing, Said
from prevenance.kit.flat_columns import as_numbers, days_of, recognise, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.shares import wilson
from prevenance.kit.words import Language, Words, number, percent

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
class Shown:
    """Says how a column is called and its values are written."""

    words: Words
    unit: str = ""

    def value(self, value: float, language: Language) -> str:
        """Return a value as the language writes it."""
        if self.unit in ("share", "rate"):
            return percent(value, language)
        return number(value, language, 0 if value == round(value) else 2)


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
    aside = {outcome, *drop}
    columns = {name: rows[name] for name in rows.column_names if name not in aside}
    spoken = {name: Shown(Words(fr=shown, en=shown)) for name in columns if (shown := name.replace("_", " ").strip())}

    def rule(lang: Language, figures: dict[str, str]) -> str:
        return _RULE.say(lang, outcome=outcome.replace("_", " "), yes=yes, **figures)

    title = Said(fr=f"Ce qui va avec « {outcome} »", en=f"What goes with “{outcome}”")
    return told(search(columns, happened, spoken, rule, seed=seed), title)


@dataclass(frozen=True)
class Searched:
    """Holds the rules that held, and how many customers were looked at and rules put to the test."""

    found: tuple[Pattern, ...]
    n_rules: int
    n_rows: int
    base_rate: float


def search(
    columns: Mapping[str, pa.ChunkedArray],
    happened: Flags,
    shown: Mapping[str, Shown],
    rule: Callable[[Language, dict[str, str]], str],
    *,
    seed: int,
    customers: Numbers | None = None,
) -> Searched:
    """Search one half of the rows for rules, and keep those that hold on the other.

    Args:
        columns: one value a row.
        happened: whether the outcome followed, for each row.
        shown: how the columns are called.
        rule: words a rule from `condition`, `rate`, `base`, `low`, `high` and `n`, as the language writes them.
        seed: deals the customers into halves.
        customers: whose each row is, where a customer has several: his rows stay in one half, and count for less the
            more they repeat each other (Rao and Scott 1992).
    """
    owners = np.arange(len(happened)) if customers is None else customers
    searched = _half(happened, owners, np.random.default_rng(seed))
    single = [one for name, column in columns.items() for one in _conditions(name, column, searched, shown[name])]
    rules = _most_telling(_with_pairs(single, happened, searched), happened, searched)
    found = _confirmed(rules, happened, (~searched, owners), rule)
    return Searched(tuple(found), len(rules), len(happened), float(happened.mean()))


def told(searched: Searched, title: Said, how: Words = _HOW) -> Findings:
    """Return what was found as sentences, plain data and a table."""
    found = searched.found
    data: dict[str, object] = {
        "task": "patterns",
        "rows": searched.n_rows,
        "base_rate": searched.base_rate,
        "rules_tested": searched.n_rules,
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
        amounts = {"n": searched.n_rows, "claimed": len(found), "judged": searched.n_rules}
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
    return Findings(title, data, (*said, Said.of(how, sizes)), kept, (listing,) if found else ())


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


def _half(happened: Flags, owners: Numbers, rng: np.random.Generator) -> Flags:
    """Deal the customers into halves, those with the outcome evenly."""
    whose, place = np.unique(owners, return_inverse=True)
    ever = np.zeros(len(whose), dtype=bool)
    ever[place[happened]] = True
    searched = np.zeros(len(whose), dtype=bool)
    for answer in (True, False):
        some = rng.permutation(np.flatnonzero(ever == answer))
        searched[some[: len(some) // 2]] = True
    return np.asarray(searched[place])


def _conditions(name: str, column: pa.ChunkedArray, searched: Flags, shown: Shown) -> list[_Condition]:
    """Return what can be asked of one column; where to cut numbers is read off the searched half."""
    kind = recognise(name, column)
    if kind in ("identifier", "constant", "text"):
        return []
    numbers = days_of(column) if kind == "date" else as_numbers(column) if kind in ("number", "flag") else None
    if numbers is None or len(np.unique(numbers[~np.isnan(numbers)])) <= 2:
        return _levels(name, shown, words_of(column), searched)
    found = []
    for cut in _cuts(numbers[searched]):
        below = numbers < cut
        for words, held in ((_BELOW, below), (_FROM, numbers >= cut)):
            found.append(_Condition(_filled(words, shown, cut, is_day=kind == "date"), held, name))
    return found


def _levels(name: str, shown: Shown, words: list[str | None], searched: Flags) -> list[_Condition]:
    values = np.array(["" if word is None else word for word in words])
    levels, counts = np.unique(values[searched], return_counts=True)
    often = sorted(zip(-counts, levels, strict=True))[:_MOST_CUTS]
    return [_Condition(_level(shown, str(level)), values == level, name) for _, level in often]


def _level(shown: Shown, level: str) -> Said:
    return Said.of(_IS if level else _EMPTY, lambda lang: {"name": shown.words.say(lang), "value": level})


def _cuts(values: npt.NDArray[np.float64]) -> list[float]:
    known = values[~np.isnan(values)]
    levels = np.unique(known)
    if len(levels) <= _MOST_CUTS:
        return [float(level) for level in levels[1:]]
    cuts = np.quantile(known, np.linspace(0, 1, _MOST_CUTS + 2)[1:-1], method="higher")
    return [float(cut) for cut in np.unique(cuts)]


def _filled(words: Words, shown: Shown, cut: float, *, is_day: bool) -> Said:
    def fill(lang: Language) -> dict[str, str]:
        value = str(np.datetime64(int(cut), "D")) if is_day else shown.value(cut, lang)
        return {"name": shown.words.say(lang), "value": value}

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
    rules: list[_Condition],
    happened: Flags,
    aside: tuple[Flags, Numbers],
    rule_in: Callable[[Language, dict[str, str]], str],
) -> list[Pattern]:
    from scipy.stats import fisher_exact

    judged, owners = aside
    answers, owners = happened[judged], owners[judged]
    base, likeness = float(answers.mean()), likeness_of(answers, owners)
    counts, p_values = [], []
    for rule in rules:
        held = rule.held[judged]
        inside, outside = (counted_rows(answers[part], owners[part], likeness) for part in (held, ~held))
        counts.append(inside)
        rows = [[round(one.yes), round(one.n) - round(one.yes)] for one in (inside, outside)]
        p_values.append(float(fisher_exact(rows).pvalue) if inside.n_rows else 1.0)
    found = []
    for rule, one, q in zip(rules, counts, corrected(np.array(p_values)), strict=True):
        if q <= _CLAIMED and one.n_rows:
            found.append(_pattern(rule, one, base, float(q), rule_in))
    return sorted(found, key=lambda pattern: (pattern.q_value, -abs(pattern.rate - pattern.base_rate)))


def _pattern(
    rule: _Condition,
    counted: Counted,
    base: float,
    q_value: float,
    rule_in: Callable[[Language, dict[str, str]], str],
) -> Pattern:
    low, high = wilson(counted.yes, counted.n)
    rate = counted.yes / counted.n

    def say(lang: Language) -> str:
        shares = {"rate": rate, "base": base, "low": low, "high": high}
        figures = {key: percent(value, lang, 0) for key, value in shares.items()}
        return rule_in(lang, {"condition": rule.words.say(lang), "n": number(counted.n_rows, lang), **figures})

    return Pattern(Said(fr=say("fr"), en=say("en")), counted.n_rows, rate, base, (low, high), q_value)


def _cells(found: Sequence[Pattern], lang: Language) -> list[list[str]]:
    return [[p.words.say(lang), number(p.support, lang), number(p.q_value, lang, 4)] for p in found]
