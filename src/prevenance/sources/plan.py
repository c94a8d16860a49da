"""Work out, once per stream, which columns are needed, by which parser, and on what ground they may be used."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from prevenance.kit.hashing import fingerprint
from prevenance.sources.mapping import (
    ConsentBlock,
    EventBlock,
    FieldMapping,
    Ground,
    PartyBlock,
    Slot,
    SourceMapping,
    StreamMapping,
    Value,
)
from prevenance.sources.parsers import PARSERS, Parser

EVENT_SLOTS: dict[str, Slot] = {
    "subject": "text",
    "occurred_at": "instant",
    "known_at": "instant",
    "object_id": "text",
    "label": "text",
    "amount": "number",
    "currency": "text",
    "quantity": "number",
    "limit_quantity": "number",
    "due_at": "instant",
    "text": "text",
}
PARTY_SLOTS: dict[str, Slot] = {
    **dict.fromkeys(
        ("account_subject", "name", "first_name", "last_name", "email", "phone", "address", "postal_code", "city",
         "country", "language", "registration_number", "segment", "owner"),
        "text",
    ),
    "birth_on": "day",
    "is_key_account": "boolean",
    "created_at": "instant",
    "known_at": "instant",
}  # fmt: skip
CONSENT_SLOTS: dict[str, Slot] = {
    "given": "boolean",
    "objected": "boolean",
    "subject": "text",
    "recorded_at": "instant",
    "known_at": "instant",
    "proof": "text",
}
_DEFAULT_PARSERS: dict[Slot, str] = {
    "text": "text",
    "number": "number",
    "instant": "iso_datetime",
    "day": "iso_datetime",
    "boolean": "yes_no",
}
_TIMES = {"instant", "day"}

REPEAT_NUMBER = "repeat_number"
"""In `record_id`: 1, 2, ... for rows of one file that are otherwise the same record, for sources without ids."""


@dataclass(frozen=True)
class Use:
    """Says that a slot of a block takes its value from somewhere, and what kind of value it wants."""

    path: str
    value: Value
    slot: Slot
    is_required: bool
    rejects: bool
    """Whether a value that cannot be read sends the row to quarantine (or leaves the slot blank)."""


@dataclass(frozen=True)
class Plan:
    """Holds one stream of a source with its cross references resolved."""

    source: SourceMapping
    name: str
    corrections: str = ""
    """A text that changes when people's corrections of this stream do; empty when there are none."""

    @property
    def stream(self) -> StreamMapping:
        """Return the stream's part of the mapping."""
        return self.source.streams[self.name]

    @cached_property
    def fingerprint(self) -> str:
        """Return a text that changes when this stream is read differently."""
        lookups = {name: self.source.lookups[name].model_dump() for name in self.stream.look_up.values()}
        rates = self.source.exchange_rates
        zone = (self.source.time_zone, self.source.currency, *([rates] if rates else []))
        told = {"stream": self.stream.model_dump(), "lookups": lookups, "zone": zone}
        return fingerprint(told | ({"corrections": self.corrections} if self.corrections else {}))

    @cached_property
    def fields(self) -> dict[str, FieldMapping]:
        """Return every field by column, those of lookups by `lookup.column`, and what grouping adds."""
        found = dict(self.stream.fields)
        for name in self.stream.look_up.values():
            found.update({f"{name}.{column}": f for column, f in self.source.lookups[name].fields.items()})
        counted = [REPEAT_NUMBER] if REPEAT_NUMBER in self.stream.record_id else []
        if self.stream.group is not None and self.stream.group.count is not None:
            counted.append(self.stream.group.count)
        # A count of rows says nothing that the rows' own grounds do not cover.
        ground = next((f.ground for f in found.values() if f.ground), None)
        return {**found, **dict.fromkeys(counted, FieldMapping(ground=ground, parse="number"))}

    def ground_of(self, column: str) -> Ground | None:
        """Return on what ground a column may be used; `None` means that it may not."""
        mapped = self.fields.get(column)
        return self.source.grounds.get(mapped.ground or "") if mapped is not None else None

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return the columns to read: those with a ground."""
        return tuple(column for column in self.stream.fields if self.ground_of(column) is not None)

    @property
    def without_ground(self) -> tuple[str, ...]:
        """Return the columns that are mapped but must not be loaded."""
        return tuple(column for column in self.fields if self.ground_of(column) is None)

    def parser_for(self, column: str, slot: Slot) -> Parser | None:
        """Return how to read a column for a slot, or `None` when they do not go together."""
        told = PARSERS.get(self.fields[column].parse or "")
        if slot == "text":
            return told if told is not None and told.gives == "text" else PARSERS["text"]
        if told is None:
            return PARSERS[_DEFAULT_PARSERS[slot]]
        goes = told.gives == slot or (told.gives in _TIMES and slot in _TIMES)
        return told if goes else None

    def rejects(self, use: Use, column: str) -> bool:
        """Return whether an unreadable value of this column sends its row to quarantine."""
        told = self.fields[column].if_unreadable
        return use.rejects if told is None else told == "reject"

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Return everything the blocks take from the rows."""
        return tuple(self._uses())

    def _uses(self) -> Iterator[Use]:
        stream = self.stream
        for column in stream.record_id:
            yield Use("record_id", Value(template=f"{{{column}}}"), "text", is_required=True, rejects=True)
        yield Use("subject", stream.subject, "text", is_required=True, rejects=True)
        if stream.changed_at is not None:
            yield Use("changed_at", stream.changed_at, "instant", is_required=False, rejects=False)
        for namespace, value in stream.identifiers.items():
            yield Use(f"identifiers.{namespace}", value, "text", is_required=False, rejects=False)
        if stream.party is not None:
            yield from _of_block("party", stream.party, PARTY_SLOTS, (), rejects=False)
        for place, event in enumerate(stream.events):
            yield from _of_block(f"events.{place}", event, EVENT_SLOTS, ("occurred_at",), rejects=True)
        for place, consent in enumerate(stream.consents):
            for use in _of_block(f"consents.{place}", consent, CONSENT_SLOTS, ("given", "objected"), rejects=False):
                # A choice that cannot be read must not pass for no choice; its day may be unknown.
                yield replace(use, rejects=use.is_required)

    def cells(self) -> Iterator[tuple[str, Parser, bool]]:
        """Return each column and parser that the blocks need, and whether it rejects; once each."""
        found: dict[tuple[str, str], bool] = {}
        for use in self.uses:
            for column in use.value.columns:
                parser = self.parser_for(column, use.value.slot_of_columns(use.slot))
                if parser is not None and self.ground_of(column) is not None:
                    key = (column, parser.name)
                    found[key] = found.get(key, False) or self.rejects(use, column)
        for column in self._plain_columns():
            found.setdefault((column, "text"), False)
            found.setdefault((column, self.fields[column].parse or "text"), False)
        for (column, name), rejects in found.items():
            yield column, PARSERS[name], rejects

    def _plain_columns(self) -> Iterator[str]:
        """Return the columns that conditions and attributes look at as text."""
        stream = self.stream
        blocks: list[EventBlock | PartyBlock] = [*stream.events, *([stream.party] if stream.party else [])]
        conditions = [block.when for block in blocks if block.when is not None] + list(stream.leave_aside)
        conditions += [stream.deleted] if stream.deleted is not None else []
        for column in [c for condition in conditions for c in condition.columns] + [
            c for b in blocks for c in b.attributes
        ]:
            if self.ground_of(column) is not None:
                yield column


def _of_block(
    path: str,
    block: PartyBlock | EventBlock | ConsentBlock,
    slots: dict[str, Slot],
    required: tuple[str, ...],
    *,
    rejects: bool,
) -> Iterator[Use]:
    for name, slot in slots.items():
        value = getattr(block, name, None)
        if value is not None:
            yield Use(f"{path}.{name}", value, slot, is_required=name in required, rejects=rejects)
