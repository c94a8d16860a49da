"""`prevenance signals`: how right each signal was on the company's own past, and which thresholds would do better."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language, Words, number, percent
from prevenance.records.screens import SignalLine, SignalScore, SignalTuning, TuningVerdict

_Project = Annotated[Path, typer.Option(help="The project folder.")]
_Spoken = Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")]

_TODAY = Words(fr="{n} aujourd’hui", en="{n} today")
_RECORD = Words(
    fr="a parlé {fired} fois, juste {right} fois ({precision}, de {low} à {high}) ; au hasard {base}",
    en="spoke {fired} times, right {right} times ({precision}, {low} to {high}); at random {base}",
)
_REACH = Words(
    fr="annonce {recall} des cas, {lead} jours avant (médiane)",
    en="foretells {recall} of cases, {lead} days ahead (median)",
)
_ONLY_FIRED = Words(fr="a parlé {fired} fois ; constate et ne prédit rien", en="spoke {fired} times; states a fact")
_NEVER = Words(fr="pas encore mesuré", en="not measured yet")
_LABELLED = Words(fr="{name} : {told}", en="{name}: {told}")
_FROM_TO = Words(fr="de {was} à {now}", en="from {was} to {now}")
_NOW, _PROPOSED = Words(fr="aujourd’hui", en="now"), Words(fr="proposé", en="proposed")
_OLDER = Words(fr="{n} mois anciens, qui ont servi à choisir", en="{n} older months, used to choose")
_NEWER = Words(fr="{n} mois récents, qui jugent", en="{n} newer months, which judge")
_SCORE = Words(
    fr="{alerts} alertes par mois, justes à {precision} ({low} à {high} ; au hasard {base}), {recall} des cas annoncés",
    en="{alerts} alerts a month, {precision} right ({low} to {high}; at random {base}), {recall} of cases foretold",
)
_VERDICTS: dict[TuningVerdict, Words] = {
    "better": Words(fr="mieux, et les mois récents le confirment", en="better, and the newer months confirm it"),
    "no better": Words(fr="rien de mieux : les seuils restent", en="nothing better: the thresholds stay"),
    "not confirmed": Words(
        fr="mieux hier, pas confirmé par les mois récents : les seuils restent",
        en="better then, not confirmed by the newer months: the thresholds stay",
    ),
    "too little past": Words(fr="trop peu de mois passés pour juger", en="too few past months to judge by"),
}


def _list(project: _Project = Path(), language: _Spoken = None, as_json: _Json = False) -> None:
    """Show every signal: its thresholds, how often it speaks today, how right it was, and how early."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        lines, spoken = application.signals(), application.language(language)
    if as_json:
        answer_json({"signals": [_plain_line(line) for line in lines]})
        return
    for line in lines:
        answer(f"{line.words.say(spoken)}  ({line.signal})  {_TODAY.say(spoken, n=number(line.n_today, spoken))}")
        for name, (value, unit, words) in line.thresholds.items():
            told = percent(value, spoken) if unit.en == "share" else f"{_short(value, spoken)} {unit.say(spoken)}"
            answer(f"    {_LABELLED.say(spoken, name=words.say(spoken), told=told)}  ({name})")
        for told in _record(line, spoken):
            answer(f"    {told}")
    if all(line.n_fired is None for line in lines):
        talk(f"No run has measured the signals yet. Next: prevenance run --project {project}")


def _record(line: SignalLine, language: Language) -> list[str]:
    if line.n_fired is None:
        return [_NEVER.say(language)]
    fired = number(line.n_fired, language)
    if line.n_right is None:
        return [_ONLY_FIRED.say(language, fired=fired)]
    low, high = line.precision_interval
    told = _RECORD.say(
        language,
        fired=fired,
        right=number(line.n_right, language),
        precision=_share(line.precision, language),
        low=_share(low, language),
        high=_share(high, language),
        base=_share(line.base_rate, language),
    )
    lead = "-" if line.lead_days is None else number(line.lead_days, language)
    return [told, _REACH.say(language, recall=_share(line.recall, language), lead=lead)]


def _tune(
    signals: Annotated[
        list[str] | None, typer.Argument(help="Names, as `signals list` shows them; all when none.")
    ] = None,
    project: _Project = Path(),
    alerts: Annotated[float | None, typer.Option(help="Alerts a month of each signal, at most.", min=0)] = None,
    within: Annotated[
        list[str] | None, typer.Option(help="What a threshold may be, such as support_load.n_tickets=2..6. Repeatable.")
    ] = None,
    adopt: Annotated[bool, typer.Option("--adopt", help="Write what proved better into signals.yaml.")] = False,
    actor: Annotated[str | None, typer.Option(help="Who adopts; stands in the audit trail.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "tuned on the past",
    language: _Spoken = None,
    as_json: _Json = False,
) -> None:
    """Choose thresholds on the older months and judge them on the newer ones; nothing changes without --adopt."""
    from prevenance.app import open_application

    if adopt and not actor:
        raise ConfigurationError("Who adopts these thresholds? Add --actor NAME.")
    with open_application(project, data_folder=project) as application:
        found = application.tune_signals(signals or (), alerts_a_month=alerts, ranges=_ranges(within or ()))
        better = [one for one in found if one.verdict == "better"]
        if adopt and actor and better:
            application.adopt_signals(better, actor=actor, reason=reason)
        spoken = application.language(language)
    if as_json:
        answer_json(
            {"signals": [_plain(one) for one in found], "adopted": [one.signal for one in better] if adopt else []}
        )
        return
    for one in found:
        answer(f"{one.words.say(spoken)}  ({one.signal})")
        for line in _told(one, spoken):
            answer(f"    {line}")
    if adopt:
        talk(f"{len(better)} signal(s) changed in signals.yaml. Next: prevenance run --project {project}")
    elif better:
        names = " ".join(one.signal for one in better)
        talk(f"Nothing was changed. To adopt: prevenance signals tune {names} --adopt --actor NAME --project {project}")


def _told(one: SignalTuning, language: Language) -> list[str]:
    lines = [_VERDICTS[one.verdict].say(language)]
    if one.older is None or one.newer is None or one.verdict == "no better":
        return lines
    was, now = (_values(values, language) for values in (one.present, one.proposed))
    lines.append(_FROM_TO.say(language, was=was, now=now))
    for words, scores in ((_OLDER, one.older), (_NEWER, one.newer)):
        lines.append(words.say(language, n=scores[0].n_months))
        for name, score in zip((_NOW, _PROPOSED), scores, strict=True):
            lines.append(f"  {_LABELLED.say(language, name=name.say(language), told=_scored(score, language))}")
    return lines


def _scored(score: SignalScore, language: Language) -> str:
    return _SCORE.say(
        language,
        alerts=number(score.alerts_a_month, language, 1),
        precision=_share(score.precision, language),
        low=_share(score.precision_low, language),
        high=_share(score.precision_high, language),
        base=_share(score.base_rate, language),
        recall=_share(score.recall, language),
    )


def _values(values: Mapping[str, float], language: Language) -> str:
    return ", ".join(f"{name} {_short(value, language)}" for name, value in values.items())


def _short(value: float, language: Language) -> str:
    return number(value, language, 0 if float(value).is_integer() else 2)


def _share(share: float | None, language: Language) -> str:
    return "-" if share is None else percent(share, language)


def _ranges(said: Sequence[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for one in said:
        name, _, span = one.partition("=")
        low, _, high = span.partition("..")
        try:
            found[name.strip()] = (float(low), float(high))
        except ValueError as error:
            message = f"{one!r} is not a range. Write it like support_load.n_tickets=2..6."
            raise ConfigurationError(message, within=one) from error
        if float(low) > float(high):
            raise ConfigurationError(f"In {one!r} the least value is greater than the greatest.", within=one)
    return found


def _plain_line(line: SignalLine) -> dict[str, object]:
    thresholds = {
        name: {"value": value, "unit": vars(unit), "words": vars(words)}
        for name, (value, unit, words) in line.thresholds.items()
    }
    return {**vars(line), "words": vars(line.words), "thresholds": thresholds, "precision": line.precision}


def _plain(one: SignalTuning) -> dict[str, object]:
    def scores(pair: tuple[SignalScore, SignalScore] | None) -> object:
        if pair is None:
            return None
        return {name: _plain_score(score) for name, score in zip(("present", "proposed"), pair, strict=True)}

    return {**vars(one), "words": vars(one.words), "older": scores(one.older), "newer": scores(one.newer)}


def _plain_score(score: SignalScore) -> dict[str, object]:
    figures = {name: getattr(score, name) for name in ("precision", "recall", "base_rate", "alerts_a_month", "worth")}
    return {**vars(score), **figures}


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="The signals: how right they were, and better thresholds.")
    family.command("list")(_list)
    family.command("tune")(_tune)
    program.add_typer(family, name="signals")


command = Command(name="signals", attach=_attach)
