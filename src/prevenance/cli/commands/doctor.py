"""`prevenance doctor`: is everything in order?"""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json


def _doctor(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check settings, ledger, audit trail, lake and the state of sending; exit 1 when something is wrong."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        checks = application.health()
    if as_json:
        answer_json(checks)
    else:
        for check in checks:
            answer(f"{'ok ' if check['is_fine'] else 'BAD'} {check['name']}: {check['detail']}")
    if not all(check["is_fine"] for check in checks):
        raise typer.Exit(1)


def _attach(program: typer.Typer) -> None:
    program.command("doctor")(_doctor)


command = Command(name="doctor", attach=_attach)
