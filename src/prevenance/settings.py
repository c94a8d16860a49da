"""Read the settings of a company's project folder, checked as a whole, every problem told together."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from prevenance.kit.problems import ConfigurationError

_FILE = "prevenance.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailSettings(_Part):
    """Says through which server mail leaves, and in whose name."""

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username_from: str | None = None
    """Environment variable that holds the user name."""
    password_from: str | None = None
    """Environment variable that holds the password; secrets never stand in a settings file."""
    sender: str = "service@example.test"
    sender_name: str = "Service client"


class TeamSettings(_Part):
    """Says what the service team can do in a day and what it costs."""

    calls_per_day: int = Field(default=20, ge=0)
    mails_per_day: int = Field(default=200, ge=0)
    cost_per_hour: float = Field(default=35.0, ge=0)
    cost_per_ticket: float = Field(default=22.0, ge=0)


class Settings(_Part):
    """Holds everything a company decides about its installation.

    Relative paths start from the project folder. `as_of` is `now`, or a past day to replay historical data as of then.
    """

    company: str
    language: Literal["fr", "en"] = "fr"
    time_zone: str = "Europe/Paris"
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    as_of: str = "now"
    data: str = "files"
    lake: str = "data/lake"
    ledger: str = "sqlite:///data/ledger.db"
    engine: Literal["duckdb", "spark"] = "duckdb"
    """What runs the lake's expressions: this machine, or Apache Spark with the same results."""
    spark: dict[str, str] = {}
    """Spark's own settings, by Spark's own names, such as `spark.master`."""
    memory_limit: str = Field(default="4GB", pattern=r"^\d+(MB|GB)$")
    threads: int = Field(default=2, ge=1)
    seed: str = "prevenance"
    public_url: str = "http://127.0.0.1:8700"
    targets: tuple[str, ...] = ("churn", "silent_attrition", "next_purchase", "ticket", "late_payment", "limit_reached")
    team: TeamSettings = TeamSettings()
    mail: MailSettings = MailSettings()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            message = f"{name!r} is not a time zone; write one such as Europe/Paris"
            raise ValueError(message) from problem
        return name

    @field_validator("as_of", mode="before")
    @classmethod
    def _readable_as_of(cls, value: object) -> str:
        text = str(value)
        if text != "now":
            parse_as_of(text)
        return text


class Project(_Part):
    """Holds a project folder and its settings, with paths made whole."""

    folder: Path
    settings: Settings

    @property
    def lake_folder(self) -> Path:
        """Return where the lake lives."""
        return self.folder / self.settings.lake

    @property
    def data_folder(self) -> Path:
        """Return where the company's files lie."""
        return self.folder / self.settings.data

    @property
    def models_folder(self) -> Path:
        """Return the folder that holds the signed model files."""
        return self.folder / "data" / "models"

    @property
    def signing_key(self) -> Path:
        """Return the file of the key that signs models; it lies apart from them, so that one theft is not both."""
        return self.folder / "keys" / "models.key"

    def reports_folder(self, as_of: datetime) -> Path:
        """Return the folder that holds the reports of the run as of an instant."""
        return self.folder / "data" / "reports" / as_of.strftime("%Y-%m-%d")

    @property
    def ledger_url(self) -> str:
        """Return the database address of the ledger; `PREVENANCE_LEDGER_URL` goes before the file."""
        url = os.environ.get("PREVENANCE_LEDGER_URL") or self.settings.ledger
        prefix = "sqlite:///"
        if url.startswith(prefix) and not Path(url.removeprefix(prefix)).is_absolute():
            return f"{prefix}{(self.folder / url.removeprefix(prefix)).resolve()}"
        return url


def parse_as_of(text: str) -> datetime:
    """Return the instant a person means by a day or an instant (UTC when no zone is said).

    Raises:
        ConfigurationError: it is neither.

    Example:
        >>> parse_as_of("2026-11-01").isoformat()
        '2026-11-01T00:00:00+00:00'
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as problem:
        message = f"{text!r} is not a day. Write it as 2026-11-01."
        raise ConfigurationError(message, value=text) from problem
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def open_project(folder: Path) -> Project:
    """Read and check a project folder.

    Raises:
        ConfigurationError: there is no `prevenance.yaml`, or it holds mistakes; all are told together.
    """
    path = folder / _FILE
    if not path.is_file():
        message = f"There is no {_FILE} in {folder}. Make a project with: prevenance init {folder}"
        raise ConfigurationError(message, folder=str(folder))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as problem:
        message = f"{path} is not readable YAML: {problem}"
        raise ConfigurationError(message, file=str(path)) from problem
    try:
        settings = Settings.model_validate(content)
    except ValidationError as problem:
        lines = [f"  {'.'.join(str(p) for p in e['loc']) or _FILE}: {e['msg']}" for e in problem.errors()]
        message = f"{path} has {len(lines)} mistake(s):\n" + "\n".join(lines)
        raise ConfigurationError(message, file=str(path)) from problem
    return Project(folder=folder.resolve(), settings=settings)
