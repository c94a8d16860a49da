"""Find in words what goes with an outcome on a company's own past: features at a past cutoff, and what followed.

Customers are looked at over and over, at cutoffs so far apart that no outcome counts twice. To look at each once, at a
month drawn from his own, would flatter the average: who leaves has fewer months, so that his last is drawn more often.
What one customer's rows repeat is taken off when rules are put to the test.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from prevenance import features
from prevenance.insights.evidence import Flags
from prevenance.insights.patterns import Shown, search, told
from prevenance.kit.clock import naive_utc
from prevenance.kit.findings import Findings, Said
from prevenance.kit.problems import DataError
from prevenance.kit.words import Language, Words
from prevenance.storage import Lake
from prevenance.timeline import Timeline

_PAST = 730  # days
_FEWEST = 60  # rows, and so many of them with and without the outcome:
_FEWEST_EITHER = 20
_MOST = 200_000  # rows: more tell nothing that these do not
_RULE = Words(
    fr="Quand {condition} : {outcome}, contre {base} en moyenne ({n} cas, entre {low} et {high}).",
    en="When {condition}: {outcome}, against {base} on average ({n} cases, between {low} and {high}).",
)
_HOW = Words(
    fr="Un cas est un client au début d’une période passée. Cherché sur la moitié des clients ({n} cas en tout), "
    "vérifié sur les autres ; règles qui tiennent : {claimed} sur {judged}.",
    en="A case is a customer at the beginning of a past period. Searched on half of the customers ({n} cases in all), "
    "checked on the others; rules that hold: {claimed} of {judged}.",
)


def company_patterns(
    lake: Lake,
    timeline: Timeline,
    *,
    question: Words,
    outcome: Words,
    horizon_days: int,
    population: Callable[[Timeline, ir.Table], ir.Table],
    label: Callable[[Timeline, ir.Table], ir.Table],
    seed: int = 0,
) -> Findings:
    """Find what went with an outcome within a horizon, over the features of the catalogue.

    Args:
        lake: computes.
        timeline: what was known at `as_of`.
        question: as a person would ask it.
        outcome: ends "34% ..." (`{n}` of them did).
        horizon_days: an outcome counts from the cutoff on for so many days.
        population: the pairs of a grid about which the question makes sense.
        label: `customer_id`, `cutoff` and `label` 0/1 for such pairs.
        seed: draws the cutoffs, and deals the customers into halves.

    Raises:
        DataError: there are too few customers, or too few with the outcome or without it.
    """
    months = _months(lake, timeline, horizon_days)
    rows = (
        _cases(lake, timeline, months, (population, label), seed)
        if months
        else pa.table({"label": pa.array([], pa.int64())})
    )
    happened: Flags = np.asarray(rows["label"].to_numpy()) == 1
    n_yes = int(happened.sum())
    if len(happened) < _FEWEST or min(n_yes, len(happened) - n_yes) < _FEWEST_EITHER:
        message = (
            f"The past holds {len(happened)} cases (a customer at the beginning of a period that is over), {n_yes} of "
            f"them with this outcome; {_FEWEST} are needed, {_FEWEST_EITHER} with it and {_FEWEST_EITHER} without."
        )
        raise DataError(message, n=len(happened), n_with=n_yes)
    cards = {name: card for name, card in features.feature_cards().items() if name in rows.column_names}
    shown = {name: Shown(card.words, card.unit) for name, card in cards.items()}

    def rule(lang: Language, figures: dict[str, str]) -> str:
        return _RULE.say(lang, outcome=outcome.say(lang, n=figures.pop("rate")), **figures)

    columns, owners = {name: rows[name] for name in cards}, np.asarray(rows["customer_id"].to_numpy())
    searched = search(columns, happened, shown, rule, seed=seed, customers=owners)
    return told(searched, Said.of(question), _HOW)


def _months(lake: Lake, timeline: Timeline, horizon_days: int) -> list[datetime]:
    """Return the first days of past months, a horizon apart, the newest just over, with a quarter of history before."""
    end = naive_utc(timeline.as_of)
    events = timeline.events.filter(timeline.events.occurred_at < end)
    first = lake.collect(events.agg(first=events.occurred_at.min()))["first"][0].as_py()
    months: list[datetime] = []
    until, cutoff = end, end.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while first is not None and cutoff - timedelta(84) >= first and cutoff > end - timedelta(_PAST):
        if cutoff + timedelta(horizon_days) <= until:
            months.append(cutoff)
            until = cutoff
        cutoff = (cutoff - timedelta(days=1)).replace(day=1)
    return months[::-1]


def _cases(
    lake: Lake,
    timeline: Timeline,
    months: list[datetime],
    asked: tuple[Callable[[Timeline, ir.Table], ir.Table], Callable[[Timeline, ir.Table], ir.Table]],
    seed: int,
) -> pa.Table:
    """Return one row a customer and month: the features at that cutoff, and `label`."""
    population, label = asked
    pairs = population(timeline, features.active_grid(timeline, months)).select("customer_id", "cutoff")
    drawn = lake.stage(_some(lake.collect(pairs.order_by("customer_id", "cutoff")), seed))
    labels = lake.stage(label(timeline, drawn)).select("customer_id", "cutoff", "label")
    seen = features.compute(timeline, drawn).join(labels, ["customer_id", "cutoff"])
    return lake.collect(seen.order_by("customer_id", "cutoff"))


def _some(pairs: pa.Table, seed: int) -> pa.Table:
    if pairs.num_rows <= _MOST:
        return pairs
    return pairs.take(np.sort(np.random.default_rng(seed).permutation(pairs.num_rows)[:_MOST]))
