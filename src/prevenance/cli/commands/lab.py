"""`prevenance lab`: any capability on a table that someone brings."""

import typer

from prevenance.cli.base import Command
from prevenance.kit.catalogue import load


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Any capability on a table that you bring.")
    for bench in load("prevenance.cli.lab", Command).values():
        bench.attach(family)
    program.add_typer(family, name="lab")


command = Command(name="lab", attach=_attach)
