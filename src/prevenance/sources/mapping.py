"""Describe a mapping: how columns become events, parties, identifiers and consents, and on what legal basis.

These models are what a `mappings/*.yaml` file must look like; `docs/mapping.md` shows them to people.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_PLACES = re.compile(r"\{([^{}]+)\}")
_LAG = re.compile(r"^(\d+) ?(minute|hour|day|week)s?$")

Basis = Literal["consent", "contract", "legal_obligation", "vital_interest", "public_task", "legitimate_interest"]
Slot = Literal["text", "number", "instant", "day", "boolean"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Part):
    """Says where a value comes from: columns put together, a constant, or the first of several that is filled.

    In YAML: `Code client`, `"crm:{Code client}"`, `{constant: EUR}`, `{hours_between: [opened, solved]}`, or a list.
    """

    template: str | None = None
    constant: str | None = None
    first_of: tuple["Value", ...] = ()
    hours_between: tuple[str, ...] = Field(default=(), max_length=2)
    """Two columns: the hours from the first instant to the second."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns it reads."""
        if self.template is not None:
            return tuple(_PLACES.findall(self.template))
        return (*self.hours_between, *(column for value in self.first_of for column in value.columns))

    @property
    def only_column(self) -> str | None:
        """Return the column that it is, unchanged; `None` for anything more."""
        pieces = list(self.pieces())
        return pieces[0][0] if len(pieces) == 1 and pieces[0][1] else None

    def slot_of_columns(self, slot: Slot) -> Slot:
        """Return what its columns must hold so that it can fill a slot."""
        return "instant" if self.hours_between else slot

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Return the pieces of the template in order, each with whether it is a column."""
        for place, piece in enumerate(_PLACES.split(self.template or "")):
            if piece:
                yield piece, place % 2 == 1


def _as_value(content: Any) -> Any:  # Any: what YAML may hold
    if isinstance(content, str):
        return {"template": content if _PLACES.search(content) else "{" + content + "}"}
    if isinstance(content, list):
        return {"first_of": [_as_value(item) for item in content]}
    if isinstance(content, dict) and isinstance(content.get("constant"), int | float | bool):
        return {"constant": str(content["constant"])}
    return content


ValueOf = Annotated[Value, BeforeValidator(_as_value)]


def _as_list(content: Any) -> Any:  # Any: what YAML may hold
    return content if isinstance(content, list | tuple) else [content]


class Condition(_Part):
    """Says for which rows something holds: every line of it must.

    In YAML: `{status: [ended, closed], filled: ended_on, blank: renewed_by}`.
    """

    is_one_of: dict[str, tuple[str, ...]] = {}
    is_none_of: dict[str, tuple[str, ...]] = {}
    filled: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, content: Any) -> Any:  # Any: what YAML may hold
        if not isinstance(content, dict) or {"is_one_of", "is_none_of"} & set(content):
            return content
        return {
            "filled": _as_list(content.get("filled", [])),
            "blank": _as_list(content.get("blank", [])),
            "is_none_of": {k: [_said(v) for v in _as_list(vs)] for k, vs in (content.get("not") or {}).items()},
            "is_one_of": {
                k: [_said(v) for v in _as_list(vs)] for k, vs in content.items() if k not in {"filled", "blank", "not"}
            },
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns it looks at."""
        return (*self.is_one_of, *self.is_none_of, *self.filled, *self.blank)


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Ground(_Part):
    """Names why a field may be used: its purpose and its legal basis (GDPR Art. 6)."""

    purpose: str
    basis: Basis
    why: str = ""
    """For a legitimate interest, the outcome of weighing it against the person's."""
    retention_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _weighed(self) -> "Ground":
        if self.basis == "legitimate_interest" and not self.why.strip():
            message = "a legitimate interest needs `why`: the outcome of weighing it against the person's interests"
            raise ValueError(message)
        return self


class FieldMapping(_Part):
    """Describes one column of the source. Without a ground it is not loaded, and the report says so."""

    ground: str | None = None
    parse: str | None = None
    values: dict[str, tuple[str, ...]] = {}
    """Our word for each of the source's spellings (`billing: [Facturation, FACT]`); case does not count."""
    if_unreadable: Literal["reject", "leave_blank"] | None = None
    at_least: float | None = None
    """Numbers below it cannot be true."""
    at_most: float | None = None
    """Numbers above it cannot be true, such as an amount of 999999999999."""
    optional: bool = False
    meaning: str = ""
    unit: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_ground(cls, content: Any) -> Any:  # Any: what YAML may hold
        if content is None or isinstance(content, str):
            return {"ground": content}
        return content


class Totals(_Part):
    """Says how a totals row gives itself away: it goes to quarantine, it is no customer."""

    column: str
    starts_with: tuple[str, ...]


class Group(_Part):
    """Makes one record out of several rows, such as an order out of its lines."""

    by: tuple[str, ...] = Field(min_length=1)
    keep: tuple[str, ...] = ()
    """Columns that are the same in each row of a group (the smallest is kept)."""
    sum: tuple[str, ...] = ()
    count: str | None = None


class PartyBlock(_Part):
    """Says who a row describes: a company (account) or a person."""

    kind: Literal["account", "person"]
    when: Condition | None = None
    account_subject: ValueOf | None = None
    name: ValueOf | None = None
    first_name: ValueOf | None = None
    last_name: ValueOf | None = None
    email: ValueOf | None = None
    phone: ValueOf | None = None
    address: ValueOf | None = None
    postal_code: ValueOf | None = None
    city: ValueOf | None = None
    country: ValueOf | None = None
    language: ValueOf | None = None
    birth_on: ValueOf | None = None
    registration_number: ValueOf | None = None
    is_key_account: ValueOf | None = None
    segment: ValueOf | None = None
    owner: ValueOf | None = None
    created_at: ValueOf | None = None
    known_at: ValueOf | None = None
    attributes: tuple[str, ...] = ()


class EventBlock(_Part):
    """Says what a row tells happened; each row for which `when` holds makes one event."""

    kind: str
    when: Condition | None = None
    part: str = ""
    """Tells apart two events of one kind from the same row."""
    subject: ValueOf | None = None
    occurred_at: ValueOf
    known_at: ValueOf | None = None
    known_after: str | None = Field(default=None, pattern=_LAG.pattern)
    """How long after it happened the company can know it, such as `1 day`."""
    object_id: ValueOf | None = None
    label: ValueOf | None = None
    amount: ValueOf | None = None
    currency: ValueOf | None = None
    quantity: ValueOf | None = None
    limit_quantity: ValueOf | None = None
    due_at: ValueOf | None = None
    text: ValueOf | None = None
    attributes: tuple[str, ...] = ()
    negative_amounts: Literal["reject", "allow"] = "reject"

    @property
    def lag_seconds(self) -> int:
        """Return `known_after` in seconds."""
        found = _LAG.match(self.known_after or "0 day")
        assert found is not None, "the pattern was checked"
        return int(found[1]) * {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}[found[2]]


class ConsentBlock(_Part):
    """Says which choice of a person a row records; a blank choice records nothing."""

    channel: Literal["email", "phone", "post"]
    purpose: Literal["marketing", "service", "profiling"]
    given: ValueOf | None = None
    objected: ValueOf | None = None
    """The other way round: yes means that the person objects."""
    subject: ValueOf | None = None
    recorded_at: ValueOf | None = None
    known_at: ValueOf | None = None
    """When the company knew of it, where `recorded_at` is blank."""
    proof: ValueOf | None = None

    @model_validator(mode="after")
    def _one_choice(self) -> "ConsentBlock":
        if (self.given is None) == (self.objected is None):
            message = "say either `given` or `objected`"
            raise ValueError(message)
        return self


class Lookup(_Part):
    """Names a table in which to look up more about a row, such as a product's family."""

    connector: str
    location: str
    options: dict[str, Any] = {}  # Any: each connector understands its own
    key: str
    fields: dict[str, FieldMapping]


class StreamMapping(_Part):
    """Describes one stream of a source: where its rows are, what their columns mean, what they tell."""

    connector: str
    location: str
    options: dict[str, Any] = {}  # Any: each connector understands its own
    only: Condition | None = None
    totals: Totals | None = None
    look_up: dict[str, str] = {}
    """Column of this stream -> lookup; `products.family` is then a column too."""
    group: Group | None = None
    record_id: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(min_length=1)
    subject: ValueOf
    fields: dict[str, FieldMapping]
    party: PartyBlock | None = None
    identifiers: dict[str, ValueOf] = {}
    """Namespace (crm, erp, helpdesk, product, email, phone, siren) -> value."""
    events: tuple[EventBlock, ...] = ()
    consents: tuple[ConsentBlock, ...] = ()
    leave_aside: Annotated[tuple[Condition, ...], BeforeValidator(_as_list)] = ()
    """Rows that rightly tell nothing (a delivery under way); any other row without an event is quarantined."""
    deleted: Condition | None = None
    """Rows by which the source says that a record is deleted: it is taken back, and tells nothing more."""
    changed_at: ValueOf | None = None
    """When the source last changed a record, by its own clock: a row of an old export never replaces a newer one."""
    missing_records: Literal["stay", "gone"] = "stay"
    """What it means that a whole reading does not hold a record that an earlier one held."""
    most_missing: float = Field(default=0.3, gt=0, le=1)
    """The share of known records that, missing at once, is an accident: none of them is then taken back."""
    drift: Literal["stop", "accept"] = "stop"
    """Whether a change of the columns' nature stops the stream, or a person has looked at it."""

    @model_validator(mode="after")
    def _has_ids_of_its_own(self) -> "StreamMapping":
        if self.missing_records == "gone" and (self.group is not None or "repeat_number" in self.record_id):
            message = "`missing_records: gone` needs rows with ids of their own, so neither `group` nor repeat_number"
            raise ValueError(message)
        return self


class SourceMapping(_Part):
    """Describes one source: a system of the company, and the streams it sends."""

    source: str = Field(pattern="^[a-z][a-z0-9_]*$")
    meaning: str = ""
    owner: str = ""
    """Who looks after this system, and can repair what the audit finds in it."""
    time_zone: str = "UTC"
    """The zone of times written without one; days stay days."""
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    exchange_rates: dict[
        Annotated[str, Field(pattern="^[A-Z]{3}$")], Annotated[float, Field(gt=0, allow_inf_nan=False)]
    ] = {}
    """What one unit of another currency is worth in `currency`: amounts are converted, and kept as written beside."""
    grounds: dict[str, Ground]
    lookups: dict[str, Lookup] = {}
    streams: dict[str, StreamMapping] = Field(min_length=1)

    @staticmethod
    def bases_of(mappings: Iterable["SourceMapping"]) -> dict[str, str | None]:
        """Return the legal basis of every field (`source.stream.field`), None for one that names no ground."""
        return {
            f"{mapping.source}.{name}.{field}": None if used.ground is None else mapping.grounds[used.ground].basis
            for mapping in mappings
            for name, stream in mapping.streams.items()
            for field, used in stream.fields.items()
        }
