"""`prevenance quarantine`: the rows that were refused, each with its reason; none is dropped silently."""

from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk


def _list(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    source: Annotated[str | None, typer.Option(help="Only the rows of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a row, as it was received.")] = False,
) -> None:
    """Show the refused rows: where they stand in the source, which field, which value, and why."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        n_rows, rows = application.refused(source, limit=limit)
    if as_json:
        answer_json({"n_rows": n_rows, "rows": rows})
        return
    for row in rows:
        answer(
            f"{row['source']} / {row['stream']}  {row['record_id']}  {row['field']} = {row['value']!r}  {row['said']}"
        )
    talk(f"{len(rows)} of {n_rows} rows. Correct them in the source or its mapping.")
    talk(f"Then: prevenance run --project {project}")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="The rows that were refused, with their reasons.")
    family.command("list")(_list)
    program.add_typer(family, name="quarantine")


command = Command(name="quarantine", attach=_attach)
