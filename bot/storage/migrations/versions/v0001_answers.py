"""Answers: the state behind the buttons and the threads of answers in Slack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
LOST = phrase("the questions behind buttons and threads")


def upgrade() -> None:
    """Create the table of answers."""
    op.create_table(
        "answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("thread", sa.LargeBinary(32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_answers_thread_updated_at", "answers", ["thread", "updated_at"])
    op.create_index("ix_answers_expires_at", "answers", ["expires_at"])


def downgrade() -> None:
    """Drop the table: all questions behind buttons and threads are lost."""
    op.drop_table("answers")
