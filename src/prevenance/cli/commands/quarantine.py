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
    talk(f"{len(rows)} of {n_rows} rows. Correct them in the source or its mapping, then: prevenance run")
    talk(f"Or correct them here: prevenance quarantine export --project {project}")


def _export(
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
    source: Annotated[str | None, typer.Option(help="Only the rows of this source.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to; reports/quarantine by default.")] = None,
) -> None:
    """Write the refused rows to workbooks, one a stream, with the reason beside each, ready to be corrected."""
    from prevenance.app import open_application

    folder = out or project / "data" / "reports" / "quarantine"
    with open_application(project, data_folder=project) as application:
        written = application.files().export_refused(folder, source)
    for path, n_rows in written:
        answer(f"{path}  {n_rows} rows")
    talk("Correct the cells, keep the last column, save. Then: prevenance quarantine fix FILE --actor YOU")
    talk("What you do not change stays in quarantine." if written else "No row waits in quarantine.")


def _fix(
    file: Annotated[Path, typer.Argument(help="A workbook that `export` wrote, corrected.")],
    actor: Annotated[str, typer.Option(help="Who corrected it; kept with the rows.")],
    project: Annotated[Path, typer.Option(help="The project folder.")] = Path(),
) -> None:
    """Let the corrected rows in, as if their source had sent them so; the source itself is never written to."""
    from prevenance.app import open_application

    with open_application(project) as application:
        repair = application.files().fix(file, actor=actor)
    answer(
        f"{repair.n_let_in} rows let in, {repair.n_refused_again} refused again, {repair.n_as_before} left as before."
    )
    if repair.n_refused_again:
        talk(f"See why: prevenance quarantine list --project {project}")
    talk(f"Next: prevenance run --project {project}")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="The rows that were refused, with their reasons.")
    family.command("list")(_list)
    family.command("export")(_export)
    family.command("fix")(_fix)
    program.add_typer(family, name="quarantine")


command = Command(name="quarantine", attach=_attach)
