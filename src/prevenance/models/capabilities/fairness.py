"""Compare decisions between groups of people: the lab's `fairness`."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Listing, Said
from prevenance.kit.flat_columns import as_numbers, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Positions, Values

_DRAWS = 500
_FOUR_FIFTHS = 0.8  # EEOC Uniform Guidelines 1978, section 1607.4 D
_NOTABLE = 0.05
_FEWEST = 10
_YES = {"yes", "true", "1", "oui", "vrai", "1.0"}
_NO = {"no", "false", "0", "non", "faux", "0.0"}
RATES = {
    "selection_rate": Words(fr="part retenue", en="share selected"),
    "tpr": Words(fr="retenus parmi ceux qui l’auraient dû", en="selected among those who should be"),
    "fpr": Words(fr="retenus à tort", en="selected wrongly"),
    "fnr": Words(fr="oubliés à tort", en="missed wrongly"),
    "calibration": Words(fr="justes parmi les retenus", en="right among those selected"),
}
_WIDE = Words(
    fr="{rate} : de {low} ({least}) à {high} ({most}), un écart de {gap} à regarder de près.",
    en="{rate}: from {low} ({least}) to {high} ({most}), a gap of {gap} to look at closely.",
)
_CLOSE = Words(fr="{rate} : au plus {gap} d’écart entre groupes.", en="{rate}: at most {gap} between groups.")
_RATIO_BAD = Words(
    fr="Règle des quatre cinquièmes : non tenue. « {least} » est retenu {ratio} fois aussi souvent que « {most} ».",
    en="Four-fifths rule: not met. “{least}” is selected {ratio} times as often as “{most}”.",
)
_RATIO_GOOD = Words(fr="Règle des quatre cinquièmes : tenue ({ratio}).", en="Four-fifths rule: met ({ratio}).")
_POINTS = Words(fr="{n} points", en="{n} points")
_GROUPS = Words(fr="Par groupe", en="By group")
_GROUP, _SIZE = Words(fr="Groupe", en="Group"), Words(fr="Personnes", en="People")


def fairness_table(
    table: Path | pa.Table, *, decision: str, label: str, group: str, positive: str | None = None, seed: int = 0
) -> Findings:
    """Compare how often groups are selected, rightly and wrongly.

    Rates as in Hardt, Price and Srebro (2016): selection (demographic parity), true and false positives (equalised
    odds), false negatives, and the share that is right among those selected; differences between the highest and the
    lowest group, with 95 % intervals from 500 samples of the people.

    Args:
        table: one row a person.
        decision: the column that says who was selected: yes or no, or a probability (one half decides).
        label: the column that says who should have been.
        group: the column of the groups.
        positive: the value of decision and label that counts as yes, when it is none of the usual words.
        seed: fixes chance.

    Raises:
        ConfigurationError: a column is missing or is neither yes nor no.

    Example:
        >>> people = pa.table({"g": ["a", "b"] * 50, "d": [1, 0] * 50, "y": [1, 1] * 50})
        >>> fairness_table(people, decision="d", label="y", group="g").data["differences"]["selection_rate"]["value"]
        1.0
    """
    rows = read_table(table) if isinstance(table, Path) else table
    needed(rows, decision, label, group)
    said, true = _flags(rows, decision, positive), _flags(rows, label, positive)
    names, member = np.unique([word or "?" for word in words_of(rows[group])], return_inverse=True)
    member = member.astype(np.int64)
    if len(names) < 2:
        raise ConfigurationError(f"The column {group!r} has one group only. Bring at least two.", column=group)
    shares = _rates(said, true, member, len(names))
    rng = np.random.default_rng(seed)
    samples = (rng.integers(0, len(said), len(said)) for _ in range(_DRAWS))
    draws = [_rates(said[at], true[at], member[at], len(names)) for at in samples]
    sizes = np.bincount(member)
    judged = sizes >= _FEWEST
    groups = {
        str(name): {
            "n": int(sizes[at]),
            **{rate: None if np.isnan(values[at]) else float(values[at]) for rate, values in shares.items()},
        }
        for at, name in enumerate(names)
    }
    differences = {}
    for rate, values in shares.items():
        spread = [_spread(draw[rate][judged]) for draw in draws]
        gap = _spread(values[judged])
        if not np.isnan(gap):  # undefined where nobody should have been selected, say
            low, high = np.nanquantile(spread, [0.025, 0.975])
            differences[rate] = {"value": gap, "interval": [float(low), float(high)]}
    verdicts = _verdicts(names[judged], {rate: values[judged] for rate, values in shares.items()})
    data: dict[str, object] = {
        "task": "fairness",
        "rows": len(said),
        "groups": groups,
        "differences": differences,
        "selection_ratio": _ratio(shares["selection_rate"][judged]),
        "verdicts": {name: {"fr": words.say("fr"), "en": words.say("en")} for name, words in verdicts.items()},
        "too_small": [str(name) for name in names[~judged]],
    }
    listing = Listing(
        _GROUPS,
        (_GROUP, _SIZE, *RATES.values()),
        {"fr": _cells(groups, "fr"), "en": _cells(groups, "en")},
    )
    kept = pa.table({"group": names[member], "decision": said == 1, "label": true == 1})
    title = Said(fr=f"Équité entre les groupes de « {group} »", en=f"Fairness between the groups of “{group}”")
    return Findings(title, data, tuple(verdicts.values()), kept, (listing,))


def _flags(rows: pa.Table, column: str, positive: str | None) -> Values:
    words = [(word or "").lower() for word in words_of(rows[column])]
    if positive is not None and positive.lower() in set(words):
        return np.array([float(word == positive.lower()) for word in words])
    if set(words) <= _YES | _NO:
        return np.array([float(word in _YES) for word in words])
    numbers = as_numbers(rows[column])
    if numbers is not None and np.nanmin(numbers) >= 0 and np.nanmax(numbers) <= 1:
        return (numbers >= 0.5).astype(np.float64)
    message = f"The column {column!r} is neither yes or no nor a probability. Say with --positive which value is yes."
    raise ConfigurationError(message, column=column)


def _rates(said: Values, true: Values, member: Positions, n: int) -> dict[str, Values]:
    def share(of: Values, among: Values) -> Values:
        below = np.bincount(member, weights=among, minlength=n)
        above = np.bincount(member, weights=of * among, minlength=n)
        return np.asarray(np.divide(above, below, out=np.full(n, np.nan), where=below > 0), dtype=np.float64)

    missed = share(said, true)
    return {
        "selection_rate": share(said, np.ones_like(said)),
        "tpr": missed,
        "fpr": share(said, 1 - true),
        "fnr": 1 - missed,
        "calibration": share(true, said),
    }


def _spread(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(known.max() - known.min()) if len(known) else float("nan")


def _ratio(values: Values) -> float | None:
    return float(values.min() / values.max()) if values.max() > 0 else None


def _verdicts(names: Values, shares: dict[str, Values]) -> dict[str, Said]:
    found = {}
    selected = shares["selection_rate"]
    ratio = _ratio(selected)
    if ratio is not None:
        words = _RATIO_GOOD if ratio >= _FOUR_FIFTHS else _RATIO_BAD
        ends = {"least": str(names[selected.argmin()]), "most": str(names[selected.argmax()])}
        found["four_fifths"] = Said.of(words, lambda lang: {"ratio": number(ratio, lang, 2), **ends})
    for rate, values in shares.items():
        if not np.isnan(values).all():
            found[rate] = _verdict(rate, names, values)
    return found


def _verdict(rate: str, names: Values, values: Values) -> Said:
    least, most = int(np.nanargmin(values)), int(np.nanargmax(values))
    words = _WIDE if values[most] - values[least] > _NOTABLE else _CLOSE

    def fill(lang: Language) -> dict[str, str]:
        what = RATES[rate].say(lang)
        return {
            "rate": what[0].upper() + what[1:], "least": str(names[least]), "most": str(names[most]),
            "low": percent(float(values[least]), lang, 1), "high": percent(float(values[most]), lang, 1),
            "gap": _POINTS.say(lang, n=number(float(values[most] - values[least]) * 100, lang, 1)),
        }  # fmt: skip

    return Said.of(words, fill)


def _cells(groups: dict[str, dict[str, float | int | None]], lang: Language) -> list[list[str]]:
    def said(value: float | None) -> str:
        return "–" if value is None else percent(float(value), lang, 1)

    return [
        [name, number(int(found["n"] or 0), lang), *(said(found[rate]) for rate in RATES)]
        for name, found in groups.items()
    ]
