"""`prevenance lab link`: which records are the same person or firm."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _link(
    table: Annotated[Path, typer.Argument(help="Records of persons or firms.")],
    other: Annotated[
        Path | None, typer.Argument(metavar="[TABLE2]", help="Records of the same, from elsewhere.")
    ] = None,
    identifier: Annotated[str, typer.Option("--id", help="The column that names each record.")] = "id",
    truth: Annotated[
        str | None, typer.Option(help="Equal values mean the same person; counted with, never used to link.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="The least probability of a link; a strict one by default.", min=0, max=1)
    ] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Find the records of one or two tables that are the same person or firm."""
    from prevenance.identity import link_table

    found = link_table(table, other, identifier=identifier, truth=truth, threshold=threshold, seed=seed)
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("link")(_link)


command = Command(name="link", attach=_attach)
