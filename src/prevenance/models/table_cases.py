"""Prepare a flat table for the ladder: find the label, leave out what cannot help, and cut it into folds."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from prevenance.kit.flat_columns import as_numbers, days_of, recognise, words_of
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Words, number
from prevenance.models.base import Labels, Positions, Values
from prevenance.models.ladder import Fold
from prevenance.models.table_columns import TableColumns

_FEWEST_ROWS = 40
_FEWEST_OF_EACH = 10
_YES = ("yes", "true", "1", "oui", "vrai", "y", "o")


@dataclass(frozen=True)
class TableQuestion:
    """Says what to predict in a table, and how to judge it; see `Lab.classify` for each part."""

    label: str
    positive: str | None = None
    drop: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class TableWarning:
    """Says what a person should know about one column."""

    column: str
    kind: str
    detail: Words


@dataclass(frozen=True)
class Cases:
    """Holds labelled rows as numbers, and how to judge by them."""

    table: pa.Table
    columns: TableColumns
    x: Values
    y: Labels
    groups: Positions
    folds: tuple[Fold, ...]
    warnings: tuple[TableWarning, ...]


def prepare(rows: pa.Table, question: TableQuestion) -> Cases:
    """Make the cases to learn from.

    Raises:
        ConfigurationError: a column is missing or cannot serve; the message names it and the remedy.
    """
    check_columns(rows, question)
    rows, y, notes = labelled(rows, question)
    kept, warnings = _usable(rows, question)
    columns = TableColumns()
    x = columns.learn(rows.select(kept))
    if x.shape[1] == 0:
        message = f"No column is left to predict {question.label!r} from. Bring at least one more, or drop fewer."
        raise ConfigurationError(message, column=question.label)
    groups = groups_of(rows, question)
    return Cases(rows.select(kept), columns, x, y, groups, _folds(rows, y, groups, question), (*notes, *warnings))


def check_columns(rows: pa.Table, question: TableQuestion) -> None:
    """Make sure that every column that was named is there, and report all that are not together."""
    named = [question.label, *question.drop, *filter(None, (question.group, question.time))]
    lost = [name for name in named if name not in rows.column_names]
    if lost:
        there = ", ".join(rows.column_names[:30])
        message = f"The table has no column {', '.join(map(repr, lost))}. Its columns are: {there}."
        raise ConfigurationError(message, column=lost[0], columns=lost)


def labelled(rows: pa.Table, question: TableQuestion) -> tuple[pa.Table, Labels, list[TableWarning]]:
    """Return the rows whose label is known, with 1 for yes and 0 for anything else."""
    words = [None if word is None else _plain(word) for word in words_of(rows[question.label])]
    known = np.array([word is not None for word in words])
    values = sorted({word for word in words if word is not None})
    positive = _positive(question, values)
    warnings = []
    if not known.all():
        n = int((~known).sum())
        detail = Words(
            fr=f"{number(n, 'fr')} lignes sans réponse ont été laissées de côté.",
            en=f"{number(n, 'en')} rows without an answer were left out.",
        )
        warnings.append(TableWarning(question.label, "missing_label", detail))
    y = np.array([word == positive for word in words if word is not None], dtype=np.int8)
    _check_counts(question.label, positive, y)
    return rows.filter(pa.array(known)), y, warnings


def _plain(word: str) -> str:
    return word.removesuffix(".0")


def _positive(question: TableQuestion, values: list[str]) -> str:
    label, shown = question.label, ", ".join(values[:10])
    if len(values) < 2:
        message = f"The column {label!r} has only one value ({shown or 'nothing'}). Choose a label with two."
        raise ConfigurationError(message, column=label)
    if question.positive is not None:
        wanted = _plain(question.positive).lower()
        found = [value for value in values if value.lower() == wanted]
        if not found:
            message = f"The column {label!r} never says {question.positive!r}. Give --positive one of: {shown}."
            raise ConfigurationError(message, column=label)
        return found[0]
    if len(values) > 2:
        message = f"The column {label!r} has {len(values)} values. Say with --positive which one means yes: {shown}."
        raise ConfigurationError(message, column=label)
    return next((value for value in values if value.lower() in _YES), values[-1])


def _check_counts(label: str, positive: str, y: Labels) -> None:
    n_yes = int(y.sum())
    if len(y) < _FEWEST_ROWS or min(n_yes, len(y) - n_yes) < _FEWEST_OF_EACH:
        message = (
            f"The column {label!r} has {n_yes} rows with {positive!r} of {len(y)}. Bring at least {_FEWEST_ROWS} rows, "
            f"{_FEWEST_OF_EACH} of each answer."
        )
        raise ConfigurationError(message, column=label, positives=n_yes, rows=len(y))


def _usable(rows: pa.Table, question: TableQuestion) -> tuple[list[str], list[TableWarning]]:
    """Return the columns to learn from; identifiers and constants are left out, aloud."""
    aside = {question.label, question.group, question.time, *question.drop}
    kept, warnings = [], []
    for name in rows.column_names:
        if name in aside:
            continue
        kind = recognise(name, rows[name])
        if kind == "identifier":
            detail = Words(
                fr="Chaque ligne ou presque a sa propre valeur : un identifiant, laissé de côté.",
                en="Nearly every row has a value of its own: an identifier, left out.",
            )
            warnings.append(TableWarning(name, "identifier", detail))
        elif kind == "constant":
            detail = Words(
                fr="Toujours la même valeur : n’apprend rien, laissée de côté.",
                en="Always the same value: tells nothing, left out.",
            )
            warnings.append(TableWarning(name, "constant", detail))
        else:
            kept.append(name)
    return kept, warnings


def groups_of(rows: pa.Table, question: TableQuestion) -> Positions:
    """Return a number for each row's group; each row is its own when no group column was named."""
    if question.group is None:
        return np.arange(rows.num_rows)
    words = np.array([word or "" for word in words_of(rows[question.group])])
    return np.asarray(np.unique(words, return_inverse=True)[1], dtype=np.int64)


def _folds(rows: pa.Table, y: Labels, groups: Positions, question: TableQuestion) -> tuple[Fold, ...]:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if question.folds < 2:
        raise ConfigurationError("Cross-validation needs at least two folds. Give --folds 2 or more.")
    if question.time is not None:
        return _folds_in_time(rows, y, groups, question)
    if question.group is None:
        n = min(question.folds, int(min(y.sum(), len(y) - y.sum())))
        cuts = StratifiedKFold(n, shuffle=True, random_state=question.seed).split(y, y)
    else:
        n = min(question.folds, len(np.unique(groups)))
        if n < 2:
            message = f"The column {question.group!r} has a single group. Choose a column with several."
            raise ConfigurationError(message, column=question.group)
        cuts = StratifiedGroupKFold(n, shuffle=True, random_state=question.seed).split(y, y, groups)
    return tuple(Fold(train, check) for train, check in cuts)


def _folds_in_time(rows: pa.Table, y: Labels, groups: Positions, question: TableQuestion) -> tuple[Fold, ...]:
    """Cut time into parts of like size: each part after the first is judged by what was learned before it."""
    assert question.time is not None
    column = rows[question.time]
    moments = days_of(column)
    if moments is None:
        moments = as_numbers(column)
    if moments is None or np.isnan(moments).any():
        message = (
            f"The column {question.time!r} does not hold a date or a number in every row. Choose another --time, or "
            "drop the rows without one."
        )
        raise ConfigurationError(message, column=question.time)
    edges = np.unique(np.quantile(moments, np.arange(1, question.folds + 1) / (question.folds + 1)))
    part = np.searchsorted(edges, moments, side="left")
    folds = []
    for number_of_part in range(1, int(part.max()) + 1):
        check = np.flatnonzero(part == number_of_part)
        train = np.flatnonzero(part < number_of_part)
        if question.group is not None:
            train = train[~np.isin(groups[train], groups[check])]
        if all(0 < y[some].sum() < len(some) for some in (train, check) if len(some)) and len(train) and len(check):
            folds.append(Fold(train, check))
    if not folds:
        message = f"The column {question.time!r} leaves no part with both answers. Use --folds without --time."
        raise ConfigurationError(message, column=question.time)
    return tuple(folds)
