"""`prevenance serve`: the web page for agents and managers."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import serve_page


def _serve(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8700,
) -> None:
    """Serve Today, Customer and Runs until interrupted."""
    from prevenance.settings import open_project

    open_project(project)  # mistakes are told here, before a server starts
    serve_page(project, host=host, port=port)


def _attach(program: typer.Typer) -> None:
    program.command("serve")(_serve)


command = Command(name="serve", attach=_attach)
