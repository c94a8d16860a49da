"""`prevenance lab survive`: how long machines or customers will last."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _survive(
    table: Annotated[Path, typer.Argument(help="One row a unit and moment.")],
    unit: Annotated[str, typer.Option(help="The column that names the machine or customer.")],
    time: Annotated[str, typer.Option(help="The column that orders its rows.")],
    event: Annotated[
        str | None, typer.Option(help="Says in which row a unit ended; without it, in its last one.")
    ] = None,
    test: Annotated[Path | None, typer.Option(help="Histories of other units, cut off before they end.")] = None,
    truth: Annotated[Path | None, typer.Option(help="How long each unit of the test lasted from there.")] = None,
    within: Annotated[int, typer.Option(help="How many steps ahead the end is asked for.", min=1)] = 30,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Learn from histories how long units last, and who ends soon."""
    from prevenance.models import Lab

    found = Lab.survive(table, unit=unit, time=time, event=event, test=test, truth=truth, within=within, seed=seed)
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("survive")(_survive)


command = Command(name="survive", attach=_attach)
