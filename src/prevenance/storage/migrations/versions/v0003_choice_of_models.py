"""Remember who chose a model, and why a new one waits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add both to the models."""
    op.add_column("models", sa.Column("chosen_by", sa.String(254)))
    op.add_column("models", sa.Column("waits_because", sa.JSON()))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("models", "waits_because")
    op.drop_column("models", "chosen_by")
