"""Fit a random forest: many rough trees, each grown on a draw of the rows, whose shares of yes are averaged."""

from typing import Any, Self, cast

import numpy as np

from prevenance.kit.words import Words
from prevenance.models.base import Contributions, Estimator, Labels, Positions, Values

_ROWS_PER_TREE = 20_000  # so that time does not grow with the size of the company


class Forest:
    """Wraps scikit-learn's forest, bounds the rows each tree sees, and takes its answers apart."""

    def __init__(self, seed: int = 0, trees: Any = None) -> None:  # Any: scikit-learn ships no types
        self.seed = seed
        self.trees = trees

    def fit(self, x: Values, y: Labels) -> Self:
        """Learn from rows with labels."""
        from sklearn.ensemble import RandomForestClassifier

        self.trees = RandomForestClassifier(
            n_estimators=120,
            min_samples_leaf=20,  # so that no leaf is about one customer
            max_features="sqrt",
            max_samples=min(_ROWS_PER_TREE, len(y)),
            random_state=self.seed,
            n_jobs=2,
        )
        self.trees.fit(x.astype(np.float32), y)
        self.trees.set_params(n_jobs=1)  # two threads add up votes in any order: the last digits would change each run
        return self

    def predict_proba(self, x: Values) -> Values:
        """Return the probabilities of no and yes."""
        return np.asarray(self.trees.predict_proba(x.astype(np.float32)), dtype=np.float64)

    def contributions(self, x: Values) -> Contributions:
        """Return each column's share of the probability: what each split on the way down changed (Saabas, 2014)."""
        leaves = self.trees.apply(x.astype(np.float32))
        shares, base = np.zeros_like(x), 0.0
        for number, grown in enumerate(self.trees.estimators_):
            shares += _shares_by_node(grown.tree_, x.shape[1])[leaves[:, number]]
            base += float(_yes(grown.tree_)[0])
        n = len(self.trees.estimators_)
        return Contributions(base / n, shares / n)


def _yes(tree: Any) -> Values:  # Any: scikit-learn ships no types
    counts = np.asarray(tree.value[:, 0, :], dtype=np.float64)
    return np.asarray(counts[:, -1] / counts.sum(axis=1), dtype=np.float64)


def _shares_by_node(tree: Any, n_columns: int) -> Values:  # Any: scikit-learn ships no types
    """Return what each column has added to the share of yes on the way to each node, level by level."""
    yes, left, right = _yes(tree), np.asarray(tree.children_left), np.asarray(tree.children_right)
    shares = np.zeros((len(yes), n_columns))
    level: Positions = np.array([0])
    while len(level := level[left[level] >= 0]):
        columns = tree.feature[level]
        for children in (left[level], right[level]):
            shares[children] = shares[level]
            shares[children, columns] += yes[children] - yes[level]
        level = np.concatenate([left[level], right[level]])
    return shares


RANDOM_FOREST = Estimator(
    name="random_forest",
    words=Words(fr="forêt aléatoire", en="random forest"),
    rung=2,
    build=Forest,
    explain=lambda model, x: cast("Forest", model).contributions(x),
    file_format="skops",
    state=lambda model: cast("Forest", model).trees,
    restore=lambda state: Forest(trees=state),
    trusted_types=("sklearn.tree._tree.Tree",),
)
