"""`prevenance segments`: the groups that customers are sorted into, with how many stand in each."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk
from prevenance.kit.words import number, percent


def _segments(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    language: Annotated[str | None, typer.Option(help="fr or en; the company's own when not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, in both languages.")] = False,
) -> None:
    """Show how the last run sorted the customers: orders, stage of the relation, use of the product."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        lines, spoken = application.segments(), application.language(language)
    if as_json:
        answer_json(
            {
                "segments": [
                    {**vars(line), "sorted_by": vars(line.sorted_by), "words": vars(line.words)} for line in lines
                ]
            }
        )
        return
    for words, group in groupby(lines, key=lambda line: line.sorted_by):
        answer(words.say(spoken))
        for line in group:
            share = percent(line.share, spoken)
            answer(f"  {number(line.n_customers, spoken):>9}  {share:>6}  {line.words.say(spoken)}")
    if not lines:
        talk(f"No run has sorted the customers yet. Next: prevenance run --project {project}")


def _attach(program: typer.Typer) -> None:
    program.command("segments")(_segments)


command = Command(name="segments", attach=_attach)
