"""`prevenance lab value`: how often customers will buy again, and what they are worth."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _value(
    table: Annotated[Path, typer.Argument(help="One row a purchase.")],
    customer: Annotated[str, typer.Option(help="The column that says who bought.")],
    time: Annotated[str, typer.Option(help="The column that says when.")],
    until: Annotated[str, typer.Option(help="The last day that may be looked at, such as 2026-03-31.")],
    horizon: Annotated[int, typer.Option(help="Days after it, for which the answer is given.", min=1)],
    amount: Annotated[str | None, typer.Option(help="The column that says for how much.")] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say how often customers will buy again, who has silently left, and what they are worth."""
    from prevenance.models import Lab

    found = Lab.value(table, customer=customer, time=time, until=until, horizon=horizon, amount=amount, seed=seed)
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("value")(_value)


command = Command(name="value", attach=_attach)
