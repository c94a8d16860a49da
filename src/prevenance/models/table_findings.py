"""Hold what was found about a flat table, as plain data and row by row."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from prevenance.kit.findings import write_flat
from prevenance.kit.words import Language
from prevenance.models.base import Estimator
from prevenance.models.ladder import Rung
from prevenance.models.scores import Measures
from prevenance.models.table_cases import TableWarning


@dataclass(frozen=True)
class Baseline:
    """Names the plain rule to beat (here the best single column) and its AUC."""

    name: str
    auc: float


@dataclass(frozen=True)
class TableFindings:
    """Holds what `Lab.classify` measured.

    Attributes:
        label: the column that was predicted.
        estimator: the one that was kept.
        ladder: what each step of complexity bought.
        measures: how good it is on rows that it had not seen, after calibration.
        accuracy: share of rows on the right side of one half.
        baseline: the plain rule.
        warnings: what a person should know of a column.
        rows: row number, label, probability and range of every judged row.
        drivers: columns by their share in the scores.
    """

    label: str
    estimator: Estimator
    ladder: tuple[Rung, ...]
    measures: Measures
    accuracy: float
    baseline: Baseline
    warnings: tuple[TableWarning, ...]
    rows: pa.Table
    drivers: tuple[tuple[str, float], ...]

    def to_json(self, language: Language = "en") -> dict[str, object]:
        """Return it as plain data, ready for `json.dumps`."""
        found = self.measures
        return {
            "task": "classify",
            "rows": found.n,
            "positives": found.positives,
            "base_rate": found.positives / found.n,
            "estimator": self.estimator.name,
            "ladder": [vars_of(rung) for rung in self.ladder],
            "auc": found.auc,
            "auc_interval": list(found.auc_interval),
            "average_precision": found.average_precision,
            "brier": found.brier,
            "ece": found.ece,
            "lift_at_10": found.lift_at_10,
            "accuracy": self.accuracy,
            "baseline": {"name": self.baseline.name, "auc": self.baseline.auc},
            "warnings": [
                {"column": warning.column, "kind": warning.kind, "detail": warning.detail.say(language)}
                for warning in self.warnings
            ],
            "drivers": [{"column": name, "share": share} for name, share in self.drivers],
        }

    def write_rows(self, path: Path) -> None:
        """Write each judged row with its probability, as Parquet or CSV by the file's ending.

        Raises:
            ConfigurationError: the file ends otherwise.
        """
        write_flat(self.rows, path)


def vars_of(rung: Rung) -> dict[str, object]:
    """Return a rung of the ladder as plain data."""
    return {"estimator": rung.estimator, "auc": rung.auc, "auc_se": rung.auc_se, "seconds": round(rung.seconds, 3)}
