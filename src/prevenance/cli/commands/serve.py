"""`prevenance serve`: the web page for agents and managers."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import serve_page
from prevenance.cli.watching import watching


def _serve(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8700,
    live: Annotated[bool, typer.Option(help="Ask the signals about messages as they come in, too.")] = True,
) -> None:
    """Serve the pages and the live intake until interrupted; what fires as messages come in is on the page Live."""
    from prevenance.app import open_application

    with open_application(project) as application:  # mistakes are told here, before a server starts
        is_listening = live and application.has_live_streams
    with watching(project) if is_listening else nullcontext():
        serve_page(project, host=host, port=port)


def _attach(program: typer.Typer) -> None:
    program.command("serve")(_serve)


command = Command(name="serve", attach=_attach)
