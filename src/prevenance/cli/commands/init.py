"""`prevenance init`: a project folder to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import talk


def _init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    company: Annotated[str, typer.Option(help="The company's name.")] = "",
    language: Annotated[str, typer.Option(help="fr or en.")] = "fr",
) -> None:
    """Make a project folder: settings, thresholds, plays and an example mapping, each explained in place."""
    from prevenance.app import make_project

    for name in make_project(folder, company=company or folder.resolve().name, language=language):
        talk(f"  {name}")
    talk(f"Next: put your files in {folder / 'files'} and describe them in mappings/.")
    talk(f"Then: prevenance run --project {folder}")


def _attach(program: typer.Typer) -> None:
    program.command("init")(_init)


command = Command(name="init", attach=_attach)
