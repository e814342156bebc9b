"""The inbox's tables, the states of a request, and the values that go into them.

requests       one row for each request: its state, who works on it until when, and its payload, sealed, until it is answered
request_keys   what a request is known again by, as keyed hashes
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA

if TYPE_CHECKING:
    from datetime import datetime

KEEP = timedelta(hours=25)  # Slack can go on delivering an event hourly for a day; a signature is good for five minutes
DOUBLE_SUBMIT_WINDOW = timedelta(seconds=10)
LEASE = timedelta(seconds=30)  # renewed while somebody is at work
MAX_AGE = timedelta(minutes=25)  # a response_url dies at thirty
RETRY_DELAYS = tuple(timedelta(seconds=s) for s in (5, 15, 45, 120))  # before the second and each further attempt
MAX_ATTEMPTS = len(RETRY_DELAYS) + 1

WORKING, WAITING, ANSWERING, DONE, LOST = "working", "waiting", "answering", "done", "lost"

REQUESTS = sa.Table(
    "requests",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(32), nullable=False),  # the attempt that may answer
    sa.Column("lease_until", UtcDateTime, nullable=False),  # working: when it counts as dead; waiting: until when
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("taken_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=True),  # Slack's payload, until it is answered
    sa.Index("ix_requests_state_lease_until", "state", "lease_until"),
    sa.Index("ix_requests_taken_at", "taken_at"),
)
KEYS = sa.Table(
    "request_keys",
    METADATA,
    sa.Column("key", sa.LargeBinary(32), primary_key=True),  # keyed hash
    sa.Column("request", sa.String(32), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_request_keys_expires_at", "expires_at"),
)


class Key(NamedTuple):
    """What a request is known again by."""

    digest: bytes
    span: timedelta
    shared: bool = False  # with equal requests while it is worked on


class Attempt(NamedTuple):
    """One worker's attempt at one request."""

    request_id: str
    owner: str
    number: int = 1


class Arrival(NamedTuple):
    """A request that wants to be taken: by whom, what it is known by, and its payload, sealed."""

    attempt: Attempt  # with the id of a new request, if it is one
    keys: tuple[Key, ...]
    sealed: bytes | None
    request_id: str | None = None  # of the request that is taken up again


class Ending(NamedTuple):
    """How an attempt ended, or that it answers now. `keys` where the request itself could not be stored when it was taken."""

    attempt: Attempt
    state: str
    shared: tuple[bytes, ...] = ()  # the key that equal requests share, which is free from now on
    keys: tuple[Key, ...] = ()
    until: datetime | None = None
    sealed: bytes | None = None
