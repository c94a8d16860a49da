"""`prevenance lab forecast`: what seasonal series will bring."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _forecast(
    table: Annotated[Path, typer.Argument(help="One row a series and moment.")],
    series: Annotated[str, typer.Option(help="The column that names the series.")],
    time: Annotated[str, typer.Option(help="The column that orders them.")],
    value: Annotated[str, typer.Option(help="The column that is forecast.")],
    horizon: Annotated[int, typer.Option(help="How many steps ahead.", min=1)],
    season: Annotated[int, typer.Option(help="How many steps make a season: 12 for months.", min=1)],
    test: Annotated[Path | None, typer.Option(help="What came afterwards, to be judged by.")] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Forecast seasonal series with intervals."""
    from prevenance.models import Lab

    found = Lab.forecast(
        table, series=series, time=time, value=value, horizon=horizon, season=season, test=test, seed=seed
    )
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("forecast")(_forecast)


command = Command(name="forecast", attach=_attach)
