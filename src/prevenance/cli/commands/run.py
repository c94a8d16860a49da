"""`prevenance run`: the whole road, from the company's files to this morning's list."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import TerminalProgress, answer, answer_json


def _run(
    project: Annotated[Path, typer.Option(help="The project folder, with its prevenance.yaml.")] = Path(),
    data: Annotated[
        Path | None, typer.Option(help="The folder of the company's files (else: as the settings say).")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Replay as of a day, written 2026-11-01.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Load, check, resolve, predict and decide; a run that was cut short goes on where it stood."""
    from prevenance.app import open_application

    with open_application(project, data_folder=data, as_of=as_of) as application, TerminalProgress() as progress:
        report = application.run(progress)
    if as_json:
        answer_json(report.to_json())
        return
    with open_application(project, data_folder=data, as_of=as_of) as application:
        answer(application.summary(report))


def _attach(program: typer.Typer) -> None:
    program.command("run")(_run)


command = Command(name="run", attach=_attach)
