"""The request inbox: which of Slack's requests were claimed, by keyed hashes; and the audit log, which is append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
LOST = phrase("unanswered requests and the whole audit")

_REFUSE_CHANGES = {
    "sqlite": (
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    ),
    "postgresql": (
        """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    ),
}


def upgrade() -> None:
    """Create the tables of the request inbox and of the audit log."""
    op.create_table(
        "requests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
    )
    op.create_index("ix_requests_state_lease_until", "requests", ["state", "lease_until"])
    op.create_index("ix_requests_taken_at", "requests", ["taken_at"])
    op.create_table(
        "request_keys",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_request_keys_expires_at", "request_keys", ["expires_at"])
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("user", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("surface", sa.String(32), nullable=False),
        sa.Column("command", sa.String(64), nullable=False),
        sa.Column("targets", sa.JSON, nullable=False),
        sa.Column("providers", sa.JSON, nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("cached", sa.Boolean, nullable=True),
        sa.Column("reveal", sa.Boolean, nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    for statement in _REFUSE_CHANGES[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables: requests that are not answered yet are lost, and so is the whole audit."""
    for table in ("audit", "request_keys", "requests"):  # a trigger goes with its table, a function of PostgreSQL does not
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")
