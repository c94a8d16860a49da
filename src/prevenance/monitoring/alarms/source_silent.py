"""Raise an alarm when a source that used to speak has fallen silent.

A source is silent when nothing came for longer than three times its longest pause of the last year, and for a week at
least: so a yearly survey may be quiet for months, and a product feed may not for two weeks.

Example:
    >>> SOURCE_SILENT.question.en
    'Does every source still speak?'
"""

from datetime import timedelta
from typing import Any

import ibis
from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words, day, number
from prevenance.monitoring.base import Alarm, Raised, Watched

_LOOKED_AT = timedelta(days=364)
_SHORTEST_SILENCE = 7
_TIMES = 3


def _ask(watched: Watched) -> tuple[Raised, ...]:
    now = naive_utc(watched.timeline.as_of)
    recent = watched.timeline.events.filter((_.occurred_at <= now) & (_.occurred_at > now - _LOOKED_AT))
    days = recent.select("source", day=_.occurred_at.date()).distinct()
    before = days.day.lag().over(ibis.window(group_by=days.source, order_by=days.day))
    pauses = days.mutate(pause=days.day.delta(before, unit="day"))
    spoken = pauses.group_by("source").agg(last=_.day.max(), pause=_.pause.max(), n=_.count())
    rows = watched.lake.collect(spoken.order_by("source")).to_pylist()
    return tuple(_raised(row, (now.date() - row["last"]).days) for row in rows if _is_silent(row, now.date()))


def _is_silent(row: dict[str, Any], today: Any) -> bool:
    silence: int = (today - row["last"]).days
    return bool(row["n"] > 1 and silence > max(_SHORTEST_SILENCE, _TIMES * row["pause"]))


def _raised(row: dict[str, Any], silence: int) -> Raised:
    fr = Words(
        fr="La source « {source} » se tait depuis {n} jours (dernier fait le {day}) ; sa plus longue pause de l’année "
        "était de {pause} jours. Les signaux et prédictions qui s’appuient sur elle vieillissent. Vérifiez son export.",
        en="The source “{source}” has been silent for {n} days (last fact on {day}); its longest pause in the year was "
        "{pause} days. Signals and predictions that rest on it grow old. Check its export.",
    )
    said = {
        language: fr.say(
            language,
            source=row["source"],
            n=number(silence, language),
            day=day(row["last"], language),
            pause=number(row["pause"], language),
        )
        for language in ("fr", "en")
    }
    return Raised(row["source"], "serious", Words(fr=said["fr"], en=said["en"]))


SOURCE_SILENT = Alarm(
    name="source_silent",
    question=Words(fr="Chaque source parle-t-elle encore ?", en="Does every source still speak?"),
    ask=_ask,
)
