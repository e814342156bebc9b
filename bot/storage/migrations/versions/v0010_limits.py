"""What replicas share of the vendors' limits and of a person's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
LOST = None  # replicas share anew within seconds


def upgrade() -> None:
    """Create the table of shares, and that of people's requests."""
    op.create_table(
        "limit_shares",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("replica", sa.String(16), primary_key=True),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "person_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("person", sa.LargeBinary(32), nullable=False),
        sa.Column("replica", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_person_requests_at", "person_requests", ["at"])


def downgrade() -> None:
    """Drop what `upgrade` creates: nothing of it outlives a minute."""
    op.drop_table("person_requests")
    op.drop_table("limit_shares")
