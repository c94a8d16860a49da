"""Look for columns that know the answer: too good to be true, or filled in only once the outcome was known."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from prevenance.kit.words import Words, number, percent
from prevenance.models.base import Labels, Positions, Values
from prevenance.models.scores import auc

TOO_GOOD = 0.95  # no single honest column ranks customers as well as this
_TOO_GOOD_BY_NAME = 0.75  # a column that is named after the label needs to be less good to be suspect
_PURE = 0.98
_FEWEST_PURE = 20
_SMALLEST_PART = 0.05  # of all yes-rows that a tell-tale value has to explain
_FEW_VALUES = 20
_N_BINS = 20


@dataclass(frozen=True)
class Alone:
    """Says how well one column predicts by itself, and in which of its values the answer shows."""

    column: str
    auc: float
    tell_tale: str | None = None


def alone(name: str, codes: Positions, values: Values | None, y: Labels, folds: Positions) -> Alone:
    """Measure one column by itself: its own order if it has one, and the out-of-fold share of yes of each value."""
    reached = auc(y, _out_of_fold_shares(codes, y, folds))
    if values is not None and not np.isnan(values).all():
        plain = auc(y, np.where(np.isnan(values), np.nanmin(values) - 1, values))
        reached = max(reached, plain, 1 - plain)
    return Alone(name, reached)


def _out_of_fold_shares(codes: Positions, y: Labels, folds: Positions) -> Values:
    shares, n = np.zeros(len(y)), int(codes.max()) + 1 if len(codes) else 0
    for fold in np.unique(folds):
        learn = folds != fold
        base = float(y[learn].mean())
        counts = np.bincount(codes[learn], minlength=n)
        found = np.bincount(codes[learn], weights=y[learn], minlength=n)
        shares[~learn] = ((found + 5 * base) / (counts + 5))[codes[~learn]]
    return shares


def codes_of_numbers(values: Values) -> Positions:
    """Return each number's bin: its own when there are few different ones, else twentieths; unknown is bin 0."""
    known = ~np.isnan(values)
    codes = np.zeros(len(values), dtype=np.int64)
    different = np.unique(values[known])
    if len(different) > _FEW_VALUES:
        different = np.unique(np.quantile(values[known], np.arange(_N_BINS) / _N_BINS))
    codes[known] = np.searchsorted(different, values[known], side="right")
    return codes


def tell_tale_value(codes: Positions, y: Labels, names: dict[int, str]) -> str | None:
    """Return a value under which nearly every row is a yes, if it covers enough of them; chance does not do that."""
    n = int(codes.max()) + 1 if len(codes) else 0
    counts, found = np.bincount(codes, minlength=n), np.bincount(codes, weights=y, minlength=n)
    pure = (counts >= _FEWEST_PURE) & (found >= _PURE * counts) & (found >= _SMALLEST_PART * y.sum())
    if y.mean() > 0.8 or not pure.any():
        return None
    return names.get(int(np.argmax(np.where(pure, found, 0))))


def spike_codes(values: Values) -> tuple[Positions, dict[int, str]]:
    """Return codes and names by which a tell-tale value of numbers shows: unknown, one of few values, or a spike."""
    known = ~np.isnan(values)
    different, counts = np.unique(values[known], return_counts=True)
    codes, names = np.zeros(len(values), dtype=np.int64), {0: "(empty)"}
    if len(different) <= _FEW_VALUES:
        codes[known] = np.searchsorted(different, values[known]) + 1
        return codes, names | {at + 1: f"{value:g}" for at, value in enumerate(different)}
    codes[known] = 1
    if counts.max() >= 0.3 * known.sum():
        spike = different[int(np.argmax(counts))]
        codes[known] = np.where(values[known] == spike, 2, 1)
        return codes, names | {1: f"other than {spike:g}", 2: f"{spike:g}"}
    return codes, names | {1: "(filled in)"}


def code_words(words: list[str | None]) -> tuple[Positions, dict[int, str]]:
    """Return a code a word, and the words by code."""
    array = pa.array(["(empty)" if word is None else word for word in words]).dictionary_encode()
    names = dict(enumerate(array.dictionary.to_pylist()))
    return np.asarray(array.indices.to_numpy(zero_copy_only=False), dtype=np.int64), names


def suspicion(found: Alone, label: str) -> Words | None:
    """Say in words why a column is suspect, or None when it is not."""
    named = label.lower() in found.column.lower()
    if found.auc >= TOO_GOOD or (named and found.auc >= _TOO_GOOD_BY_NAME):
        return Words(
            fr="À elle seule, cette colonne prédit trop bien pour être honnête (AUC "
            + number(found.auc, "fr", 3)
            + "). Vérifier qu’elle était connue avant le résultat, sinon l’écarter.",
            en=f"By itself this column predicts too well to be honest (AUC {number(found.auc, 'en', 3)}). "
            "Check that it was known before the outcome, or leave it out.",
        )
    if found.tell_tale is not None:
        share_fr, share_en = percent(_PURE, "fr"), percent(_PURE, "en")
        return Words(
            fr=f"Quand elle vaut « {found.tell_tale} », la réponse est oui dans au moins {share_fr} des cas : elle "
            "semble remplie une fois le résultat connu. Vérifier, sinon l’écarter.",
            en=f"When it is “{found.tell_tale}”, the answer is yes in at least {share_en} of cases: it looks filled in "
            "once the outcome was known. Check, or leave it out.",
        )
    return None
