"""`prevenance user`: who may sign in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer


def _add(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that others see.")],
    role: Annotated[str, typer.Option(help="viewer, agent, manager, analyst, dpo or admin.")] = "agent",
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
) -> None:
    """Add a member, or give an existing one a new role and password (asked for, or read from standard input)."""
    from prevenance.app import open_application

    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with open_application(project, data_folder=project) as application:
        application.add_member(email, name, role, password)
    answer(f"{email} may sign in as {role}.")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Who may sign in.")
    family.callback()(_family)
    family.command("add")(_add)
    program.add_typer(family, name="user")


def _family() -> None:
    """Who may sign in."""


command = Command(name="user", attach=_attach)
