"""Read and write the one readable file in which a company sets the thresholds of its signals."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from prevenance.features.signal import Signal, Threshold
from prevenance.kit import catalogue
from prevenance.kit.problems import ConfigurationError

Thresholds = dict[str, dict[str, float]]

_HEAD = """\
# Seuils des signaux : changez-les ici ; ce que vous effacez reprend sa valeur par défaut.
# Thresholds of the signals: change them here; what you delete takes its default again.
"""


@cache
def signal_cards() -> Mapping[str, Signal]:
    """Return the catalogue of signals, by name.

    Example:
        >>> signal_cards()["activity_drop"].words.en
        'activity falling'
    """
    return catalogue.load("prevenance.features.signals", Signal)


def default_thresholds() -> Thresholds:
    """Return every threshold at its default."""
    return {name: signal.defaults() for name, signal in signal_cards().items()}


def explained_defaults() -> str:
    """Return the text of a file with every threshold at its default, explained in both languages."""
    return "\n".join([_HEAD, *(_section(signal) for signal in signal_cards().values())])


def _section(signal: Signal) -> str:
    lines = [f"# {signal.promise} - {signal.words.fr} / {signal.words.en}", f"{signal.name}:"]
    for name, threshold in signal.thresholds.items():
        lines.append(f"  {name}: {threshold.default:g}  # {_explained(threshold)}")
    return "\n".join(lines) + "\n"


def _explained(threshold: Threshold) -> str:
    words, unit = threshold.words, threshold.unit
    return f"{words.fr} ({unit.fr}) / {words.en} ({unit.en})"


def read_thresholds(path: Path) -> Thresholds:
    """Return the thresholds that a file names, and the defaults for the rest.

    Raises:
        ConfigurationError: the file names an unknown signal or threshold, or holds something that is no number; the
            message tells all such problems together.
    """
    try:
        said = yaml.safe_load(path.read_text("utf-8")) or {}
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path.name} is not readable as YAML: {error}", file=str(path)) from error
    if not isinstance(said, dict):
        raise ConfigurationError(f"{path.name} must list signals with their thresholds below them.", file=str(path))
    problems = [problem for name, values in said.items() for problem in _problems(str(name), values)]
    if problems:
        message = f"{path.name} has {len(problems)} problem(s): " + " ".join(problems)
        raise ConfigurationError(message, file=str(path), problems=problems)
    chosen = default_thresholds()
    for name, values in said.items():
        chosen[name] |= {threshold: float(value) for threshold, value in (values or {}).items()}
    return chosen


def _problems(name: str, values: object) -> list[str]:
    known = signal_cards()
    if name not in known:
        return [f"There is no signal {name!r}; known are {', '.join(known)}."]
    if values is None:
        return []
    if not isinstance(values, dict):
        return [f"Below {name!r} belong thresholds, each with its number."]
    allowed = known[name].thresholds
    found = [f"{name!r} has no threshold {key!r}; it has {', '.join(allowed)}." for key in values if key not in allowed]
    return found + [
        f"{name}.{key} must be a number, not {value!r}." for key, value in values.items() if not _is_number(value)
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
