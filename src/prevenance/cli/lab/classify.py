"""`prevenance lab classify`: predict a yes-or-no column of a table."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell
from prevenance.cli.talk import TerminalProgress


def _classify(
    table: Annotated[Path, typer.Argument(help="One row a case: CSV, Parquet or Excel.")],
    label: Annotated[str, typer.Option(help="The column to predict.")],
    positive: Annotated[str | None, typer.Option(help="The value that counts as yes.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be repeated.")] = None,
    group: Annotated[str | None, typer.Option(help="Rows of one group stay together in a fold.")] = None,
    time: Annotated[
        str | None, typer.Option(help="Learn from the earlier, judge on the later rows of this column.")
    ] = None,
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation when no --time is given.", min=2)] = 5,
    test: Annotated[Path | None, typer.Option(help="A second table to judge on.")] = None,
    estimator: Annotated[
        str | None, typer.Option(help="Use this estimator instead of choosing from the ladder.")
    ] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Predict a yes-or-no column: the ladder, its honest figures, and warnings about columns that leak."""
    from prevenance.models import Lab

    with TerminalProgress(is_quiet=as_json) as progress:
        found = Lab.classify(
            table, label=label, positive=positive, drop=tuple(drop or ()), group=group, time=time, folds=folds,
            test=test, estimator=estimator, seed=seed, progress=progress,
        )  # fmt: skip
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("classify")(_classify)


command = Command(name="classify", attach=_attach)
