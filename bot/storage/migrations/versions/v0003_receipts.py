"""The receipt store: receipts, replies, raw bodies that are not parsed yet, and quarantined rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.i18n import phrase

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
LOST = phrase("all receipts and replies")

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of the receipt store."""
    _receipts()
    _replies()
    _raws()
    _quarantine()
    op.create_table(
        "receipt_totals",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO receipt_totals (name, amount) VALUES ('receipts', 0)")
    op.create_table(
        "receipt_proofs",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables: all receipts and replies are lost, also those that vendors have deleted by now."""
    for table in ("receipts", "receipt_replies", "receipt_raws", "receipt_quarantine", "receipt_totals", "receipt_proofs"):
        op.drop_table(table)


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("message", sa.LargeBinary(16), nullable=False),
        sa.Column("number", sa.LargeBinary(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("system", "account", "masked", "status", "code")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("carrier", "country", "source")),
        sa.Column("sent_at", sa.BigInteger, nullable=True),
        sa.Column("received_at", sa.BigInteger, nullable=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("weight", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("uq_receipts_message_number_system", "receipts", ["message", "number", "system"], unique=True)
    op.create_index("ix_receipts_number_at", "receipts", ["number", "at"])


def _replies() -> None:
    op.create_table(
        "receipt_replies",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("identity", sa.LargeBinary(16), nullable=False),
        sa.Column("number", sa.LargeBinary(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("system", "account", "masked", "source")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("uq_receipt_replies_identity", "receipt_replies", ["identity"], unique=True)
    op.create_index("ix_receipt_replies_number_at", "receipt_replies", ["number", "at"])


def _raws() -> None:
    op.create_table(
        "receipt_raws",
        sa.Column("id", _ID, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "system", "kind", "account")),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )


def _quarantine() -> None:
    op.create_table(
        "receipt_quarantine",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("identity", sa.LargeBinary(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "system", "kind", "account", "reason")),
        sa.Column("taken_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("uq_receipt_quarantine_identity", "receipt_quarantine", ["identity"], unique=True)
