"""Unlisted codes: how often each code that the catalogue does not list was seen, by provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
LOST = phrase("the counts of unlisted codes")


def upgrade() -> None:
    """Create the table of unlisted codes."""
    op.create_table(
        "unknown_codes",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(48), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop the table: the counts of unlisted codes are lost."""
    op.drop_table("unknown_codes")
