"""Declare the tables of the lake: names, columns, keys. Rooms read and write rows only in these shapes.

Instants are stored in UTC without a zone; money as decimals beside a currency.
"""

from dataclasses import dataclass

_AT = "timestamp(6)"
_MONEY = "decimal(18, 2)"


@dataclass(frozen=True)
class LakeTable:
    """Describes one table: Ibis types by column, the key that makes a row unique, the order rows are stored in."""

    name: str
    schema: dict[str, str]
    key: tuple[str, ...]
    sort_by: tuple[str, ...] = ()
    subject_columns: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(self.schema)


_FACT_COLUMNS = {
    "event_id": "string",
    "kind": "string",
    "subject": "string",
    "occurred_at": _AT,
    "known_at": _AT,
    "superseded_at": _AT,
    "source": "string",
    "stream": "string",
    "record_id": "string",
    "row_hash": "string",
    "object_id": "string",
    "label": "string",
    "amount": _MONEY,
    "currency": "string",
    "quantity": "float64",
    "limit_quantity": "float64",
    "due_at": _AT,
    "text": "string",
    "attributes": "string",
}

FACTS = LakeTable(
    "facts",
    {**_FACT_COLUMNS, "changed_at": _AT},
    key=("event_id", "row_hash"),
    sort_by=("source", "stream", "event_id"),
)

EVENTS = LakeTable(
    "events",
    {"customer_id": "int64", "person_id": "int64", **_FACT_COLUMNS},
    key=("event_id", "row_hash"),
    sort_by=("kind", "customer_id", "occurred_at", "event_id"),  # kind first: features read few kinds at a time
    subject_columns=("customer_id", "person_id"),
)

PARTIES = LakeTable(
    "parties",
    {
        "party_id": "string",
        "party_kind": "string",
        "account_subject": "string",
        "name": "string",
        "first_name": "string",
        "last_name": "string",
        "email": "string",
        "phone": "string",
        "address": "string",
        "postal_code": "string",
        "city": "string",
        "country": "string",
        "language": "string",
        "birth_on": "date",
        "registration_number": "string",
        "is_key_account": "boolean",
        "segment": "string",
        "owner": "string",
        "created_at": _AT,
        "source": "string",
        "stream": "string",
        "record_id": "string",
        "row_hash": "string",
        "known_at": _AT,
        "superseded_at": _AT,
        "attributes": "string",
        "as_written": "string",
        "changed_at": _AT,
    },
    key=("party_id", "row_hash"),
    sort_by=("party_id",),
)

IDENTIFIERS = LakeTable(
    "identifiers",
    {"party_id": "string", "namespace": "string", "value": "string", "source": "string", "known_at": _AT},
    key=("party_id", "namespace", "value"),
    sort_by=("party_id", "namespace", "value"),
)

CONSENT_RECORDS = LakeTable(
    "consent_records",
    {
        "source": "string",
        "stream": "string",
        "record_id": "string",
        "subject": "string",
        "channel": "string",
        "purpose": "string",
        "is_given": "boolean",
        "recorded_at": _AT,
        "known_at": _AT,
        "proof": "string",
    },
    key=("source", "stream", "record_id", "channel", "purpose"),
    sort_by=("source", "stream", "record_id"),
)

QUARANTINE = LakeTable(
    "quarantine",
    {
        "source": "string",
        "stream": "string",
        "record_id": "string",
        "row_hash": "string",
        "reason": "string",
        "field": "string",
        "value": "string",
        "payload": "string",
        "as_of": _AT,
        "repaired_at": _AT,
        "repaired_by": "string",
    },
    key=("source", "stream", "record_id", "row_hash"),
    sort_by=("source", "stream", "record_id"),
)

IDENTITIES = LakeTable(
    "identities",
    {
        "subject": "string",
        "customer_id": "int64",
        "person_id": "int64",
        "party_id": "string",
        "evidence": "string",
        "match_probability": "float64",
    },
    key=("subject",),
    sort_by=("subject",),
    subject_columns=("customer_id", "person_id"),
)

IDENTITY_REVIEWS = LakeTable(
    "identity_reviews",
    {
        "left_party": "string",
        "right_party": "string",
        "left_subject": "string",
        "right_subject": "string",
        "party_kind": "string",
        "reason": "string",
        "match_probability": "float64",
        "levels": "string",
    },
    key=("left_party", "right_party"),
    sort_by=("left_party", "right_party"),
)

CUSTOMERS = LakeTable(
    "customers",
    {
        "customer_id": "int64",
        "customer_kind": "string",
        "name": "string",
        "email": "string",
        "phone": "string",
        "language": "string",
        "country": "string",
        "city": "string",
        "postal_code": "string",
        "segment": "string",
        "owner": "string",
        "is_key_account": "boolean",
        "birth_on": "date",
        "customer_since": _AT,
        "known_at": _AT,
        "n_people": "int64",
        "sources": "string",
    },
    key=("customer_id",),
    sort_by=("customer_id",),
    subject_columns=("customer_id",),
)

PEOPLE = LakeTable(
    "people",
    {
        "person_id": "int64",
        "customer_id": "int64",
        "first_name": "string",
        "last_name": "string",
        "name": "string",
        "email": "string",
        "phone": "string",
        "language": "string",
        "birth_on": "date",
        "known_at": _AT,
        "is_main_contact": "boolean",
    },
    key=("person_id",),
    sort_by=("customer_id", "person_id"),
    subject_columns=("customer_id", "person_id"),
)

PREDICTIONS = LakeTable(
    "predictions",
    {
        "as_of": _AT,
        "target": "string",
        "customer_id": "int64",
        "probability": "float64",
        "low": "float64",
        "high": "float64",
        "evidence_level": "string",
        "model_version": "string",
        "flagged": "boolean",
        "reasons": "string",
    },
    key=("as_of", "target", "customer_id"),
    sort_by=("as_of", "target", "customer_id"),
    subject_columns=("customer_id",),
)

SIGNAL_HITS = LakeTable(
    "signal_hits",
    {
        "as_of": _AT,
        "signal": "string",
        "customer_id": "int64",
        "fr": "string",
        "en": "string",
        "evidence": "string",
        "strength": "float64",
    },
    key=("as_of", "signal", "customer_id"),
    sort_by=("as_of", "signal", "customer_id"),
    subject_columns=("customer_id",),
)

SIGNAL_RECORDS = LakeTable(
    "signal_records",
    {
        "as_of": _AT,
        "signal": "string",
        "n_fired": "int64",
        "n_right": "int64",
        "precision": "float64",
        "precision_low": "float64",
        "precision_high": "float64",
        "recall": "float64",
        "base_rate": "float64",
        "lead_days": "float64",
    },
    key=("as_of", "signal"),
    sort_by=("as_of", "signal"),
)

READINGS = LakeTable(
    "readings",
    {
        "event_id": "string",
        "row_hash": "string",
        "reading": "string",
        "customer_id": "int64",
        "value": "string",
        "confidence": "float64",
        "because": "string",
    },
    key=("event_id", "row_hash", "reading"),
    sort_by=("customer_id", "event_id", "reading"),
    subject_columns=("customer_id",),
)

SEGMENTS = LakeTable(
    "segments",
    {"as_of": _AT, "segmentation": "string", "customer_id": "int64", "segment": "string"},
    key=("as_of", "segmentation", "customer_id"),
    sort_by=("as_of", "segmentation", "customer_id"),
    subject_columns=("customer_id",),
)

ALARMS = LakeTable(
    "alarms",
    {"as_of": _AT, "alarm": "string", "about": "string", "severity": "string", "fr": "string", "en": "string"},
    key=("as_of", "alarm", "about"),
    sort_by=("as_of", "alarm", "about"),
)

KPI_VALUES = LakeTable(
    "kpi_values",
    {
        "kpi": "string",
        "month": "date",
        "segment": "string",
        "value": "float64",
        "low": "float64",
        "high": "float64",
        "n": "int64",
        "unit": "string",
    },
    key=("kpi", "month", "segment"),
    sort_by=("kpi", "month", "segment"),
)

LAKE_TABLES: dict[str, LakeTable] = {
    table.name: table
    for table in (
        FACTS, EVENTS, PARTIES, IDENTIFIERS, CONSENT_RECORDS, QUARANTINE, IDENTITIES, IDENTITY_REVIEWS, CUSTOMERS,
        PEOPLE, PREDICTIONS, SIGNAL_HITS, SIGNAL_RECORDS, READINGS, SEGMENTS, ALARMS, KPI_VALUES,
    )
}  # fmt: skip
