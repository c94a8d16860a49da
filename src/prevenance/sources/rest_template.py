"""Describe the REST interface of a system: how to sign in, what each stream asks, how its answers are paged.

One YAML file per system stands in `templates/`; a mapping may also bring its own (`api:` in the options). Text in
braces is filled for each request: `{after}`, `{offset}`, `{page}`, `{size}`, `{since}`, `{first}`, `{fields}`,
`{field_list}`, `{env:NAME}`, and what the mapping gives under `with:`. A parameter that is not known yet is left out.
"""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from prevenance.kit.problems import ConfigurationError, SourceError

_BRACES = re.compile(r"\{([a-z]\w*(?::\w+)?)\}")
_ABSENT = object()


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(_Part):
    """Says how to sign in; secrets are names of environment variables, never values."""

    kind: Literal["none", "bearer", "basic", "header", "client_credentials"] = "none"
    user: str = ""
    """Variable with the user's name (basic) or the client's id (client_credentials)."""
    secret: str = ""
    """Variable with the token, password, key or client secret."""
    header: str = ""
    token_path: str = ""
    """Where a token is asked for, below the system's address."""

    @model_validator(mode="after")
    def _complete(self) -> "Auth":
        needed = {"bearer": ("secret",), "basic": ("user", "secret"), "header": ("secret", "header"),
                  "client_credentials": ("user", "secret", "token_path")}.get(self.kind, ())  # fmt: skip
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            message = f"signing in by {self.kind} needs {', '.join(missing)}"
            raise ValueError(message)
        return self


class Paging(_Part):
    """Says how the next page is asked for."""

    kind: Literal["none", "cursor", "link", "offset", "page"] = "none"
    next: str = ""
    """Where the answer holds the cursor or link; for a link, nothing means the `Link` header."""
    last: str = ""
    """Of which field of the page's last record the cursor is."""
    more: str = ""
    """Where the answer says that there is more."""
    done: str = ""
    """Where the answer says that this was the end."""
    size: int = Field(default=100, ge=1)
    first: int = 1
    """The number of the first page."""


class Since(_Part):
    """Says how to ask only for what changed."""

    kind: Literal["page", "record"]
    """The position is the last page's cursor, or the greatest value of a field of the records."""
    field: str = ""
    is_number: bool = False
    first: str | None = None
    """What to ask for the first time."""


class Columns(_Part):
    """Says where the system lists its fields, when a record does not show them."""

    path: str
    records: str
    name: str


class Endpoint(_Part):
    """Describes one stream: the request and where its answer holds the records."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    query: dict[str, Any] = {}  # Any: what YAML may hold
    body: Any = None  # Any: what YAML may hold
    headers: dict[str, str] = {}
    records: str = ""
    paging: Paging = Paging()
    since: Since | None = None
    columns: Columns | None = None
    fields_below: str = ""
    """`{fields}` are the columns below this prefix, without it."""
    tag: str = ""
    """The key by which objects of the answer say that they stand for a date or a decimal (Tryton: `__class__`)."""


class Template(_Part):
    """Describes one system."""

    name: str
    fr: str
    en: str
    auth: Auth = Auth()
    requests_per_minute: int = Field(default=600, ge=1)
    streams: dict[str, Endpoint] = Field(min_length=1)


def template_names() -> tuple[str, ...]:
    """Return the systems that come with the product."""
    folder = resources.files("prevenance.sources") / "templates"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def template_of(options: Mapping[str, object]) -> Template:
    """Return the template that a stream's options name or hold, with what they change of it.

    Raises:
        ConfigurationError: there is no such template, or it is incomplete.
    """
    told = options.get("api")
    if told is None:
        name = str(options.get("template", ""))
        if name not in template_names():
            message = f"There is no template {name!r} for a REST system; there are {', '.join(template_names())}."
            raise ConfigurationError(message, template=name)
        text = (resources.files("prevenance.sources") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")
        told = yaml.safe_load(text)
    changed = dict(told) if isinstance(told, Mapping) else {}
    for part in ("auth", "requests_per_minute"):
        change = options.get(part)
        old = changed.get(part)
        if change is not None:
            changed[part] = {**old, **change} if isinstance(change, dict) and isinstance(old, dict) else change
    try:
        return Template.model_validate(changed)
    except ValidationError as problem:
        told_problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors())
        message = f"The REST template is not right: {told_problems}."
        raise ConfigurationError(message) from problem


def endpoint_of(template: Template, options: Mapping[str, object]) -> Endpoint:
    """Return the endpoint that a stream's options name.

    Raises:
        ConfigurationError: the template has no such stream.
    """
    name = str(options.get("stream", ""))
    if name not in template.streams:
        message = f"{template.en} has no stream {name!r}; it has {', '.join(template.streams)}. Correct `stream`."
        raise ConfigurationError(message, stream=name)
    return template.streams[name]


def secret(variable: str) -> str:
    """Return what an environment variable holds.

    Raises:
        SourceError: it is not set.
    """
    value = os.environ.get(variable)
    if not value:
        message = f"The environment variable {variable}, which signs in, is not set. Set it, for example in .env."
        raise SourceError(message, variable=variable, retry=False)
    return value


def filled(content: Any, values: Mapping[str, Any]) -> Any:  # Any: what YAML may hold
    """Return YAML content with its braces filled; a part that is nothing but an unknown value is left out.

    Example:
        >>> filled({"limit": "{size}", "after": "{after}", "note": "page of {size}"}, {"size": 100, "after": None})
        {'limit': 100, 'note': 'page of 100'}
    """
    found = _filled(content, values)
    return None if found is _ABSENT else found


def _filled(content: Any, values: Mapping[str, Any]) -> Any:  # Any: what YAML may hold
    if isinstance(content, Mapping):
        pairs = ((key, _filled(value, values)) for key, value in content.items())
        return {key: value for key, value in pairs if value is not _ABSENT}
    if isinstance(content, list):
        return [value for value in (_filled(item, values) for item in content) if value is not _ABSENT]
    if not isinstance(content, str):
        return content
    whole = _BRACES.fullmatch(content)
    if whole is not None:
        value = _value(whole[1], values)
        return _ABSENT if value is None else value
    return _BRACES.sub(lambda found: str(_value(found[1], values)), content)


def _value(name: str, values: Mapping[str, Any]) -> Any:  # Any: what YAML may hold
    if name.startswith("env:"):
        return secret(name.removeprefix("env:"))
    if name not in values:
        message = f"The REST template asks for {{{name}}}. Give it under `with:` in the stream's options."
        raise ConfigurationError(message, missing=name)
    return values[name]


def at(content: Any, path: str) -> Any:  # Any: what an answer may hold
    """Return what lies under a dotted path, or `None`.

    Example:
        >>> at({"paging": {"next": {"after": "7"}}}, "paging.next.after")
        '7'
    """
    for step in filter(None, path.split(".")):
        content = content.get(step) if isinstance(content, Mapping) else None
    return content


def untagged(content: Any, tag: str) -> Any:  # Any: what an answer may hold
    """Return a record whose tagged objects are written as text.

    Example:
        >>> day = {"__class__": "date", "year": 2026, "month": 11, "day": 2}
        >>> untagged({"on": day, "price": {"__class__": "Decimal", "decimal": "12.50"}}, "__class__")
        {'on': '2026-11-02', 'price': '12.50'}
    """
    if not tag or not isinstance(content, Mapping):
        return content
    kind = content.get(tag)
    if kind == "Decimal":
        return content["decimal"]
    if kind in {"date", "datetime"}:
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        at_utc = datetime(**{name: int(content[name]) for name in parts if name in content}, tzinfo=UTC)
        return at_utc.date().isoformat() if kind == "date" else at_utc.isoformat()
    return {key: untagged(value, tag) for key, value in content.items()}
