"""Declare the tables of the ledger: what the law or a customer depends on, row by row.

Instants go in and come out aware, in UTC, whatever the database underneath.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """Stores an aware instant in UTC and gives it back aware (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; refuse one without a zone, whose meaning is unknown."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value.isoformat()} has no time zone. Give the ledger aware instants only."
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Give the instant its zone again."""
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


_Big = BigInteger().with_variant(Integer, "sqlite")  # SQLite only counts up by itself in an INTEGER key


class LedgerTables:
    """Names every table of the ledger, for rooms to build statements with."""

    runs = Table(
        "runs",
        metadata,
        Column("run_id", String(32), primary_key=True),
        Column("as_of", Instant, nullable=False),
        Column("status", String(16), nullable=False),  # running, done, failed
        Column("inputs", String(32), nullable=False, default=""),  # fingerprint of settings and sources
        Column("started_at", Instant, nullable=False),
        Column("finished_at", Instant),
        Column("summary", JSON),
        Column("problem", Text),
    )
    stages = Table(
        "stages",
        metadata,
        Column("run_id", String(32), ForeignKey("runs.run_id"), primary_key=True),
        Column("name", String(40), primary_key=True),
        Column("position", Integer, nullable=False),
        Column("status", String(16), nullable=False),
        Column("seconds", Float),
        Column("rows_in", _Big),
        Column("rows_out", _Big),
        Column("rows_new", _Big),
        Column("quarantined", _Big),
        Column("detail", JSON),
        Column("finished_at", Instant),
    )
    identity_decisions = Table(
        "identity_decisions",
        metadata,
        Column("decision_id", _Big, primary_key=True, autoincrement=True),
        Column("kind", String(16), nullable=False),  # merge, unmerge
        Column("left_subject", String(200), nullable=False),
        Column("right_subject", String(200), nullable=False),
        Column("actor", String(100), nullable=False),
        Column("reason", Text, nullable=False),
        Column("decided_at", Instant, nullable=False),
    )
    consents = Table(
        "consents",
        metadata,
        Column("consent_id", _Big, primary_key=True, autoincrement=True),
        Column("address_key", String(64), nullable=False, index=True),  # keyed HMAC of the normalised address
        Column("customer_id", BigInteger),
        Column("person_id", BigInteger),
        Column("channel", String(16), nullable=False),
        Column("purpose", String(32), nullable=False),
        Column("is_given", Boolean, nullable=False),
        Column("proof", JSON, nullable=False),
        Column("text_version", String(40), nullable=False),
        Column("source", String(60), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("import_key", String(64), unique=True),  # the same source record is taken in once
    )
    suppressions = Table(
        "suppressions",
        metadata,
        Column("address_key", String(64), primary_key=True),
        Column("channel", String(16), primary_key=True),
        Column("purpose", String(32), primary_key=True),
        Column("reason", String(40), nullable=False),
        Column("source", String(60), nullable=False),
        Column("since_at", Instant, nullable=False),
    )
    objections = Table(
        "objections",
        metadata,
        Column("objection_id", _Big, primary_key=True, autoincrement=True),
        Column("customer_id", BigInteger, nullable=False, index=True),
        Column("person_id", BigInteger),
        Column("address_key", String(64)),
        Column("purpose", String(32), nullable=False),  # profiling, marketing
        Column("source", String(60), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("import_key", String(64), unique=True),
    )
    decisions = Table(
        "decisions",
        metadata,
        Column("decision_id", String(32), primary_key=True),
        Column("play", String(80), nullable=False, index=True),
        Column("kind", String(16), nullable=False),  # risk, opportunity, service, parts
        Column("customer_id", BigInteger, nullable=False, index=True),
        Column("person_id", BigInteger),
        Column("trigger_occurrence", String(80), nullable=False),
        Column("arm", String(16), nullable=False),  # treated, held_out
        Column("status", String(16), nullable=False, index=True),
        # proposed, approved, rejected, snoozed, expired, held_out, not_acted
        Column("stage", String(16), nullable=False),
        Column("channel", String(16), nullable=False),
        Column("priority", Integer, nullable=False, default=0),
        Column("value", Numeric(18, 2)),
        Column("cost", Numeric(18, 2)),
        Column("worth", Numeric(18, 2)),
        Column("expected_effect", Float),
        Column("currency", String(3), nullable=False, default="EUR"),
        Column("content", JSON, nullable=False),  # names, reasons and suggestion in words, both languages
        Column("refusal", JSON),  # which rule said no, and why, in both languages
        Column("play_version", String(32), nullable=False),
        Column("as_of", Instant, nullable=False),
        Column("proposed_at", Instant, nullable=False),
        Column("due_on", Instant),
        Column("expires_at", Instant),
        Column("snoozed_until", Instant),
        Column("updated_at", Instant, nullable=False),
    )
    approvals = Table(
        "approvals",
        metadata,
        Column("approval_id", String(32), primary_key=True),
        Column("decision_id", String(32), ForeignKey("decisions.decision_id"), nullable=False, unique=True),
        Column("actor", String(100), nullable=False),
        Column("verdict", String(16), nullable=False),  # approved, rejected
        Column("reason", Text),
        Column("binding_hash", String(64)),
        Column("given_at", Instant, nullable=False),
    )
    outbox = Table(
        "outbox",
        metadata,
        Column("send_key", String(64), primary_key=True),
        Column("decision_id", String(32), ForeignKey("decisions.decision_id"), index=True),
        Column("approval_id", String(32), ForeignKey("approvals.approval_id")),
        Column("resend_of", String(64)),
        Column("play", String(80), nullable=False),
        Column("channel", String(16), nullable=False),  # entry of the catalogue: email, call_task
        Column("medium", String(16), nullable=False),  # what consents name: email, phone, post
        Column("purpose", String(32), nullable=False),
        Column("message_class", String(32), nullable=False),
        Column("customer_id", BigInteger, nullable=False, index=True),
        Column("person_id", BigInteger),
        Column("address", String(320), nullable=False),
        Column("address_key", String(64), nullable=False, index=True),
        Column("language", String(2), nullable=False),
        Column("time_zone", String(40), nullable=False),
        Column("subject", Text, nullable=False),
        Column("body_text", Text, nullable=False),
        Column("body_html", Text),
        Column("binding_hash", String(64), nullable=False),
        Column("policy_version", String(32), nullable=False),
        Column("facts", JSON, nullable=False),
        Column("status", String(16), nullable=False, index=True),
        # queued, attempting, committing, sent, unknown, refused, failed, expired, cancelled
        Column("reason", Text),
        Column("not_before", Instant, nullable=False),
        Column("expires_at", Instant, nullable=False),
        Column("attempts", Integer, nullable=False, default=0),
        Column("fence", Integer, nullable=False, default=0),
        Column("lease_owner", String(80)),
        Column("lease_until", Instant),
        Column("message_id", String(200), unique=True),
        Column("unsubscribe_hash", String(64), unique=True),  # of the one-click link's token
        Column("queued_at", Instant, nullable=False),
        Column("sent_at", Instant),
        Column("updated_at", Instant, nullable=False),
    )
    attempts = Table(
        "attempts",
        metadata,
        Column("attempt_id", _Big, primary_key=True, autoincrement=True),
        Column("send_key", String(64), ForeignKey("outbox.send_key"), nullable=False, index=True),
        Column("fence", Integer, nullable=False),
        Column("phase", String(16), nullable=False),
        Column("reply_code", Integer),
        Column("reply_text", Text),
        Column("at", Instant, nullable=False),
    )
    call_tasks = Table(
        "call_tasks",
        metadata,
        Column("send_key", String(64), ForeignKey("outbox.send_key"), primary_key=True),
        Column("customer_id", BigInteger, nullable=False),
        Column("person_id", BigInteger),
        Column("phone", String(60), nullable=False),
        Column("title", Text, nullable=False),
        Column("script", Text, nullable=False),
        Column("legal_basis", String(60), nullable=False),
        Column("due_on", Instant, nullable=False),
        Column("status", String(16), nullable=False),  # open, done, cancelled
        Column("created_at", Instant, nullable=False),
    )
    users = Table(
        "users",
        metadata,
        Column("user_id", String(32), primary_key=True),
        Column("email", String(320), nullable=False, unique=True),
        Column("name", String(200), nullable=False),
        Column("role", String(16), nullable=False),
        Column("language", String(2), nullable=False),
        Column("password_hash", String(200), nullable=False),
        Column("is_disabled", Boolean, nullable=False, default=False),
        Column("has_single_keys", Boolean, nullable=False, default=True),
        Column("created_at", Instant, nullable=False),
    )
    sessions = Table(
        "sessions",
        metadata,
        Column("session_hash", String(64), primary_key=True),
        Column("user_id", String(32), ForeignKey("users.user_id"), nullable=False, index=True),
        Column("csrf", String(64), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("seen_at", Instant, nullable=False),
        Column("expires_at", Instant, nullable=False),
    )
    login_attempts = Table(
        "login_attempts",
        metadata,
        Column("attempt_id", _Big, primary_key=True, autoincrement=True),
        Column("account_key", String(64), nullable=False),
        Column("address", String(64), nullable=False),
        Column("at", Instant, nullable=False),
        Index("ix_login_attempts_budget", "account_key", "address", "at"),
    )
    audit_trail = Table(
        "audit_trail",
        metadata,
        Column("seq", _Big, primary_key=True, autoincrement=True),
        Column("at", Instant, nullable=False),
        Column("actor", String(100), nullable=False),
        Column("action", String(60), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("detail", JSON, nullable=False),
        Column("previous_hash", String(64), nullable=False, unique=True),
        Column("hash", String(64), nullable=False, unique=True),
    )
    models = Table(
        "models",
        metadata,
        Column("model_id", String(64), primary_key=True),
        Column("target", String(60), nullable=False, index=True),
        Column("version", Integer, nullable=False),
        Column("status", String(16), nullable=False),  # champion, challenger, retired
        Column("path", Text, nullable=False),
        Column("manifest", JSON, nullable=False),
        Column("training_fingerprint", String(64), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("chosen_by", String(254)),  # a person, whom no training overrules
        Column("waits_because", JSON(none_as_null=True)),  # what speaks against a challenger, in both languages
        UniqueConstraint("target", "version"),
        UniqueConstraint("target", "training_fingerprint"),
    )
    kpi_baselines = Table(
        "kpi_baselines",
        metadata,
        Column("kpi", String(60), primary_key=True),
        Column("segment", String(60), primary_key=True),
        Column("value", Float),
        Column("low", Float),
        Column("high", Float),
        Column("n", _Big, nullable=False),
        Column("unit", String(20), nullable=False),
        Column("starts_on", Instant, nullable=False),
        Column("ends_on", Instant, nullable=False),
        Column("definition", String(32), nullable=False),
        Column("frozen_at", Instant, nullable=False),
    )
    intake_keys = Table(
        "intake_keys",
        metadata,
        Column("key_id", String(16), primary_key=True),
        Column("source", String(60), nullable=False),
        Column("key_hash", String(64), nullable=False, unique=True),
        Column("origins", JSON, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("revoked_at", Instant),
    )
    intake_events = Table(
        "intake_events",
        metadata,
        Column(
            "seq", _Big, primary_key=True, autoincrement=True
        ),  # in the order of the commits; a row is never deleted
        Column("source", String(60), nullable=False),
        Column("message_id", String(100), nullable=False),
        Column("content_hash", String(32), nullable=False),
        Column("payload", Text),  # null once it lies in a verified batch
        Column("hour", Instant, nullable=False),
        UniqueConstraint("source", "message_id"),
    )
    intake_quarantine = Table(
        "intake_quarantine",
        metadata,
        Column("misfit_id", _Big, primary_key=True, autoincrement=True),
        Column("source", String(60), nullable=False),
        Column("message_id", String(100)),
        Column("content_hash", String(32), nullable=False),
        Column("reason", String(20), nullable=False),
        Column("payload", Text, nullable=False),
        Column("hour", Instant, nullable=False),
        UniqueConstraint("source", "content_hash", "reason"),
    )
    intake_counts = Table(
        "intake_counts",
        metadata,
        Column("source", String(60), primary_key=True),
        Column("hour", Instant, primary_key=True),
        Column("received", _Big, nullable=False),
        Column("stored", _Big, nullable=False),
        Column("duplicate", _Big, nullable=False),
        Column("quarantined", _Big, nullable=False),
        Column("refused", _Big, nullable=False),  # requests turned away whole
    )
    intake_batches = Table(
        "intake_batches",
        metadata,
        Column("batch_id", _Big, primary_key=True, autoincrement=True),
        Column("source", String(60), nullable=False, index=True),
        Column("after_seq", _Big, nullable=False),
        Column("up_to_seq", _Big, nullable=False),
        Column("n_messages", _Big, nullable=False),
        Column("place", String(200), nullable=False),  # below the folder of the data
        Column("file_hash", String(64)),
        Column("opened_at", Instant, nullable=False),
        Column("verified_at", Instant),
    )
    live_hits = Table(
        "live_hits",
        metadata,
        Column("on_day", Instant, primary_key=True),
        Column("signal", String(60), primary_key=True),
        Column("customer_id", BigInteger, primary_key=True),
        Column("fr", Text, nullable=False),
        Column("en", Text, nullable=False),
        Column("strength", Float),
        Column("received_at", Instant, nullable=False),  # of the latest message behind it
        Column("found_at", Instant, nullable=False),
    )
    state = Table(
        "state",
        metadata,
        Column("name", String(60), primary_key=True),
        Column("value", JSON, nullable=False),
        Column("updated_at", Instant, nullable=False),
    )


ledger_tables = LedgerTables()
