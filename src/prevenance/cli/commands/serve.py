"""`prevenance serve`: the web page for agents and managers."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import talk


def _serve(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8700,
) -> None:
    """Serve Today, Customer and Runs until interrupted."""
    import uvicorn

    from prevenance.app import open_application
    from prevenance.web import create_web

    with open_application(project) as application:
        web = create_web(application.desk(), public_url=application.public_url)
        talk(f"Prévenance listens on http://{host}:{port} (Ctrl+C ends it).")
        uvicorn.run(web, host=host, port=port, log_level="warning", server_header=False)


def _attach(program: typer.Typer) -> None:
    program.command("serve")(_serve)


command = Command(name="serve", attach=_attach)
