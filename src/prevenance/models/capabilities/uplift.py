"""Find whom a contact helps, from a randomised test: the lab's `uplift`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from prevenance.kit.findings import Findings, Listing, Said
from prevenance.kit.flat_columns import as_numbers, recognise, words_of
from prevenance.kit.flat_table import needed, read_table
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Labels, Values
from prevenance.models.capabilities.uplift_learners import LEARNERS
from prevenance.models.capabilities.uplift_scores import Flags, Trial, outcome_gap, qini, qini_draws
from prevenance.models.table_columns import TableColumns

_FEWEST_OF_EACH = 20
_TOP = 0.3
_LEADS = Words(fr="Contacter aide : +{ate} ({low} à {high}).", en="Contact helps: +{ate} ({low} to {high}).")
_HARMS = Words(fr="Contacter nuit : {ate} ({low} à {high}).", en="Contact harms: {ate} ({low} to {high}).")
_UNSURE = Words(
    fr="Rien ne montre que contacter aide : {ate} ({low} à {high}).",
    en="No evidence that contact helps: {ate} ({low} to {high}).",
)
_RANKS = Words(
    fr="Classer les clients par effet attendu ({learner}) sépare ceux que cela aide : Qini {qini} ({low} à {high}) ; "
    "dans les 30 % en tête, l’écart est de {top}.",
    en="Ranking customers by expected effect ({learner}) separates those it helps: Qini {qini} ({low} to {high}); "
    "in the top 30% the difference is {top}.",
)
_RANKS_NOT = Words(
    fr="Rien ne montre que l’effet diffère d’un client à l’autre : Qini {qini} ({low} à {high}).",
    en="No evidence that the effect differs between customers: Qini {qini} ({low} to {high}).",
)
_DISTURB = Words(
    fr="À ne pas déranger : {n} clients ({share}), dont l’effet attendu ne vaut pas le contact.",
    en="Do not disturb: {n} customers ({share}), whose expected effect is not worth the contact.",
)
_SIZES = Words(
    fr="{n} contactés et {m} témoins jugés ; colonnes écartées car connues après coup : {late}.",
    en="{n} contacted and {m} held out were judged; columns left out because they are known afterwards: {late}.",
)
_NONE = Words(fr="aucune", en="none")
_STEPS = Words(fr="Ce que chaque méthode a apporté", en="What each method bought")
_HEADS = (Words(fr="Méthode", en="Method"), Words(fr="Qini", en="Qini"), Words(fr="erreur type", en="standard error"))


@dataclass(frozen=True)
class _Question:
    treatment: str
    treated: str
    control: str
    outcome: str
    columns: tuple[str, ...]
    late: tuple[str, ...]


@dataclass(frozen=True)
class _Judged:
    """Holds the expected effects of a learner on people that it had not seen."""

    trial: Trial
    effect: Values
    learner: str
    ladder: list[tuple[str, float, float]]


def uplift_table(
    table: Path | pa.Table,
    *,
    treatment: str,
    outcome: str,
    treated: str | None = None,
    control: str | None = None,
    value: float = 1.0,
    cost: float = 0.0,
    drop: tuple[str, ...] = (),
    test: Path | pa.Table | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Findings:
    """Estimate for each row by how much a contact changes its outcome, and how well that ranks rows.

    T-, X- and DR-learners (Künzel et al. 2019; Kennedy 2023) are compared by five-fold cross-validation on the area
    between the Qini curve (Radcliffe 2007) and chance, per head; the simplest within one standard error is kept.
    Columns that only the outcome's future explains, such as what was spent, are recognised and left out.

    Args:
        table: one row a person of a randomised test.
        treatment: the column that says who was contacted.
        outcome: the column that says what happened: yes or no, or an amount.
        treated: its value for those contacted; may be left out when there are two values.
        control: its value for those held out; may be left out when there are two values.
        value: what one outcome is worth.
        cost: what one contact costs.
        drop: columns to leave out.
        test: other rows to be judged by; without them, cross-validation judges.
        seed: fixes chance.
        progress: hears how the work goes on.

    Raises:
        ConfigurationError: a column or value is missing, or an arm is too small.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> sent, likes = rng.random(4000) < 0.5, rng.random(4000) < 0.5
        >>> came = rng.random(4000) < 0.1 + 0.2 * sent * likes
        >>> people = pa.table({"likes": likes, "sent": sent, "came": came})
        >>> found = uplift_table(people, treatment="sent", outcome="came")
        >>> found.data["ate_interval"][0] > 0.05 and found.data["qini_interval"][0] > 0
        True
    """
    progress = progress or SilentProgress()
    rows = _rows(table)
    question = _asked(rows, treatment, treated, control, outcome, drop)
    rows, trial = _trial(rows, question)
    columns = TableColumns()
    x = columns.learn(rows.select(list(question.columns)))
    held, ladder = _compare(x, trial, seed, progress)
    chosen = _simplest(ladder)
    if test is None:
        judged, effect = trial, held[chosen]
    else:
        other, judged = _trial(_rows(test), question)
        effect = LEARNERS[chosen](x, trial, seed)(columns.encode(other.select(list(question.columns))))
    return _told(question, _Judged(judged, effect, chosen, ladder), value, cost, seed)


def _rows(table: Path | pa.Table) -> pa.Table:
    return read_table(table) if isinstance(table, Path) else table


def _asked(
    rows: pa.Table, treatment: str, treated: str | None, control: str | None, outcome: str, drop: tuple[str, ...]
) -> _Question:
    needed(rows, treatment, outcome, *drop)
    arms = sorted({word for word in words_of(rows[treatment]) if word is not None})
    if treated is None or control is None:
        if len(arms) != 2:
            message = (
                f"The column {treatment!r} has {len(arms)} values ({', '.join(arms[:10])}). "
                "Say with --treated and --control which two to compare."
            )
            raise ConfigurationError(message, column=treatment)
        low, high = arms
        control = control or (low if treated in (None, high) else high)
        treated = treated or (high if control == low else low)
    for arm in (treated, control):
        if arm not in arms:
            message = f"The column {treatment!r} never says {arm!r}. It says: {', '.join(arms[:10])}."
            raise ConfigurationError(message, column=treatment)
    aside = {treatment, outcome, *drop}
    usable = [
        name
        for name in rows.column_names
        if name not in aside and recognise(name, rows[name]) not in ("identifier", "constant")
    ]
    question = _Question(treatment, treated, control, outcome, tuple(usable), ())
    _, trial = _trial(rows, question)
    kept = rows.filter(pa.array(_arms(rows, question) >= 0))
    late = tuple(name for name in usable if _is_known_afterwards(kept[name], trial))
    columns = tuple(name for name in usable if name not in late)
    if not columns:
        raise ConfigurationError("No column is left to tell customers apart by. Bring at least one.", column=outcome)
    return _Question(treatment, treated, control, outcome, columns, late)


def _arms(rows: pa.Table, question: _Question) -> Values:
    """Return 1 for contacted, 0 for held out, -1 for rows of neither arm or without an outcome."""
    words = np.array([word or "" for word in words_of(rows[question.treatment])])
    arms = np.where(words == question.treated, 1.0, np.where(words == question.control, 0.0, -1.0))
    return np.where(np.isnan(_outcomes(rows, question.outcome)), -1.0, arms)


def _outcomes(rows: pa.Table, outcome: str) -> Values:
    values = as_numbers(rows[outcome])
    if values is not None:
        return values
    words = [None if word is None else word.lower() for word in words_of(rows[outcome])]
    if {word for word in words if word is not None} <= {"yes", "no", "true", "false", "oui", "non", "vrai", "faux"}:
        yes = {"yes", "true", "oui", "vrai"}
        return np.array([np.nan if word is None else float(word in yes) for word in words])
    message = f"The column {outcome!r} holds words. Bring an outcome as yes or no, or as a number."
    raise ConfigurationError(message, column=outcome)


def _trial(rows: pa.Table, question: _Question) -> tuple[pa.Table, Trial]:
    needed(rows, question.treatment, question.outcome, *question.columns)
    arms = _arms(rows, question)
    trial = Trial(arms[arms >= 0] == 1, _outcomes(rows, question.outcome)[arms >= 0])
    for name, n in ((question.treated, int(trial.treated.sum())), (question.control, int((~trial.treated).sum()))):
        if n < _FEWEST_OF_EACH:
            message = (
                f"Only {n} rows say {name!r} in {question.treatment!r}. Bring at least {_FEWEST_OF_EACH} of each arm."
            )
            raise ConfigurationError(message, column=question.treatment)
    return rows.filter(pa.array(arms >= 0)), trial


def _is_known_afterwards(column: pa.ChunkedArray, trial: Trial) -> bool:
    """Tell whether a column follows from the outcome: nearly every row that says something had the outcome."""
    values = as_numbers(column)
    happened = trial.outcome > 0
    if values is None or not 0 < happened.mean() < 0.9:
        return False
    said = np.nan_to_num(values) != 0
    return bool(20 <= said.sum() < 0.9 * len(said) and happened[said].mean() >= 0.995)


def _compare(
    x: Values, trial: Trial, seed: int, progress: Progress
) -> tuple[dict[str, Values], list[tuple[str, float, float]]]:
    """Return each learner's effects on rows it had not seen, and what it is worth: name, Qini, standard error."""
    rng = np.random.default_rng(seed)
    folds = _folds(trial, rng)
    progress.step("uplift", len(LEARNERS))
    held: dict[str, Values] = {}
    ladder = []
    for name, learner in LEARNERS.items():
        effect = np.empty(len(trial.outcome))
        for fold in range(5):
            seen, unseen = folds != fold, folds == fold
            effect[unseen] = learner(x[seen], trial.where(seen), seed)(x[unseen])
        held[name] = effect
        draws = qini_draws(trial, effect, np.random.default_rng(seed), 60)
        ladder.append((name, qini(trial, effect), float(draws.std())))
        progress.advance()
    return held, ladder


def _folds(trial: Trial, rng: np.random.Generator) -> Labels:
    """Deal the rows of each arm and outcome evenly into five folds."""
    folds = np.empty(len(trial.outcome), dtype=np.int8)
    for stratum in range(4):
        rows = np.flatnonzero(trial.treated * 2 + (trial.outcome > 0) == stratum)
        folds[rng.permutation(rows)] = np.arange(len(rows)) % 5
    return folds


def _simplest(ladder: list[tuple[str, float, float]]) -> str:
    _, best, error = max(ladder, key=lambda rung: rung[1])
    return next(name for name, found, _ in ladder if found >= best - error)


def _told(question: _Question, judged: _Judged, value: float, cost: float, seed: int) -> Findings:
    trial, effect = judged.trial, judged.effect
    ate, ate_interval = outcome_gap(trial)
    found = qini(trial, effect)
    draws = qini_draws(trial, effect, np.random.default_rng(seed + 1), 200)
    interval = [float(edge) for edge in np.quantile(draws, [0.025, 0.975])]
    top, _ = outcome_gap(trial.where(effect >= np.quantile(effect, 1 - _TOP)))
    picked = value * effect > cost
    data: dict[str, object] = {
        "task": "uplift",
        "rows": len(trial.outcome),
        "n_treated": int(trial.treated.sum()),
        "n_control": int((~trial.treated).sum()),
        "treated_rate": float(trial.outcome[trial.treated].mean()),
        "control_rate": float(trial.outcome[~trial.treated].mean()),
        "ate": ate,
        "ate_interval": list(ate_interval),
        "estimator": judged.learner,
        "ladder": [{"estimator": name, "qini": worth, "qini_se": error} for name, worth, error in judged.ladder],
        "qini": found,
        "qini_interval": interval,
        "uplift_at_30": top,
        "policy": _policy(trial, picked, value, cost),
        "do_not_disturb": int((~picked).sum()),
        "warnings": [{"column": name, "kind": "known_afterwards", "detail": "left out"} for name in question.late],
    }
    is_rate = bool(np.isin(trial.outcome, (0.0, 1.0)).all())

    def effects(lang: Language) -> dict[str, str]:
        amounts = {"ate": ate, "low": ate_interval[0], "high": ate_interval[1]}
        return {key: percent(v, lang, 2) if is_rate else number(v, lang, 3) for key, v in amounts.items()}

    def ranking(lang: Language) -> dict[str, str]:
        areas = {"qini": found, "low": interval[0], "high": interval[1]}
        said = percent(top, lang, 2) if is_rate else number(top, lang, 3)
        return {"learner": judged.learner, "top": said, **{key: number(v, lang, 4) for key, v in areas.items()}}

    def left(lang: Language) -> dict[str, str]:
        return {"n": number(int((~picked).sum()), lang), "share": percent(float((~picked).mean()), lang, 1)}

    def sizes(lang: Language) -> dict[str, str]:
        n, m = int(trial.treated.sum()), int((~trial.treated).sum())
        return {"n": number(n, lang), "m": number(m, lang), "late": ", ".join(question.late) or _NONE.say(lang)}

    lead = _LEADS if ate_interval[0] > 0 else _HARMS if ate_interval[1] < 0 else _UNSURE
    ranks = _RANKS if interval[0] > 0 else _RANKS_NOT
    return Findings(
        Said(fr=f"Qui contacter : {question.outcome}", en=f"Whom to contact: {question.outcome}"),
        data,
        (Said.of(lead, effects), Said.of(ranks, ranking), Said.of(_DISTURB, left), Said.of(_SIZES, sizes)),
        pa.table({"treated": trial.treated, "outcome": trial.outcome, "effect": effect, "is_worth_it": picked}),
        (Listing(_STEPS, _HEADS, {"fr": _steps(judged, "fr"), "en": _steps(judged, "en")}),),
    )


def _steps(judged: _Judged, lang: Language) -> list[list[str]]:
    return [[name, number(worth, lang, 5), number(error, lang, 5)] for name, worth, error in judged.ladder]


def _policy(trial: Trial, picked: Flags, value: float, cost: float) -> Mapping[str, float]:
    """Return what treating the picked rows was worth, by what their two arms did."""
    chosen = trial.where(picked)
    if not chosen.treated.any() or chosen.treated.all():
        return {
            "n_treated": int(picked.sum()),
            "share": float(picked.mean()),
            "incremental_rate": 0.0,
            "net_value": 0.0,
        }
    gain = float(chosen.outcome[chosen.treated].sum() - chosen.outcome[~chosen.treated].sum())
    return {
        "n_treated": int(picked.sum()),
        "share": float(picked.mean()),
        "incremental_rate": outcome_gap(chosen)[0],
        "net_value": value * gain - cost * int(chosen.treated.sum()),
    }
