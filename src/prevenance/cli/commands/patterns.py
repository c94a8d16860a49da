"""`prevenance patterns`: in words, what went with leaving, buying or asking for help on the company's own past."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json


def _patterns(
    target: Annotated[str, typer.Argument(help="The question, as `models list` names it.")] = "churn",
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    language: Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")] = None,
    seed: Annotated[int, typer.Option(help="Deals the customers into halves.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")] = False,
) -> None:
    """Tell rules that hold on customers who were not searched, with their interval; or that nothing can be claimed."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        found, spoken = application.patterns(target, seed=seed), application.language(language)
    if as_json:
        answer_json(found.to_json() | {"target": target})
        return
    answer(found.title.say(spoken))
    answer(found.summary(spoken))


def _attach(program: typer.Typer) -> None:
    program.command("patterns")(_patterns)


command = Command(name="patterns", attach=_attach)
