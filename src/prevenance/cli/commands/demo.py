"""`prevenance demo`: the practice company, to learn and to test on."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import TerminalProgress, answer, answer_json, serve_page, talk


class Size(StrEnum):
    """How many customers the practice company has: 80, 1,000, 10,000 or 100,000."""

    tiny = "tiny"
    small = "small"
    medium = "medium"
    large = "large"


class Kind(StrEnum):
    """Which truth lies behind the practice company."""

    standard = "standard"
    dirty = "dirty"
    no_effect = "no-effect"


def _generate(
    out: Annotated[Path, typer.Argument(help="The folder to write.")],
    size: Annotated[Size, typer.Option(help="80, 1,000, 10,000 or 100,000 customers.")] = Size.small,
    kind: Annotated[
        Kind, typer.Option(help="standard, dirty (many faults), no-effect (no action helps).")
    ] = Kind.standard,
    seed: Annotated[int, typer.Option(help="Same seed, same company.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write the files of a practice company, with known causes behind them."""
    from prevenance.demo import generate

    with TerminalProgress(is_quiet=as_json) as progress:
        made = generate(out, size=size.value, kind=kind.value, seed=seed, progress=progress)
    if as_json:
        answer_json({"folder": str(out), "customers": made.n_customers, "as_of": made.as_of, "rows": made.counts})
    else:
        answer(f"{made.n_customers} customers in {out}")


def _start(
    folder: Annotated[Path, typer.Argument(help="Where the practice project shall live.")] = Path("build/demo"),
    size: Annotated[Size, typer.Option(help="How many customers.")] = Size.small,
    kind: Annotated[Kind, typer.Option(help="standard, dirty or no-effect.")] = Kind.standard,
    seed: Annotated[int, typer.Option(help="Same seed, same company.")] = 7,
    run: Annotated[bool, typer.Option(help="Run the road; without it, only make the project.")] = True,
    serve: Annotated[bool, typer.Option(help="Serve the web page at the end.")] = True,
    port: Annotated[int, typer.Option(help="The port of the web page.")] = 8700,
) -> None:
    """Make the practice company, run the whole road over it, print the list and serve the page."""
    from prevenance.app import make_practice_project, open_application

    with TerminalProgress() as progress:
        make_practice_project(folder, size=size.value, kind=kind.value, seed=seed, progress=progress)
    if not run:
        talk(f"Next: prevenance run --project {folder}")
        return
    with open_application(folder) as application:
        with TerminalProgress() as progress:
            report = application.run(progress)
        answer(application.summary(report))
        email, password = application.practice_login()
        talk(f"Sign in as {email} with the password {password} (practice data only).")
    if serve:
        serve_page(folder, port=port)
    else:
        talk(f"Next: prevenance serve --project {folder}")


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="The practice company, to learn and to test on.")
    family.command("generate")(_generate)
    family.command("start")(_start)
    program.add_typer(family, name="demo")


command = Command(name="demo", attach=_attach)
