"""`prevenance timeline`: one customer's story, as it is known now or was known on a day."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json


def _timeline(
    customer: Annotated[str, typer.Argument(help="Number, or part of the name, e-mail or city.")],
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    as_of: Annotated[str | None, typer.Option(help="Tell only what was known on the morning of this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many facts to tell one by one.")] = 40,
    language: Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")] = False,
) -> None:
    """Tell what happened to one customer: facts, corrections, and who, what, when, how and why of each purchase."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project, as_of=as_of) as application:
        story = application.story(customer, is_past=as_of is not None, limit=limit)
        spoken = application.language(language)
    if as_json:
        answer_json(story.to_json())
    else:
        answer(story.in_words(spoken))


def _attach(program: typer.Typer) -> None:
    program.command("timeline")(_timeline)


command = Command(name="timeline", attach=_attach)
