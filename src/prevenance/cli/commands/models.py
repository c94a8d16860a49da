"""`prevenance models`: which model speaks for each question, how good it is, and who may choose another."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk
from prevenance.kit.words import Language, Words, day, number
from prevenance.records.screens import ModelVersion

_Project = Annotated[Path, typer.Option(help="The project folder.")]
_Target = Annotated[str, typer.Argument(help="The question, as `models list` names it, such as churn.")]
_Actor = Annotated[str, typer.Option(help="Who says so; stands in the audit trail.")]
_Reason = Annotated[str, typer.Option(help="Why.")]

_STATUS = {
    "champion": Words(fr="parle", en="speaks"),
    "challenger": Words(fr="attend", en="waits"),
    "retired": Words(fr="s’est tu", en="has spoken"),
}
_CHOSEN = Words(fr="choisi par {person}", en="chosen by {person}")
_AUC = Words(fr="AUC {auc} ({low} à {high}), règle simple {rule}", en="AUC {auc} ({low} to {high}), plain rule {rule}")


def _list(
    project: _Project = Path(),
    language: Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")] = False,
) -> None:
    """Show every model, the newest first, with what was measured on a later period."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        found, spoken = application.versions.all(), application.language(language)
    if as_json:
        answer_json({"models": [_plain(one) for one in found]})
        return
    for target, models in groupby(found, key=lambda one: one.target):
        versions = list(models)
        answer(f"{target} - {versions[0].question.say(spoken)}")
        for one in versions:
            answer(f"  {one.version:>3}  {_line(one, spoken)}")
    if not found:
        talk(f"No model has been trained yet. Next: prevenance run --project {project}")


def _line(one: ModelVersion, language: Language) -> str:
    low, high = one.measures["auc_interval"]
    auc = _AUC.say(
        language,
        auc=number(one.measures["auc"], language, 2),
        low=number(low, language, 2),
        high=number(high, language, 2),
        rule="-" if one.rule_auc is None else number(one.rule_auc, language, 2),
    )
    status = _STATUS[one.status].say(language)
    why = one.waits_because.say(language) if one.waits_because else None
    chosen = _CHOSEN.say(language, person=one.chosen_by) if one.chosen_by else None
    notes = [note for note in (chosen, why) if note]
    told = f"{status}, {notes[0]}" if notes else status
    return f"{day(one.as_of, language)}  {told} | {auc} | {one.precision.say(language)}"


def _plain(one: ModelVersion) -> dict[str, object]:
    why = one.waits_because
    return {
        **vars(one),
        "question": vars(one.question),
        "precision": vars(one.precision),
        "waits_because": vars(why) if why else None,
        "as_of": one.as_of.isoformat(),
    }


def _choose(
    target: _Target,
    version: Annotated[int, typer.Argument(help="Its number in `models list`.")],
    actor: _Actor,
    reason: _Reason,
    project: _Project = Path(),
) -> None:
    """Let one model speak, whatever trainings bring, until `release`."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        model_id = application.versions.choose(target, version, actor=actor, reason=reason)
    _told(model_id, project)


def _roll_back(target: _Target, actor: _Actor, reason: _Reason, project: _Project = Path()) -> None:
    """Go back to the model before the present one, until `release`."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        model_id = application.versions.roll_back(target, actor=actor, reason=reason)
    _told(model_id, project)


def _release(target: _Target, actor: _Actor, reason: _Reason, project: _Project = Path()) -> None:
    """Let the newest model speak, and those that trainings will bring."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        model_id = application.versions.release(target, actor=actor, reason=reason)
    _told(model_id, project)


def _told(model_id: str, project: Path) -> None:
    answer(f"{model_id} speaks from the next run on.")
    talk(f"Next: prevenance run --project {project}")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="The models: how good they are, and which one speaks.")
    family.command("list")(_list)
    family.command("choose")(_choose)
    family.command("rollback")(_roll_back)
    family.command("release")(_release)
    program.add_typer(family, name="models")


command = Command(name="models", attach=_attach)
