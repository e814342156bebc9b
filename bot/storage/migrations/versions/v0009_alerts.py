"""Alerts: what was told in the channel of the settings, and what is still to be said of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
LOST = phrase("open alerts and mutes")


def upgrade() -> None:
    """Create the table of alerts."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("mute", sa.LargeBinary, nullable=True),
    )
    op.create_index("ix_alerts_told_at", "alerts", ["told_at"])


def downgrade() -> None:
    """Drop the table: open alerts, and which are muted, are lost."""
    op.drop_table("alerts")
