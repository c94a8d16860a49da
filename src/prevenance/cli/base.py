"""Describe a command: one file in `commands/` that attaches itself to the program."""

from collections.abc import Callable
from dataclasses import dataclass

import typer


@dataclass(frozen=True)
class Command:
    """Is one word of the command line, or one family of words."""

    name: str
    attach: Callable[[typer.Typer], None]
