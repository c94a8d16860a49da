"""`prevenance lab uplift`: find whom a contact helps, from a randomised test."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell
from prevenance.cli.talk import TerminalProgress


def _uplift(
    table: Annotated[Path, typer.Argument(help="One row a person of a randomised test.")],
    treatment: Annotated[str, typer.Option(help="The column that says who was contacted.")],
    outcome: Annotated[str, typer.Option(help="The column that says what happened: yes or no, or an amount.")],
    treated: Annotated[str | None, typer.Option(help="Its value for those contacted.")] = None,
    control: Annotated[str | None, typer.Option(help="Its value for those held out.")] = None,
    value: Annotated[float, typer.Option(help="What one outcome is worth.")] = 1.0,
    cost: Annotated[float, typer.Option(help="What one contact costs.")] = 0.0,
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be repeated.")] = None,
    test: Annotated[Path | None, typer.Option(help="A second table to judge on.")] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Estimate whom a contact helps, and what contacting them is worth."""
    from prevenance.models import Lab

    with TerminalProgress(is_quiet=as_json) as progress:
        found = Lab.uplift(
            table, treatment=treatment, outcome=outcome, treated=treated, control=control, value=value, cost=cost,
            drop=tuple(drop or ()), test=test, seed=seed, progress=progress,
        )  # fmt: skip
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("uplift")(_uplift)


command = Command(name="uplift", attach=_attach)
