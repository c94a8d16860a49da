"""`prevenance lab`: the same estimators and measures as in production, on a table that someone brings."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import TerminalProgress, answer, answer_json, talk


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
    out: Annotated[Path | None, typer.Option(help="Write each row's probability (.parquet or .csv).")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a self-contained HTML report.")] = None,
    language: Annotated[str, typer.Option(help="Language of the report: fr or en.")] = "en",
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predict a yes-or-no column: the ladder, its honest figures, and warnings about columns that leak."""
    from prevenance.models import classify_table

    with TerminalProgress(is_quiet=as_json) as progress:
        found = classify_table(
            table, label=label, positive=positive, drop=tuple(drop or ()), group=group, time=time, folds=folds,
            test=test, estimator=estimator, seed=seed, progress=progress,
        )  # fmt: skip
    if out is not None:
        found.write_rows(out)
        talk(f"Rows written to {out}")
    if report is not None:
        report.write_text(found.to_html("fr" if language == "fr" else "en"), encoding="utf-8")
        talk(f"Report written to {report}")
    if as_json:
        answer_json(found.to_json())
    else:
        answer(found.summary())


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Any capability on a table that you bring.")
    family.command("classify")(_classify)
    program.add_typer(family, name="lab")


command = Command(name="lab", attach=_attach)
