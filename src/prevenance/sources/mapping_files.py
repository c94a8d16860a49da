"""Read the mapping files of a project and tell every mistake at once, each with its line and its remedy."""

import difflib
import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from zoneinfo import available_timezones

import yaml
from pydantic import ValidationError

from prevenance.kit import catalogue
from prevenance.kit.problems import ConfigurationError
from prevenance.records.event_kind import EventKind
from prevenance.records.special_categories import SPECIAL_CATEGORIES, category_of_name
from prevenance.sources.base import Connector
from prevenance.sources.mapping import Condition, EventBlock, SourceMapping
from prevenance.sources.parsers import PARSERS
from prevenance.sources.plan import EVENT_SLOTS, Plan


class _PlainLoader(yaml.SafeLoader):
    """Reads YAML without its surprises: `no`, `on` and `2017-01-01` stay words, as in the source."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))

_ALWAYS = {"subject", "occurred_at", "known_at", "currency"}

Mistake = tuple[str, str]
"""Where (a dotted path into the file) and what."""


def load_mappings(folder: Path, *, extensions: Path | None = None) -> tuple[SourceMapping, ...]:
    """Read every mapping file of a folder, sorted by the source's name.

    Args:
        folder: the project's `mappings/`.
        extensions: the project's `extensions/`, whose `connectors/` count too.

    Raises:
        ConfigurationError: files hold mistakes; all are told together, each with file, line and what would be right.
    """
    mistakes: list[str] = []
    mappings: dict[str, SourceMapping] = {}
    checker = _Checker(extensions)
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        mapping = _read(path, checker, mistakes)
        if mapping is not None and mapping.source in mappings:
            mistakes.append(f"{path.name}: another file already describes the source {mapping.source!r}; join them")
        elif mapping is not None:
            mappings[mapping.source] = mapping
    if mistakes:
        message = f"{len(mistakes)} mistake(s) in the mappings of {folder.name}/:\n" + "\n".join(
            f"  {m}" for m in mistakes
        )
        raise ConfigurationError(message, folder=str(folder), mistakes=mistakes)
    if not mappings:
        message = f"There is no mapping in {folder}. Write one, or copy one from examples/."
        raise ConfigurationError(message, folder=str(folder))
    return tuple(mappings[name] for name in sorted(mappings))


def read_mapping(path: Path, *, extensions: Path | None = None) -> SourceMapping:
    """Read one mapping file.

    Raises:
        ConfigurationError: it holds mistakes; all are told together.
    """
    mistakes: list[str] = []
    mapping = _read(path, _Checker(extensions), mistakes)
    if mapping is None:
        message = f"{len(mistakes)} mistake(s) in {path}:\n" + "\n".join(f"  {m}" for m in mistakes)
        raise ConfigurationError(message, file=str(path), mistakes=mistakes)
    return mapping


def _read(path: Path, checker: "_Checker", mistakes: list[str]) -> SourceMapping | None:
    text = path.read_text(encoding="utf-8")
    try:
        tree = yaml.compose(text, _PlainLoader)
        content = yaml.load(text, _PlainLoader)  # noqa: S506 - a safe loader that guesses less
    except yaml.YAMLError as problem:
        mistakes.append(f"{path.name}: {' '.join(str(problem).split())}")
        return None
    mapping, found = _parsed(content, checker)
    mistakes.extend(f"{path.name}:{_line(tree, where)}: {where}: {what}" for where, what in found)
    return mapping if not found else None


def _parsed(content: object, checker: "_Checker") -> tuple[SourceMapping | None, list[Mistake]]:
    try:
        mapping = SourceMapping.model_validate(content)
    except ValidationError as problem:
        return None, [
            (".".join(str(step) for step in error["loc"]), error["msg"].removeprefix("Value error, "))
            for error in problem.errors()
        ]
    return mapping, list(checker.mistakes(mapping))


def _line(tree: yaml.Node | None, where: str) -> int:
    """Return the line of a dotted path, or of the nearest part above it that the file has."""
    node, line, rest = tree, 1, where
    while node is not None:
        if isinstance(node, yaml.MappingNode):
            # Column names hold dots themselves, so the longest key that fits is the right one.
            fits = [(k, v) for k, v in node.value if rest == k.value or rest.startswith(f"{k.value}.")]
            if not fits:
                return line
            key, node = max(fits, key=lambda pair: len(pair[0].value))
            line, rest = key.start_mark.line + 1, rest[len(key.value) + 1 :]
        elif isinstance(node, yaml.SequenceNode):
            step, _, rest = rest.partition(".")
            if not step.isdigit() or int(step) >= len(node.value):
                return line
            node = node.value[int(step)]
            line = node.start_mark.line + 1
        else:
            return line
    return line


class _Checker:
    """Checks what no single model can see: names of other things, and columns against slots."""

    def __init__(self, extensions: Path | None) -> None:
        own = extensions / "connectors" if extensions is not None else None
        self._connectors = catalogue.load("prevenance.sources.connectors", Connector, extra=own)  # type: ignore[type-abstract]  # entries are instances of subclasses
        self._kinds = catalogue.load("prevenance.records.events", EventKind)

    def mistakes(self, mapping: SourceMapping) -> Iterator[Mistake]:
        """Return every mistake of a mapping."""
        if mapping.time_zone not in available_timezones():
            yield "time_zone", f"{mapping.time_zone!r} is no time zone; write one such as Europe/Paris"
        for name, lookup in mapping.lookups.items():
            yield from self._connector(f"lookups.{name}", lookup.connector, lookup.options)
            if lookup.key not in lookup.fields:
                yield f"lookups.{name}.key", f"{lookup.key!r} is not among its fields; add it with its ground"
        for name, stream in mapping.streams.items():
            at = f"streams.{name}"
            yield from self._connector(at, stream.connector, stream.options)
            unknown = set(stream.look_up.values()) - set(mapping.lookups)
            if unknown:
                yield f"{at}.look_up", f"there is no lookup {', '.join(sorted(unknown))}"
            else:
                yield from self._stream(at, Plan(mapping, name))

    def _connector(self, at: str, name: str, options: dict[str, object]) -> Iterator[Mistake]:
        connector = self._connectors.get(name)
        if connector is None:
            yield f"{at}.connector", f"there is no connector {name!r}{_near(name, self._connectors)}"
            return
        for option in sorted(set(options) - set(connector.option_words)):
            known = ", ".join(connector.option_words) or "none"
            yield f"{at}.options.{option}", f"{name} knows no option {option!r}; it knows: {known}"

    def _stream(self, at: str, plan: Plan) -> Iterator[Mistake]:
        for column, mapped in plan.stream.fields.items():
            where = f"{at}.fields.{column}"
            if mapped.ground is not None and mapped.ground not in plan.source.grounds:
                yield where, f"there is no ground {mapped.ground!r}{_near(mapped.ground, plan.source.grounds)}"
            special = category_of_name(column)
            ground = plan.source.grounds.get(mapped.ground or "")
            if special is not None and ground is not None and ground.basis != "consent":
                said = SPECIAL_CATEGORIES[special].en
                yield (
                    where,
                    f"{column!r} announces {said} (GDPR Art. 9): write `{column}: null`, or a ground of consent",
                )
            if mapped.parse is not None and mapped.parse not in PARSERS:
                yield where, f"there is no parser {mapped.parse!r}{_near(mapped.parse, PARSERS)}"
        yield from _columns(at, plan)
        yield from _slots(at, plan)
        for place, event in enumerate(plan.stream.events):
            yield from self._event(f"{at}.events.{place}", event)
        for one, other in combinations(plan.stream.events, 2):
            if (one.kind, one.part) == (other.kind, other.part) and not _exclude(one.when, other.when):
                yield f"{at}.events", f"two blocks may both make {one.kind} of one row; give one of them a `part`"

    def _event(self, at: str, event: EventBlock) -> Iterator[Mistake]:
        kind = self._kinds.get(event.kind)
        if kind is None:
            yield f"{at}.kind", f"there is no kind of event {event.kind!r}{_near(event.kind, self._kinds)}"
            return
        for slot in EVENT_SLOTS:
            if slot not in _ALWAYS and getattr(event, slot) is not None and slot not in kind.fields:
                known = ", ".join(kind.fields) or "none"
                yield f"{at}.{slot}", f"{event.kind} has no {slot}; it has: {known}. Use `attributes` for more"


def _columns(at: str, plan: Plan) -> Iterator[Mistake]:
    """Return the columns that are spoken of but not among the fields."""
    stream = plan.stream
    spoken: list[tuple[str, str]] = [(use.path, column) for use in plan.uses for column in use.value.columns]
    conditions = [(f"events.{n}.when", e.when) for n, e in enumerate(stream.events)]
    conditions += [("party.when", stream.party.when if stream.party else None), ("only", stream.only)]
    conditions.append(("deleted", stream.deleted))
    conditions += [(f"leave_aside.{n}", c) for n, c in enumerate(stream.leave_aside)]
    spoken += [(path, column) for path, condition in conditions if condition for column in condition.columns]
    blocks = [(f"events.{n}", e.attributes) for n, e in enumerate(stream.events)]
    blocks += [("party", stream.party.attributes)] if stream.party else []
    spoken += [(f"{path}.attributes", column) for path, columns in blocks for column in columns]
    spoken += [("look_up", column) for column in stream.look_up]
    if stream.group is not None:
        spoken += [("group", column) for column in (*stream.group.by, *stream.group.keep, *stream.group.sum)]
    if stream.totals is not None:
        spoken.append(("totals.column", stream.totals.column))
    if stream.totals is not None and stream.totals.column in plan.without_ground:
        yield f"{at}.totals.column", f"needs {stream.totals.column!r}, which has no ground and is not read; give it one"
    for path, column in dict.fromkeys(spoken):
        if column not in plan.fields:
            near = _near(column, plan.fields)
            yield f"{at}.{path}", f"{column!r} is not among the fields{near}. Add it there with its ground"


def _slots(at: str, plan: Plan) -> Iterator[Mistake]:
    """Return the slots whose columns cannot fill them."""
    for use in plan.uses:
        columns = [column for column in use.value.columns if column in plan.fields]
        for column in columns:
            wanted = use.value.slot_of_columns(use.slot)
            if plan.parser_for(column, wanted) is None:
                told = plan.fields[column].parse
                yield f"{at}.{use.path}", f"wants a value of type {wanted}, but {column!r} is parsed as {told}"
            if use.is_required and plan.ground_of(column) is None:
                yield f"{at}.{use.path}", f"needs {column!r}, which has no ground and is not loaded; give it one"
        if use.slot != "text" and len(columns) > 1 and use.value.template is not None:
            yield f"{at}.{use.path}", f"wants one column of type {use.slot}, not several put together"


def _exclude(one: Condition | None, other: Condition | None) -> bool:
    """Return whether no row can meet both conditions."""
    if one is None or other is None:
        return False
    apart = any(
        {v.lower() for v in values}.isdisjoint(v.lower() for v in other.is_one_of[column])
        for column, values in one.is_one_of.items()
        if column in other.is_one_of
    )
    return apart or bool(set(one.filled) & set(other.blank) or set(one.blank) & set(other.filled))


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""
