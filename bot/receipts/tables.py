"""The tables of the receipt store, the same on SQLite and PostgreSQL.

Ids grow in the order of ingestion, so the oldest rows are those with the lowest ids: deleting by age needs no index of its own.
Two indexes serve every lookup: one by message id (which also keeps each message unique), one by number and time. A third, by time
alone, serves the statistics of everybody.

Times are whole microseconds since 1970: SQLite has no type for time, and an integer compares alike everywhere. Texts have no
length in the schema; `bot.receipts.rows` truncates them, so that a vendor's long code never makes a whole push fail.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from bot.storage.database import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # only INTEGER is SQLite's own row id
HASH_BYTES = 16  # of the 32 of a keyed hash: two of 100 milliard numbers meet with a chance below 1 in 10^16


def to_micros(moment: datetime) -> int:
    """The whole microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


class UtcMicroseconds(TypeDecorator[datetime]):
    """Column type: an aware datetime in UTC, stored as microseconds since 1970."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """From the database."""
        return None if value is None else EPOCH + value * _MICROSECOND


RECEIPTS = sa.Table(
    "receipts",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("message", sa.LargeBinary(HASH_BYTES), nullable=False),  # keyed hash of the message id
    sa.Column("number", sa.LargeBinary(HASH_BYTES), nullable=False),  # keyed hash of the number; empty if there is none
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("masked", sa.Text, nullable=False),  # "+86 137****2222"
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("range_carrier", sa.Text, nullable=False, server_default=""),  # guessed by the number's range
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sent_at", UtcMicroseconds, nullable=True),
    sa.Column("received_at", UtcMicroseconds, nullable=True),
    sa.Column(
        "at", UtcMicroseconds, nullable=False
    ),  # when sent, else when received, else when ingested: what a window filters by
    sa.Column("taken_at", UtcMicroseconds, nullable=False),
    sa.Column("weight", sa.LargeBinary, nullable=False),  # precedence: of two receipts for one message, the higher counts
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the message id, the vendor's error text, unknown fields
    sa.Index("uq_receipts_message_number_system", "message", "number", "system", unique=True),
    sa.Index("ix_receipts_number_at", "number", "at"),
    sa.Index("ix_receipts_at", "at"),
)

REPLIES = sa.Table(
    "receipt_replies",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column(
        "identity", sa.LargeBinary(HASH_BYTES), nullable=False
    ),  # keyed hash of the content, by which a repeated push is the same row
    sa.Column("number", sa.LargeBinary(HASH_BYTES), nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("masked", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", UtcMicroseconds, nullable=False),
    sa.Column("taken_at", UtcMicroseconds, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the text
    sa.Index("uq_receipt_replies_identity", "identity", unique=True),
    sa.Index("ix_receipt_replies_number_at", "number", "at"),
)

RAWS = sa.Table(
    "receipt_raws",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("taken_at", UtcMicroseconds, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,  # the id of a deleted body must never be another body's
)

QUARANTINE = sa.Table(
    "receipt_quarantine",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("identity", sa.LargeBinary(HASH_BYTES), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("taken_at", UtcMicroseconds, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("uq_receipt_quarantine_identity", "identity", unique=True),
)

TOTALS = sa.Table(
    "receipt_totals",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
)
"""The row count of a large table: counting two million for each answer would cost more than the answer."""

PROOFS = sa.Table(
    "receipt_proofs",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""What `ReceiptStore.check` writes and deletes again; one row stays, the key's fingerprint, which detects another key."""
