"""Add a file that a person has: preview, rehearse, load, and take a load back."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk

_File = Annotated[Path, typer.Argument(help="A CSV or Excel file.")]
_Project = Annotated[Path, typer.Option(help="The project folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def _add(
    file: _File,
    project: _Project = Path(),
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Load it; without, nothing is loaded.")] = False,
    afresh: Annotated[bool, typer.Option(help="Propose the mapping again, over a draft that lies there.")] = False,
    as_json: _Json = False,
) -> None:
    """Show how a file is understood and what loading it would do; with --yes, load it."""
    from prevenance.app import open_application

    with open_application(project) as application:
        files = application.files()
        if afresh or not yes:
            rehearsal = files.rehearse(file, afresh=afresh)
        if yes:
            rehearsal = files.add(file)
        language = application.project.settings.language
    if as_json:
        answer_json(rehearsal.as_data())
    else:
        answer(rehearsal.say(language))


def _undo(
    load: Annotated[str, typer.Argument(help="The number of a load, as `sources loads` shows it.")],
    project: _Project = Path(),
    *,
    as_json: _Json = False,
) -> None:
    """Take a load back, so that the tables are as if it had never been."""
    from prevenance.app import open_application

    with open_application(project) as application:
        record = application.files().undo(load)
    if as_json:
        answer_json(vars(record))
    else:
        answer(f"{record.load}  {record.status}  {record.file} -> {record.source}")
        talk(f"Its file is kept in {project / 'data' / 'loads' / record.load}.")


def _loads(project: _Project = Path(), *, as_json: _Json = False) -> None:
    """List the loads of this project."""
    from prevenance.app import open_application

    with open_application(project) as application:
        records = application.files().loads()
    if as_json:
        answer_json([vars(record) for record in records])
        return
    for record in records:
        answer(f"{record.load}  {record.status:<11}  {record.as_of[:10]}  {record.file} -> {record.source}")
    if not records:
        talk("Nothing was added yet. Begin with: prevenance sources add FILE")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Add a file, see what was added, take it back.")
    family.command("add")(_add)
    family.command("loads")(_loads)
    family.command("undo")(_undo)
    program.add_typer(family, name="sources")


command = Command(name="sources", attach=_attach)
