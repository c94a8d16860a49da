"""Share what every command of the lab takes and how it tells its findings."""

from pathlib import Path
from typing import Annotated, Any, Protocol, TypeAlias

import typer

from prevenance.cli.talk import answer, answer_json, talk
from prevenance.kit import words
from prevenance.kit.problems import ConfigurationError

Out: TypeAlias = Annotated[Path | None, typer.Option(help="Write the result row by row (.parquet or .csv).")]
Report: TypeAlias = Annotated[Path | None, typer.Option(help="Write a self-contained HTML report.")]
Language: TypeAlias = Annotated[str, typer.Option(help="Language of the report: fr or en.")]
Seed: TypeAlias = Annotated[int, typer.Option(help="Same seed, same result.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class Findings(Protocol):
    """Tells what a capability found on a table."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; the keys are a contract."""
        ...

    def to_html(self, language: words.Language) -> str:
        """Return it as one self-contained page."""
        ...

    def summary(self, language: words.Language) -> str:
        """Return it in a few sentences."""
        ...

    def write_rows(self, path: Path) -> None:
        """Write it row by row."""
        ...


def tell(found: Findings, *, out: Path | None, report: Path | None, language: str, as_json: bool) -> None:
    """Write the files that were asked for, and say what was found.

    Raises:
        ConfigurationError: the language is not one of ours.
    """
    if language not in {"fr", "en"}:
        raise ConfigurationError(f"The language {language!r} is not one of ours. Choose fr or en.", language=language)
    spoken: words.Language = "fr" if language == "fr" else "en"
    if out is not None:
        found.write_rows(out)
        talk(f"Rows written to {out}")
    if report is not None:
        report.write_text(found.to_html(spoken), encoding="utf-8")
        talk(f"Report written to {report}")
    if as_json:
        answer_json(found.to_json())
    else:
        answer(found.summary(spoken))
