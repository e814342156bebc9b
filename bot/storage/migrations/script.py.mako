"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
LOST = phrase("what downgrade drops, for whoever is asked before; None if nobody misses it")


def upgrade() -> None:
    """${message}."""


def downgrade() -> None:
    """Drop what the schema before cannot hold: say what is lost."""
