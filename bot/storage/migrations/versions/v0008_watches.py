"""Watches: what somebody wants to be told of when it is final."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
LOST = phrase("watches")


def upgrade() -> None:
    """Create the table of watches."""
    op.create_table(
        "watches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asker", sa.LargeBinary(32), nullable=False),
        sa.Column("question", sa.LargeBinary(32), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_watches_state_next_at", "watches", ["state", "next_at"])
    op.create_index("ix_watches_asker_state", "watches", ["asker", "state"])
    op.create_index("ix_watches_ends_at", "watches", ["ends_at"])


def downgrade() -> None:
    """Drop the table: watches that are running are lost, and nobody is told of their outcome."""
    op.drop_table("watches")
