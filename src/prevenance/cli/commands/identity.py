"""`prevenance identity`: correct who is who; a merge can be undone without loss."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, talk

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


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Correct who is who.")
    family.command("merge")(_merge)
    family.command("unmerge")(_unmerge)
    program.add_typer(family, name="identity")


command = Command(name="identity", attach=_attach)
