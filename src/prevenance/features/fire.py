"""Find the signals that fire, and say them: the same declarations for the nightly run and for the live window."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis.expr.operations import Field

from prevenance.features.compute import active_grid, compute, views
from prevenance.features.signal import Signal, Values
from prevenance.features.thresholds import Thresholds, default_thresholds, signal_cards
from prevenance.kit.words import Words
from prevenance.storage import Lake
from prevenance.timeline import Timeline

Hit = tuple[str, int]


@dataclass(frozen=True)
class Fired:
    """Is a signal that fires for a customer, said in words."""

    signal: str
    customer_id: int
    words: Words
    strength: float | None


def fire(
    timeline: Timeline, cutoff: datetime, *, kinds: Collection[str], thresholds: Thresholds | None = None
) -> Sequence[Fired]:
    """Return the signals that fire at a cutoff for the active customers of a timeline, without writing anything.

    Only the signals that cite events of some kinds are asked, over the feature views that they need: a second's work
    rather than all of the night's.

    Args:
        timeline: what was known; all of its customers are looked at.
        cutoff: an instant at 00:00 UTC; what happened before it counts.
        kinds: the kinds of the events that are new.
        thresholds: by signal and name; the defaults when not given.
    """
    lake, chosen = timeline.lake, chosen_thresholds(thresholds)
    asked = [signal for signal in signal_cards().values() if set(kinds) & set(signal.evidence.kinds)]
    if not asked:
        return ()
    needed = sorted({view for signal in asked for view in views_of(signal, chosen[signal.name])})
    features = lake.stage(compute(timeline, active_grid(timeline, [cutoff]), views=needed))
    found = []
    for signal in asked:
        for (name, customer_id), values in hits_of(lake, features, signal, chosen[signal.name]).items():
            words = Words(fr=signal.said(values, "fr"), en=signal.said(values, "en"))
            found.append(Fired(name, customer_id, words, values["_strength"]))
    return found


def views_of(signal: Signal, at: Values) -> set[str]:
    """Return the views whose features a signal reads."""
    homes = _homes()
    return {homes[name] for name in read_by(signal, at)}


def read_by(signal: Signal, at: Values) -> set[str]:
    """Return the features a signal reads: asked of its declaration, over a table that holds nothing."""
    homes = _homes()
    table = ibis.table({"customer_id": "int64", "cutoff": "timestamp(6)"} | dict.fromkeys(homes, "float64"))
    read = [signal.fires(table, at), signal.strength(table, at), *(f.of(table) for f in signal.figures.values())]
    return {field.name for value in read for field in value.op().find(Field)} & set(homes)


def _homes() -> dict[str, str]:
    return {card.name: view.name for view in views().values() for card in view.features}


def chosen_thresholds(thresholds: Thresholds | None) -> Thresholds:
    """Return every threshold: the company's where it chose one, the default elsewhere."""
    return {name: values | (thresholds or {}).get(name, {}) for name, values in default_thresholds().items()}


def hits_of(lake: Lake, features: ir.Table, signal: Signal, at: Values) -> dict[Hit, dict[str, float | None]]:
    """Return the customers for whom a signal fires, with the figures of its sentence."""
    fired = features.filter(signal.fires(features, at).fill_null(False))
    figures = {place: figure.of(fired).cast("float64") for place, figure in signal.figures.items()}
    strength = signal.strength(fired, at).cast("float64").fill_null(ibis.literal(1.0, "float64"))
    rows = lake.collect(fired.select("customer_id", _strength=strength, **figures)).to_pylist()
    return {(signal.name, row.pop("customer_id")): row for row in rows}
