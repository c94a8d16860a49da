"""Describe the two kinds of this room: a target is one question about the future, an estimator one way to answer it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from prevenance.kit.words import Words

Values: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int8]
Positions: TypeAlias = npt.NDArray[np.int64]


class History(Protocol):
    """Gives the part of a timeline that populations and labels are made from."""

    @property
    def events(self) -> ir.Table:
        """Return what happened as it is known by `as_of`, one row an event."""
        ...

    @property
    def revisions(self) -> ir.Table:
        """Return every version of every event, those that were corrected later too."""
        ...

    @property
    def as_of(self) -> datetime:
        """Return the instant at which the past is looked at."""
        ...


@dataclass(frozen=True)
class Rule:
    """States the plain rule that a model has to beat: the larger the column, the likelier.

    Attributes:
        words: the rule as a service manager would say it.
        feature: the column of the features room that it ranks by.
        is_rising: whether more of it means likelier; otherwise less does.
    """

    words: Words
    feature: str
    is_rising: bool = True

    def score(self, columns: Mapping[str, Values]) -> Values | None:
        """Return the score of every row, or None when the column is not there; unknown values rank lowest."""
        if self.feature not in columns:
            return None
        values = columns[self.feature] if self.is_rising else -columns[self.feature]
        known = values[~np.isnan(values)]
        lowest = float(known.min()) - 1.0 if len(known) else 0.0
        return np.where(np.isnan(values), lowest, values)


@dataclass(frozen=True)
class ExampleEvent:
    """Holds one event of a worked example: days are counted from the cutoff, negative before it."""

    customer_id: int
    kind: str
    day: float
    object_id: str | None = None
    due_day: float | None = None
    known_day: float | None = None
    label: str | None = None
    quantity: float | None = None
    limit_quantity: float | None = None


@dataclass(frozen=True)
class TargetExample:
    """Shows a target at work: events, and the label of each customer who is asked about."""

    events: tuple[ExampleEvent, ...]
    labels: Mapping[int, int]


@dataclass(frozen=True)
class Target:
    """Holds the card of one prediction: the question, who is asked about, what counts as yes, and the rule to beat.

    Attributes:
        name: also the name of its file.
        question: as a person would ask it.
        outcome: ends "Of 100 flagged customers, 41 ..." (`{n}` of them did).
        purpose: what the prediction may be used for, and nothing else (promise F7).
        legal_basis: article of the GDPR under which customers are scored.
        horizon_days: a label looks at what happens in [cutoff, cutoff + horizon).
        population: the (customer_id, cutoff) pairs of a grid about which the question makes sense.
        label: customer_id, cutoff and `label` 0/1 for pairs of that population.
        rule: the plain rule shown beside every figure.
        excluded_features: columns that must not be used, because they restate the label or serve another purpose.
        min_events: below so many customers with the outcome no model is fitted.
        flagged_share: the part of the population that the team could look at.
        example: a worked example, run by the contract tests.
    """

    name: str
    question: Words
    outcome: Words
    purpose: Words
    legal_basis: str
    horizon_days: int
    population: Callable[[History, ir.Table], ir.Table]
    label: Callable[[History, ir.Table], ir.Table]
    rule: Rule
    example: TargetExample
    excluded_features: frozenset[str] = frozenset()
    min_events: int = 60
    flagged_share: float = 0.10


class Model(Protocol):
    """Learns from rows and answers with probabilities; missing values are NaN."""

    def fit(self, x: Values, y: Labels) -> "Model":
        """Learn from rows with known labels, and return itself."""
        ...

    def predict_proba(self, x: Values) -> Values:
        """Return two columns: the probability of no and of yes."""
        ...


@dataclass(frozen=True)
class Contributions:
    """Takes a score apart: `base` plus the sum of a row of `values` is that row's score, exactly."""

    base: float
    values: Values

    @property
    def scores(self) -> Values:
        """Return the scores that the parts add up to."""
        return np.asarray(self.base + self.values.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Estimator:
    """Holds one step of the ladder: how to build, explain, keep and restore a model.

    Attributes:
        name: also the name of its file.
        words: what it is, for a model card.
        rung: its place on the ladder; the lower the simpler.
        build: makes a fresh model from a seed.
        explain: takes scores apart into additive contributions of the columns.
        file_format: how it is stored; both formats are data, neither can run code.
        state: what is stored of a model.
        restore: makes a model from what was stored.
        trusted_types: the only types beyond plain arrays that its file may hold.
    """

    name: str
    words: Words
    rung: int
    build: Callable[[int], Model]
    explain: Callable[[Model, Values], Contributions]
    file_format: Literal["skops", "lightgbm"]
    state: Callable[[Model], object]
    restore: Callable[[object], Model]
    trusted_types: tuple[str, ...] = ()
