"""Make the tables of the live intake."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make keys, events, quarantine, counts, batches and what the live window found."""
    op.create_table(
        "intake_keys",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_intake_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_intake_keys_key_hash")),
    )
    op.create_table(
        "intake_events",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("message_id", sa.String(100), nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text()),
        sa.Column("hour", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_intake_events")),
        sa.UniqueConstraint("source", "message_id", name=op.f("uq_intake_events_source_message_id")),
    )
    op.create_table(
        "intake_quarantine",
        sa.Column("misfit_id", _BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("message_id", sa.String(100)),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hour", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("misfit_id", name=op.f("pk_intake_quarantine")),
        sa.UniqueConstraint(
            "source", "content_hash", "reason", name=op.f("uq_intake_quarantine_source_content_hash_reason")
        ),
    )
    op.create_table(
        "intake_counts",
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("hour", _INSTANT, nullable=False),
        *(
            sa.Column(name, _BIG, nullable=False)
            for name in ("received", "stored", "duplicate", "quarantined", "refused")
        ),
        sa.PrimaryKeyConstraint("source", "hour", name=op.f("pk_intake_counts")),
    )
    op.create_table(
        "intake_batches",
        sa.Column("batch_id", _BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("after_seq", _BIG, nullable=False),
        sa.Column("up_to_seq", _BIG, nullable=False),
        sa.Column("n_messages", _BIG, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("file_hash", sa.String(64)),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("verified_at", _INSTANT),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_intake_batches")),
    )
    op.create_index(op.f("ix_intake_batches_source"), "intake_batches", ["source"], unique=False)
    op.create_table(
        "live_hits",
        sa.Column("on_day", _INSTANT, nullable=False),
        sa.Column("signal", sa.String(60), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("fr", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("strength", sa.Float()),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("on_day", "signal", "customer_id", name=op.f("pk_live_hits")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("live_hits", "intake_batches", "intake_counts", "intake_quarantine", "intake_events", "intake_keys"):
        op.drop_table(table)
