"""Write a proposed mapping as a file that a person reads and corrects: each column with how it was read, and why."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prevenance.kit.words import Language, Words
from prevenance.sources.adding.columns import Column
from prevenance.sources.adding.look import Table

_ABOVE = Words(
    fr='Proposé d’après {file}. Corrigez ce qui est faux, puis : prevenance sources add "{file}" --yes\n'
    "Une colonne sans fondement (null) n’est pas chargée ; docs/mapping.md explique chaque partie.",
    en='Proposed from {file}. Correct what is wrong, then: prevenance sources add "{file}" --yes\n'
    "A column without a ground (null) is not loaded; docs/mapping.md explains every part.",
)


def draft_yaml(content: Mapping[str, Any], tables: Sequence[Table], file: str, language: Language) -> str:
    """Return the text of a mapping file."""
    columns = {column.name: column for table in tables for column in table.columns}
    lines = [f"# {line}" for line in _ABOVE.say(language, file=file).splitlines()] + [""]
    lines += [f"{key}: {_flow(content[key])}" for key in ("source", "time_zone", "currency")]
    lines += ["", "grounds:"] + [f"  {name}: {_flow(ground)}" for name, ground in content["grounds"].items()]
    lines += ["", "streams:"]
    for name, stream in content["streams"].items():
        lines += [f"  {name}:", *_stream(stream, columns, language)]
    return "\n".join(lines) + "\n"


def _stream(stream: Mapping[str, Any], columns: Mapping[str, Column], language: Language) -> Iterator[str]:
    for key, value in stream.items():
        if key == "fields":
            yield "    fields:"
            for name, field in value.items():
                yield f"      {_flow(name)}: {_flow(field)}{_why(columns.get(name), language)}"
        elif key in {"events", "consents"}:
            yield f"    {key}:"
            yield from (f"      - {_flow(block)}" for block in value)
        else:
            yield f"    {key}: {_flow(value)}"


def _why(column: Column | None, language: Language) -> str:
    if column is None:
        return ""
    shown = " | ".join(" ".join(example.split())[:40] for example in column.examples)
    return f"  # {column.why.say(language)}" + (f" - {shown}" if shown else "")


def _flow(value: Any) -> str:  # Any: what YAML may hold
    """Return a value as YAML on one line; JSON strings are YAML strings whatever stands in them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.isidentifier() else json.dumps(key, ensure_ascii=False)
