"""Keep a project's `signals.yaml`: read its thresholds, look for better ones on the past, and write those adopted."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prevenance.features.thresholds import Thresholds, default_thresholds, explained_defaults, read_thresholds
from prevenance.features.tuning import Limits, tuned
from prevenance.kit.problems import ConfigurationError
from prevenance.records.screens import SignalTuning
from prevenance.storage import Lake
from prevenance.timeline import Timeline


@dataclass(frozen=True)
class SignalsFile:
    """Is a project's `signals.yaml`.

    Example:
        >>> import yaml
        >>> yaml.safe_load(SignalsFile.by_default())["support_load"]
        {'n_tickets': 3}
    """

    path: Path

    @staticmethod
    def by_default() -> str:
        """Return the text of a file with every threshold at its default, explained in both languages."""
        return explained_defaults()

    def thresholds(self) -> Thresholds:
        """Return the thresholds of a project: those of its file, if it has one, and the defaults for the rest.

        Raises:
            ConfigurationError: the file names an unknown signal or threshold, or holds something that is no number;
                the message tells all such problems together.
        """
        return read_thresholds(self.path) if self.path.is_file() else default_thresholds()

    def tune(
        self,
        lake: Lake,
        timeline: Timeline,
        *,
        signals: Collection[str] = (),
        alerts_a_month: float | None = None,
        ranges: Mapping[str, tuple[float, float]] | None = None,
    ) -> tuple[SignalTuning, ...]:
        """Look for better thresholds on the older months of the past, and judge them on the newer ones.

        Args:
            lake: computes.
            timeline: what was known at `as_of`.
            signals: names; all that predict something when not given.
            alerts_a_month: of each signal, at most; no limit when not given.
            ranges: the least and the greatest value of a threshold that the user allows, by `signal.threshold`.

        Raises:
            ConfigurationError: a name is unknown, or a signal predicts nothing.
        """
        limits = Limits(alerts_a_month, ranges or {})
        return tuned(lake, timeline, self.thresholds(), signals=signals, limits=limits)

    def adopt(self, tunings: Sequence[SignalTuning]) -> None:
        """Write thresholds that proved better into the file; every comment stays where it is.

        Raises:
            ConfigurationError: the file is written in a way that cannot be edited line by line; nothing was changed.
        """
        wanted = self.thresholds()
        text = self.path.read_text("utf-8") if self.path.is_file() else self.by_default()
        for tuning in tunings:
            wanted[tuning.signal] |= tuning.proposed
            text = _edited(text, tuning.signal, tuning.proposed)
        draft = self.path.with_suffix(".draft.yaml")
        try:
            draft.write_text(text, "utf-8")
            if _read_or_none(draft) != wanted:
                said = "; ".join(f"{t.signal}: {dict(t.proposed)}" for t in tunings)
                message = f"{self.path.name} cannot be edited line by line. Write this into it yourself: {said}"
                raise ConfigurationError(message, file=str(self.path))
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)


def _read_or_none(path: Path) -> Thresholds | None:
    try:
        return read_thresholds(path)
    except ConfigurationError:
        return None


def _edited(text: str, signal: str, values: Mapping[str, float]) -> str:
    """Return the text with the numbers of one signal changed, or its section added."""
    lines = text.splitlines()
    heads = [place for place, line in enumerate(lines) if re.match(rf"{signal}\s*:", line)]
    if not heads:
        section = [f"{signal}:", *(f"  {name}: {value:g}" for name, value in values.items())]
        return "\n".join([*lines, "", *section]) + "\n"
    place = heads[-1]
    end = next((n for n in range(place + 1, len(lines)) if re.match(r"[^\s#]", lines[n])), len(lines))
    missing = dict(values)
    for at in range(place + 1, end):
        found = re.match(r"(\s+)(\w+)(\s*:\s*)[^\s#]+(.*)$", lines[at])
        if found and found[2] in missing:
            lines[at] = f"{found[1]}{found[2]}{found[3]}{missing.pop(found[2]):g}{found[4]}"
    lines[place + 1 : place + 1] = [f"  {name}: {value:g}" for name, value in missing.items()]
    return "\n".join(lines) + "\n"
