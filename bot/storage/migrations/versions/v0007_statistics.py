"""Receipts can be counted: by time alone, and by the carrier of the number's range."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
LOST = phrase("the carrier of each receipt in stats")


def upgrade() -> None:
    """Add the column and the index. Receipts that are there already have no carrier: their numbers are not kept."""
    op.add_column("receipts", sa.Column("range_carrier", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_receipts_at", "receipts", ["at"])


def downgrade() -> None:
    """Drop the index and the column: which carrier each receipt's number belongs to is lost; receipts stay."""
    op.drop_index("ix_receipts_at", "receipts")
    op.drop_column("receipts", "range_carrier")
