"""`prevenance lab patterns`: rules in words that go with an outcome."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _patterns(
    table: Annotated[Path, typer.Argument(help="One row a customer.")],
    outcome: Annotated[str, typer.Option(help="The column that says what happened.")],
    positive: Annotated[str | None, typer.Option(help="Its value that counts as yes.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be repeated.")] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Find in sentences what goes with an outcome, and claim only what holds."""
    from prevenance.insights import patterns_table

    found = patterns_table(table, outcome=outcome, positive=positive, drop=tuple(drop or ()), seed=seed)
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("patterns")(_patterns)


command = Command(name="patterns", attach=_attach)
