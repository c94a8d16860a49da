"""Start the program: gather the commands, run the one asked for, turn a problem into words and an exit code."""

import os
import sys

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import talk
from prevenance.kit.catalogue import load
from prevenance.kit.problems import PrevenanceError


def build() -> typer.Typer:
    """Return the program with every command of the catalogue attached."""
    program = typer.Typer(
        name="prevenance",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Predictive, proactive customer service: who will need something, what, when, why, and what to do.",
    )
    for command in load("prevenance.cli.commands", Command).values():
        command.attach(program)
    return program


def main() -> None:
    """Run the command line and leave with its exit code."""
    # One thread a core is enough for our matrices, and idle OpenMP threads must not burn the other core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        build()(standalone_mode=True)
    except PrevenanceError as problem:
        talk(problem.message)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        talk("Interrupted. What was finished is kept; run the same command to go on.")
        sys.exit(130)
