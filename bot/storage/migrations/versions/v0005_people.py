"""People: the asker of an answer, the drafts of modals, and who has seen the introduction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
LOST = phrase("drafts and the asker of each answer")


def upgrade() -> None:
    """Add the asker to the answers; create the tables of drafts and of introductions."""
    op.add_column("answers", sa.Column("asker", sa.LargeBinary(32), nullable=True))
    op.create_index("ix_answers_asker_updated_at", "answers", ["asker", "updated_at"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])
    op.create_table(
        "introductions",
        sa.Column("person", sa.LargeBinary(32), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables and the column: drafts, who has seen the introduction, and whose an answer is are lost; answers stay."""
    op.drop_table("introductions")
    op.drop_table("drafts")
    op.drop_index("ix_answers_asker_updated_at", "answers")
    op.drop_column("answers", "asker")
