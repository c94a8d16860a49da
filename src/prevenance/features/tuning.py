"""Choose the thresholds of a signal on the older months of a company's past, and judge the choice on the newer ones.

Months whose outcome reaches into the newer ones are left out between the two, so that nothing is learnt from what is
then judged. What is sought is the best F0.5: being right counts for more than missing nothing, because each alert costs
an agent's time (van Rijsbergen, 1979, "Information Retrieval", chapter 7). One threshold is tried at a time, twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from math import inf, isfinite
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from prevenance.features.backtest import column_of, months_of, outcomes_of, share_interval, with_outcomes
from prevenance.features.compute import active_grid, compute
from prevenance.features.fire import read_by, views_of
from prevenance.features.signal import Outcome, Signal
from prevenance.features.thresholds import Thresholds, signal_cards
from prevenance.kit.clock import naive_utc
from prevenance.kit.problems import ConfigurationError
from prevenance.records.screens import SignalScore, SignalTuning, TuningVerdict
from prevenance.storage import Lake
from prevenance.timeline import Timeline

_STEPS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)  # times the present threshold
_ROUNDS = 2
_NEWER = 1 / 3  # of the months
_FEWEST_MONTHS = 4  # older ones, and half of it newer ones
_FEWEST_RIGHT = 5  # right alerts, on either side, without which a share says nothing
_MARGIN = 1.05  # less than a twentieth better is no reason to change what people know
_ROOM = 1.2  # the alerts of the newer months may exceed the budget by a fifth: months differ


_Scores: TypeAlias = tuple[tuple[SignalScore, SignalScore], tuple[SignalScore, SignalScore]]


@dataclass(frozen=True)
class Limits:
    """Holds what the user allows.

    Attributes:
        alerts_a_month: of each signal, at most; no limit when not given.
        ranges: the least and the greatest value of a threshold, by `signal.threshold`.
    """

    alerts_a_month: float | None = None
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def range_of(self, signal: Signal, name: str) -> tuple[float, float]:
        """Return the least and the greatest value of a threshold."""
        return self.ranges.get(f"{signal.name}.{name}", (-inf, inf))

    def kept(self, signal: Signal, values: Mapping[str, float]) -> dict[str, float]:
        """Return the thresholds, each moved into its range."""
        ranges = {name: self.range_of(signal, name) for name in values}
        return {name: min(max(value, ranges[name][0]), ranges[name][1]) for name, value in values.items()}


def tuned(
    lake: Lake, timeline: Timeline, thresholds: Thresholds, *, signals: Collection[str], limits: Limits
) -> tuple[SignalTuning, ...]:
    """Return what was found for each signal, by name."""
    catalogue = _asked(signals, limits)
    months = months_of(lake, timeline)
    if not months:
        return tuple(_too_little(signal, thresholds[name]) for name, signal in catalogue.items())
    judged = _judged(lake, timeline, catalogue, thresholds, months)
    return tuple(
        _tuned(_Past(lake, judged, _halves(months, signal.outcome, timeline.as_of)), signal, thresholds[name], limits)
        for name, signal in catalogue.items()
        if signal.outcome is not None
    )


def _asked(names: Collection[str], limits: Limits) -> dict[str, Signal]:
    known = signal_cards()
    strange = sorted(set(names) - set(known))
    if strange:
        message = f"There is no signal named {', '.join(strange)}. Known are: {', '.join(known)}."
        raise ConfigurationError(message, signals=strange)
    places = {f"{signal.name}.{name}" for signal in known.values() for name in signal.thresholds}
    odd = sorted(set(limits.ranges) - places)
    if odd:
        message = (
            f"There is no threshold {', '.join(odd)}. Name it as signal.threshold, such as support_load.n_tickets."
        )
        raise ConfigurationError(message, thresholds=odd)
    facts = sorted(name for name in names if known[name].outcome is None)
    if facts:
        message = (
            f"{', '.join(facts)} states a fact and predicts nothing: there is no past by which to judge thresholds."
        )
        raise ConfigurationError(message, signals=facts)
    return {name: s for name, s in known.items() if s.outcome is not None and (not names or name in names)}


def _judged(
    lake: Lake, timeline: Timeline, catalogue: Mapping[str, Signal], thresholds: Thresholds, months: list[datetime]
) -> ir.Table:
    """Return the features that these signals read, each month of the past, with what followed."""
    views = sorted({view for name, signal in catalogue.items() for view in views_of(signal, thresholds[name])})
    read = sorted({name for key, signal in catalogue.items() for name in read_by(signal, thresholds[key])})
    features = compute(timeline, active_grid(timeline, months), views=views)
    seen = lake.stage(features.select("customer_id", "cutoff", *read))
    return lake.stage(with_outcomes(seen, timeline, outcomes_of(catalogue)))


def _halves(months: Sequence[datetime], outcome: Outcome | None, as_of: datetime) -> tuple[list[datetime], ...]:
    """Return the older and the newer months whose outcomes are known; those of the older end before the newer begin."""
    assert outcome is not None
    horizon = timedelta(outcome.days)
    over = [month for month in months if month <= naive_utc(as_of) - horizon]
    newer = over[len(over) - max(_FEWEST_MONTHS // 2, round(len(over) * _NEWER)) :] if over else []
    return [month for month in over if newer and month + horizon <= newer[0]], newer


@dataclass(frozen=True)
class _Past:
    lake: Lake
    judged: ir.Table
    halves: tuple[list[datetime], ...]

    @property
    def is_enough(self) -> bool:
        """Tell whether both halves have months enough."""
        older, newer = self.halves
        return len(older) >= _FEWEST_MONTHS and len(newer) >= _FEWEST_MONTHS // 2

    def scores(
        self, signal: Signal, candidates: Sequence[Mapping[str, float]]
    ) -> list[tuple[SignalScore, SignalScore]]:
        """Return how each candidate did on the older and the newer months, in one query."""
        assert signal.outcome is not None
        followed = self.judged[column_of(signal.outcome)].notnull()
        parts = [self.judged.cutoff.isin([ibis.literal(m, "timestamp(6)") for m in half]) for half in self.halves]
        counts: dict[str, ir.Value] = {f"followed_{p}": (part & followed).sum() for p, part in enumerate(parts)}
        counts |= {f"seen_{p}": part.sum() for p, part in enumerate(parts)}
        for (n, at), (p, part) in product(enumerate(candidates), enumerate(parts)):
            fires = signal.fires(self.judged, at).fill_null(False) & part
            counts |= {f"fired_{n}_{p}": fires.sum(), f"right_{n}_{p}": (fires & followed).sum()}
        row = {k: int(v or 0) for k, v in self.lake.collect(self.judged.agg(**counts)).to_pylist()[0].items()}

        def score(n: int, p: int) -> SignalScore:
            fired, right = row[f"fired_{n}_{p}"], row[f"right_{n}_{p}"]
            return SignalScore(
                len(self.halves[p]), row[f"seen_{p}"], fired, right, row[f"followed_{p}"], *share_interval(right, fired)
            )

        return [(score(n, 0), score(n, 1)) for n, _ in enumerate(candidates)]


def _tuned(past: _Past, signal: Signal, present: Mapping[str, float], limits: Limits) -> SignalTuning:
    if not past.is_enough:
        return _too_little(signal, present)
    best = limits.kept(signal, present)
    start, found = past.scores(signal, [present, best])
    for name in [*signal.thresholds] * _ROUNDS:
        candidates = [best | {name: value} for value in _values(signal, name, present[name], limits)]
        for candidate, scores in zip(candidates, past.scores(signal, candidates), strict=True):
            if _rank(scores[0], limits) > _rank(found[0], limits):
                best, found = candidate, scores
    verdict = _verdict((start, found), limits, is_other=best != dict(present))
    if verdict == "no better":
        best, found = dict(present), start
    return SignalTuning(signal.name, signal.words, present, best, (start[0], found[0]), (start[1], found[1]), verdict)


def _rank(score: SignalScore, limits: Limits) -> tuple[bool, float]:
    """Order scores: what keeps to the budget first, then what is worth most; what chance could do is worth nothing."""
    is_within = limits.alerts_a_month is None or score.alerts_a_month <= limits.alerts_a_month
    return is_within, score.worth if score.n_right >= _FEWEST_RIGHT and _beats_chance(score) else 0.0


def _beats_chance(score: SignalScore) -> bool:
    return (score.precision_low or 0.0) > (score.base_rate or 0.0)


def _verdict(scores: _Scores, limits: Limits, *, is_other: bool) -> TuningVerdict:
    start, found = scores
    if not is_other or (_rank(start[0], limits)[0] and found[0].worth < _MARGIN * start[0].worth):
        return "no better"
    now, then = start[1], found[1]
    budget = None if limits.alerts_a_month is None else _ROOM * limits.alerts_a_month
    is_within = budget is None or then.alerts_a_month <= budget
    if not is_within or then.n_right < _FEWEST_RIGHT or (then.precision or 0.0) <= (then.base_rate or 0.0):
        return "not confirmed"
    was_too_many = budget is not None and now.alerts_a_month > budget
    return "better" if was_too_many or then.worth >= _MARGIN * now.worth else "not confirmed"


def _values(signal: Signal, name: str, present: float, limits: Limits) -> list[float]:
    """Return the values to try: around the present one and the default, of the same kind, within the user's range."""
    default = signal.thresholds[name].default
    low, high = limits.range_of(signal, name)
    is_whole, is_share = float(default).is_integer() and default >= 1, 0 < default < 1
    tried = {around * step for around in (present, default) for step in _STEPS}
    tried |= {end for end in (low, high) if isfinite(end)}
    if is_whole:
        tried = {float(max(1, round(value))) for value in tried}
    elif is_share:
        tried = {round(min(0.95, max(0.05, value)), 2) for value in tried}
    else:
        tried = {float(f"{value:.3g}") for value in tried}
    return sorted(value for value in tried if low <= value <= high)


def _too_little(signal: Signal, present: Mapping[str, float]) -> SignalTuning:
    return SignalTuning(signal.name, signal.words, present, present, None, None, "too little past")
