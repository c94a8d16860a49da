"""`prevenance lab next`: what each customer will buy next."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell
from prevenance.cli.talk import TerminalProgress


def _next(
    table: Annotated[Path, typer.Argument(help="One row an item of a basket.")],
    customer: Annotated[str, typer.Option(help="The column that says who bought.")],
    basket: Annotated[str, typer.Option(help="The column that says in which basket.")],
    time: Annotated[str, typer.Option(help="The column that says when.")],
    item: Annotated[str, typer.Option(help="The column that says what.")],
    k: Annotated[int, typer.Option("--k", help="How many items are suggested.", min=1)] = 10,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say what each customer will buy next, judged by the last baskets."""
    from prevenance.models import Lab

    with TerminalProgress(is_quiet=as_json) as progress:
        found = Lab.next(
            table, customer=customer, basket=basket, time=time, item=item, k=k, seed=seed, progress=progress
        )
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("next")(_next)


command = Command(name="next", attach=_attach)
