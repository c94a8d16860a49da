"""`prevenance lab fairness`: compare decisions between groups of people."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _fairness(
    table: Annotated[Path, typer.Argument(help="One row a person.")],
    decision: Annotated[str, typer.Option(help="The column that says who was selected: yes or no, or a probability.")],
    label: Annotated[str, typer.Option(help="The column that says who should have been.")],
    group: Annotated[str, typer.Option(help="The column of the groups.")],
    positive: Annotated[str | None, typer.Option(help="The value of both that counts as yes.")] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Compare how often groups are selected, rightly and wrongly."""
    from prevenance.models import Lab

    found = Lab.fairness(table, decision=decision, label=label, group=group, positive=positive, seed=seed)
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("fairness")(_fairness)


command = Command(name="fairness", attach=_attach)
