"""`prevenance audit`: what the sources hold, what to repair first, and what each repair brings."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk

_FIRST = 10


def _audit(
    project: Annotated[Path, typer.Option(help="The project folder, with its prevenance.yaml.")] = Path(),
    out: Annotated[Path | None, typer.Option(help="The folder to write to (else: the project's reports).")] = None,
    samples: Annotated[int, typer.Option(min=0, help="How many rows each finding names.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Inspect the data that were loaded: a page in French and English, and the same as JSON."""
    from prevenance import audit
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        report, files = application.audit(out, n_samples=samples)
        language = application.project.settings.language
    if as_json:
        answer_json(audit.to_json(report))
        return
    for finding in report.findings[:_FIRST]:
        answer(f"{finding.title.say(language)}\n    {finding.repair.say(language)}")
    for file in files:
        talk(f"Written: {file}")


def _attach(program: typer.Typer) -> None:
    program.command("audit")(_audit)


command = Command(name="audit", attach=_attach)
