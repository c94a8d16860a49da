"""`prevenance deliver`: what was approved goes out, once."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk


def _deliver(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    for_real: Annotated[
        bool, typer.Option("--for-real", help="Really send. Without it, only show what would go.")
    ] = False,
    limit: Annotated[int | None, typer.Option(help="Send at most so many.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Send the approved messages and open the approved call tasks; a dry run unless --for-real is said."""
    from prevenance.app import open_application

    with open_application(project) as application:
        report = application.deliver(for_real=for_real, limit=limit)
    if as_json:
        answer_json(report)
        return
    answer("\n".join(f"{name}: {value}" for name, value in report.items() if name != "previews"))
    for preview in report["previews"]:
        answer(f"\n{preview}")
    if not for_real:
        talk("This was a dry run. To send: prevenance deliver --for-real")


def _attach(program: typer.Typer) -> None:
    program.command("deliver")(_deliver)


command = Command(name="deliver", attach=_attach)
