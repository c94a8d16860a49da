"""`prevenance lab evaluate-policy`: say what another policy would have earned."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.bench import AsJson, Language, Out, Report, Seed, tell


def _evaluate_policy(
    table: Annotated[Path, typer.Argument(help="One row a decision that was logged.")],
    action: Annotated[str, typer.Option(help="The column that says what was done.")],
    reward: Annotated[str, typer.Option(help="The column that says what it earned.")],
    propensity: Annotated[str, typer.Option(help="The column that says how probable that action was.")],
    target_policy: Annotated[
        str, typer.Option(help="A column with the other policy's probability of the action, or a table it logged.")
    ],
    by: Annotated[
        list[str] | None, typer.Option(help="With a table: count its actions apart by this column; may be repeated.")
    ] = None,
    out: Out = None,
    report: Report = None,
    language: Language = "en",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say what another policy would have earned, from logged decisions."""
    from prevenance.models import Lab

    found = Lab.evaluate_policy(
        table,
        action=action,
        reward=reward,
        propensity=propensity,
        target_policy=target_policy,
        by=tuple(by or ()),
        seed=seed,
    )
    tell(found, out=out, report=report, language=language, as_json=as_json)


def _attach(family: typer.Typer) -> None:
    family.command("evaluate-policy")(_evaluate_policy)


command = Command(name="evaluate_policy", attach=_attach)
