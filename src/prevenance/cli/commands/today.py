"""`prevenance today`, `approve` and `reject`: the list without a browser."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json

_Project = Annotated[Path, typer.Option(help="The project folder.")]
_Actor = Annotated[str, typer.Option(help="Who decides; stands in the audit trail.")]


def _today(
    project: _Project = Path(),
    limit: Annotated[int, typer.Option(help="Show at most so many lines.", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show this morning's list: who, why, what is suggested, how sure."""
    from prevenance.app import open_application

    with open_application(project) as application:
        if as_json:
            answer_json(application.today_as_data(limit=limit))
        else:
            answer(application.today_in_words(limit=limit))


def _approve(decision: str, actor: _Actor, project: _Project = Path()) -> None:
    """Approve one proposal; it goes to the outbox and is sent by `deliver --for-real`."""
    from prevenance.app import open_application

    with open_application(project) as application:
        answer(application.approve(decision, actor=actor))


def _reject(
    decision: str,
    actor: _Actor,
    reason: Annotated[str, typer.Option(help="Why; it flows back into signals and models.")],
    project: _Project = Path(),
) -> None:
    """Reject one proposal, with a reason."""
    from prevenance.app import open_application

    with open_application(project) as application:
        answer(application.reject(decision, actor=actor, reason=reason))


def _attach(program: typer.Typer) -> None:
    program.command("today")(_today)
    program.command("approve")(_approve)
    program.command("reject")(_reject)


command = Command(name="today", attach=_attach)
