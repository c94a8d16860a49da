"""`prevenance intake`: the live intake - who may write, what came, and where it went."""

import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from prevenance.cli.base import Command
from prevenance.cli.talk import answer, answer_json, talk
from prevenance.cli.watching import end_with_parent

_Project = Annotated[Path, typer.Option(help="The project folder.")]
_Actor = Annotated[str, typer.Option(help="Who does it; stands in the audit trail.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _add(
    source: Annotated[str, typer.Argument(help="Whose messages it will bring, such as web_shop.")],
    actor: _Actor,
    origin: Annotated[
        list[str] | None, typer.Option(help="A web site whose pages may use it, such as https://shop.example.")
    ] = None,
    project: _Project = Path(),
) -> None:
    """Make a write key; it is shown this once."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        key, secret = application.write_keys.add(source, tuple(origin or ()), actor=actor)
    answer(secret)
    talk(f"Key {key.key_id} writes as {source}. Keep it now: it is not stored, and cannot be shown again.")


def _list(project: _Project = Path(), as_json: _Json = False) -> None:
    """Show the keys, without their secrets."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        keys = application.write_keys.all()
    if as_json:
        answer_json([asdict(key) for key in keys])
        return
    for key in keys:
        state = "in use" if key.revoked_at is None else f"revoked {key.revoked_at:%Y-%m-%d}"
        answer(f"{key.key_id}  {key.source}  {state}  {' '.join(key.origins) or 'servers only'}")


def _revoke(
    key_id: Annotated[str, typer.Argument(help="As `list` shows it.")], actor: _Actor, project: _Project = Path()
) -> None:
    """Let a key write no more."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        application.write_keys.revoke(key_id, actor=actor)
    answer(f"Key {key_id} writes no more.")


def _balance(project: _Project = Path(), as_json: _Json = False) -> None:
    """Show what came and what became of it; exit 1 when the books do not balance."""
    from prevenance.app import open_application

    with open_application(project, data_folder=project) as application:
        lines = application.intake_books()
    if as_json:
        answer_json([{**asdict(line), "is_balanced": line.is_balanced} for line in lines])
    else:
        for line in lines:
            sum_of = f"{line.stored} stored + {line.duplicate} doubled + {line.quarantined} in quarantine"
            mark = "ok " if line.is_balanced else "BAD"
            answer(
                f"{mark} {line.hour:%Y-%m-%d %Hh} {line.source}: {line.received} received = {sum_of}"
                f" ({line.refused} requests refused)"
            )
    if not all(line.is_balanced for line in lines):
        raise typer.Exit(1)


def _move(
    project: _Project = Path(),
    data: Annotated[
        Path | None, typer.Option(help="The folder of the company's files (else: as the settings say).")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Read every earlier batch again.")] = False,
    as_json: _Json = False,
) -> None:
    """Move what came into files that the next run reads; `prevenance run` does it by itself."""
    from prevenance.app import open_application

    with open_application(project, data_folder=data) as application:
        report = application.move_messages(looks_again=check)
    if as_json:
        answer_json(report)
    else:
        answer(f"{report['n_messages']} messages moved in {report['n_batches']} files, {report['n_waiting']} wait.")
    for place in report["damaged"]:
        talk(f"DAMAGED {place}: bring it back from a backup of the data folder.")
    if report["damaged"]:
        raise typer.Exit(1)


def _watch(
    project: _Project = Path(),
    every: Annotated[float, typer.Option(min=0.5, help="Seconds from one look to the next.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, then end.")] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    as_json: _Json = False,
) -> None:
    """Ask the signals about every customer as messages come in, until interrupted; the page Live shows what fires."""
    from prevenance.app import open_application

    if with_parent:
        end_with_parent()
    with open_application(project) as application, closing(application.open_live_window()) as window:
        language = application.project.settings.language
        if not once and not with_parent:
            talk(f"Looking every {every:g} seconds (Ctrl+C ends it).")
        while True:
            glance = window.look()
            if as_json:
                answer_json(asdict(glance))
            else:
                for hit in glance.hits:
                    said = f"{hit.title.say(language)}: {hit.words.say(language)}"
                    answer(f"{hit.found_at:%H:%M:%S} {hit.customer_id} {said}")
            if once:
                return
            time.sleep(every)


def _attach(program: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, help="Look after the live intake.")
    keys = typer.Typer(no_args_is_help=True, help="Who may write.")
    keys.command("add")(_add)
    keys.command("list")(_list)
    keys.command("revoke")(_revoke)
    family.add_typer(keys, name="keys")
    family.command("move")(_move)
    family.command("watch")(_watch)
    family.command("balance")(_balance)
    program.add_typer(family, name="intake")


command = Command(name="intake", attach=_attach)
