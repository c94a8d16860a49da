"""Tell each signal: its thresholds, how often it speaks today, and how it did on the company's own past."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
from ibis import _

from prevenance import features
from prevenance.kit.clock import naive_utc
from prevenance.records.screens import SignalLine
from prevenance.records.tables import SIGNAL_HITS, SIGNAL_RECORDS
from prevenance.storage import Lake


def signal_lines(
    lake: Lake, as_of: datetime | None, thresholds: Mapping[str, Mapping[str, float]]
) -> tuple[SignalLine, ...]:
    """Return one line for each signal, by promise; without figures before the first run."""
    at = ibis.null("timestamp(6)") if as_of is None else ibis.literal(naive_utc(as_of), "timestamp(6)")
    hits = lake.read(SIGNAL_HITS).filter(_.as_of == at).group_by("signal").agg(n=_.count())
    n_today = {row["signal"]: row["n"] for row in lake.collect(hits).to_pylist()}
    records = lake.collect(lake.read(SIGNAL_RECORDS).filter(_.as_of == at)).to_pylist()
    measured = {row["signal"]: row for row in records}
    cards = sorted(features.signal_cards().values(), key=lambda card: (int(card.promise[1:]), card.name))
    return tuple(
        SignalLine(
            card.name,
            card.promise,
            card.words,
            {name: (thresholds[card.name][name], one.unit, one.words) for name, one in card.thresholds.items()},
            n_today.get(card.name, 0),
            **_figures(measured.get(card.name)),
        )
        for card in cards
    )


def _figures(row: Mapping[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("n_fired", "n_right", "recall", "base_rate", "lead_days")
    return {name: row[name] for name in names} | {"precision_interval": (row["precision_low"], row["precision_high"])}
