"""`prevenance identity`: correct who is who; a merge can be undone without loss."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk

_Subject = Annotated[str, typer.Argument(help="A number with its system, such as crm:1042 or erp:K10042.")]
_Actor = Annotated[str, typer.Option(help="Who says so; stands in the audit trail.")]
_Reason = Annotated[str, typer.Option(help="Why.")]
_Project = Annotated[Path, typer.Option(help="The project folder.")]


def _merge(left: _Subject, right: _Subject, actor: _Actor, reason: _Reason, project: _Project = Path()) -> None:
    """Say that two numbers are the same customer."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        application.merge(left, right, actor=actor, reason=reason)
    answer(f"{left} and {right} are one customer from the next run on.")
    talk(f"Next: prevenance run --project {project}")


def _unmerge(left: _Subject, right: _Subject, actor: _Actor, reason: _Reason, project: _Project = Path()) -> None:
    """Say that two numbers are not the same customer."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        application.unmerge(left, right, actor=actor, reason=reason)
    answer(f"{left} and {right} are two customers from the next run on.")
    talk(f"Next: prevenance run --project {project}")


def _review(
    project: _Project = Path(),
    limit: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 10,
    language: Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")] = False,
) -> None:
    """Show the records that may be the same, side by side, with what agrees, likeliest first."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        found, spoken = application.matches(limit=limit), application.language(language)
    if as_json:
        answer_json({"n_total": found.n_total, "pairs": [_plain(asdict(pair)) for pair in found.pairs]})
        return
    for number, pair in enumerate(found.pairs, start=1):
        answer(f"{number}. {pair.left.name} ({pair.left.subject})  ?  {pair.right.name} ({pair.right.subject})")
        answer(f"   {pair.reason.say(spoken)}")
        for degree, names in pair.agreement:
            answer(f"   - {degree.say(spoken)}: {', '.join(name.say(spoken) for name in names)}")
        for side in (pair.left, pair.right):
            answer(f"   {side.subject}: {' | '.join(value for _words, value in side.lines) or '-'}")
    talk(f"{len(found.pairs)} of {found.n_total} pairs. One customer or two? Say it, with your name and why:")
    talk("prevenance identity merge LEFT RIGHT --actor YOU --reason WHY   (or unmerge)")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Correct who is who.")
    family.command("review")(_review)
    family.command("merge")(_merge)
    family.command("unmerge")(_unmerge)
    program.add_typer(family, name="identity")


command = Command(name="identity", attach=_attach)
