"""The inbox's tables, and what one transaction does to them. Plain functions on a connection; `exactly_once.py` says when.

requests       one row for each request: its state, who works on it until when, and its payload, sealed, until it is answered
request_keys   what a request is known again by, as keyed hashes
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from bot.storage import METADATA, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

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
    shared: bytes | None = None  # the key that equal requests share, which is free from now on
    keys: tuple[Key, ...] = ()
    until: datetime | None = None
    sealed: bytes | None = None


def insert_new(connection: Connection, arrival: Arrival, now: datetime, state: str = WORKING) -> Attempt:
    """Store a request that nobody knows. Raises an IntegrityError when one of its keys is known."""
    attempt = arrival.attempt
    _insert_keys(connection, attempt.request_id, arrival.keys, now)
    row = _worked_on(arrival, attempt, now) | {"id": attempt.request_id, "taken_at": now, "state": state}
    connection.execute(sa.insert(REQUESTS), row)
    return attempt


def insert_all_new(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[Attempt | None]:
    """Store those of the requests that nobody knows; None for each other one, of which something is known already.

    Raises an IntegrityError when another replica stores one of their keys at the same moment.
    """
    digests = [key.digest for arrival in arrivals for key in arrival.keys]
    known = set(connection.execute(sa.select(KEYS.c.key).where(KEYS.c.key.in_(digests))).scalars())
    new: list[Arrival] = []
    for arrival in arrivals:
        own = {key.digest for key in arrival.keys}
        if known.isdisjoint(own):
            known |= own
            new.append(arrival)
    if new:
        keys = sorted((key.digest, arrival.attempt.request_id, now + key.span) for arrival in new for key in arrival.keys)
        connection.execute(sa.insert(KEYS), [{"key": key, "request": request, "expires_at": at} for key, request, at in keys])
        rows = [_worked_on(one, one.attempt, now) | {"id": one.attempt.request_id, "taken_at": now} for one in new]
        connection.execute(sa.insert(REQUESTS), rows)
    return [arrival.attempt if arrival in new else None for arrival in arrivals]


def take_known(connection: Connection, arrival: Arrival, now: datetime) -> Attempt | None:
    """Take a request of which something is known already; None when another worker has it, or it is answered.

    Raises an IntegrityError when another replica stores one of its keys at the same moment.
    """
    listed, rows = _find(connection, [key.digest for key in arrival.keys], arrival.request_id, now)
    if not rows and arrival.request_id is not None:
        return None  # what is taken up again was purged meanwhile
    known = rows[0].id if rows else arrival.attempt.request_id
    # What this delivery alone is known by belongs to the request too: the next replay may carry just that.
    new = tuple(key for key in arrival.keys if key.digest not in listed and not (key.shared and rows))
    if new:
        # Only what is over: another replica may have added the same key since we looked, and then the insert must fail.
        over = sa.or_(KEYS.c.expires_at <= now, KEYS.c.request.not_in(sa.select(REQUESTS.c.id)))
        connection.execute(sa.delete(KEYS).where(KEYS.c.key.in_([key.digest for key in new]), over))
        _insert_keys(connection, known, new, now)
    if not all(_is_free(row, now) for row in rows):
        return None
    attempt = Attempt(known, arrival.attempt.owner, rows[0].attempts + 1 if rows else 1)
    values = _worked_on(arrival, attempt, now)
    if rows:
        connection.execute(sa.update(REQUESTS).where(REQUESTS.c.id == known).values(values))
    else:
        connection.execute(sa.insert(REQUESTS).values(id=known, taken_at=now, **values))
    return attempt


def is_known(connection: Connection, arrival: Arrival, now: datetime) -> bool:
    """Whether the request is stored, by any of its keys."""
    return bool(_find(connection, [key.digest for key in arrival.keys], None, now)[1])


def begin_answer(connection: Connection, attempt: Attempt, shared: bytes | None) -> bool:
    """Write that nobody else answers from now on; False when another worker has taken the request up. Equal ones are new ones."""
    mine = sa.and_(REQUESTS.c.id == attempt.request_id, REQUESTS.c.owner == attempt.owner, REQUESTS.c.state == WORKING)
    begun = connection.execute(sa.update(REQUESTS).where(mine).values(state=ANSWERING, sealed=None)).rowcount
    _free_shared(connection, attempt, shared)
    return begun > 0


def end(connection: Connection, ending: Ending, now: datetime) -> None:
    """Write how an attempt ended. What could not be stored when it was taken is stored now, unless another has it."""
    values: dict[str, Any] = {"state": ending.state, "sealed": ending.sealed}
    if ending.until is not None:
        values["lease_until"] = ending.until
    mine = sa.and_(REQUESTS.c.id == ending.attempt.request_id, REQUESTS.c.owner == ending.attempt.owner)
    found = connection.execute(sa.update(REQUESTS).where(mine).values(values)).rowcount
    _free_shared(connection, ending.attempt, ending.shared)
    keys = tuple(key for key in ending.keys if not key.shared)
    if found or not keys:
        return
    known = sa.select(KEYS.c.key).where(KEYS.c.key.in_([key.digest for key in keys]), KEYS.c.expires_at > now)
    if connection.execute(known).first() is None:
        connection.execute(sa.delete(KEYS).where(KEYS.c.key.in_([key.digest for key in keys])))
        insert_new(connection, Arrival(ending.attempt, keys, ending.sealed), now, ending.state)
        connection.execute(sa.update(REQUESTS).where(REQUESTS.c.id == ending.attempt.request_id).values(values))


def forget(connection: Connection, attempt: Attempt, digests: Collection[bytes]) -> None:
    """The request came for nothing: what is known of it is deleted."""
    mine = sa.and_(REQUESTS.c.id == attempt.request_id, REQUESTS.c.owner == attempt.owner)
    if connection.execute(sa.delete(REQUESTS).where(mine)).rowcount:
        connection.execute(sa.delete(KEYS).where(KEYS.c.key.in_(digests), KEYS.c.request == attempt.request_id))


def find_expired(connection: Connection, now: datetime, limit: int) -> Sequence[sa.Row[Any, Any, Any]]:
    """The requests that nobody works on and that still want an answer, oldest first: id, taken_at, sealed."""
    query = sa.select(REQUESTS.c.id, REQUESTS.c.taken_at, REQUESTS.c.sealed).where(
        REQUESTS.c.state.in_((WORKING, WAITING)),
        REQUESTS.c.lease_until <= now,
        REQUESTS.c.attempts < MAX_ATTEMPTS,
        REQUESTS.c.taken_at > now - MAX_AGE,
        REQUESTS.c.sealed.is_not(None),
    )
    return connection.execute(query.order_by(REQUESTS.c.taken_at).limit(limit)).all()


def renew(connection: Connection, owners: Collection[str], until: datetime) -> None:
    """These attempts are still being worked on."""
    mine = sa.and_(REQUESTS.c.owner.in_(owners), REQUESTS.c.state == WORKING)
    connection.execute(sa.update(REQUESTS).where(mine).values(lease_until=until))


def hand_back(connection: Connection, owners: Collection[str], now: datetime) -> None:
    """These attempts end without an answer: whoever looks next takes the requests up."""
    mine = sa.and_(REQUESTS.c.owner.in_(owners), REQUESTS.c.state == WORKING)
    connection.execute(sa.update(REQUESTS).where(mine).values(state=WAITING, lease_until=now))


def acquire(connection: Connection, digest: bytes, request_id: str, now: datetime, until: datetime) -> str | None:
    """Whose the key is already; None when it is the request's from now on. Raises an IntegrityError when another is faster."""
    connection.execute(sa.delete(KEYS).where(KEYS.c.key == digest, KEYS.c.expires_at <= now))
    holder = connection.execute(sa.select(KEYS.c.request).where(KEYS.c.key == digest)).scalar_one_or_none()
    if holder is None:
        connection.execute(sa.insert(KEYS).values(key=digest, request=request_id, expires_at=until))
    return holder


def release(connection: Connection, digest: bytes) -> None:
    """Nobody holds the key any more."""
    connection.execute(sa.delete(KEYS).where(KEYS.c.key == digest))


def purge(connection: Connection, now: datetime) -> int:
    """Delete what is older than Slack delivers; how many requests."""
    connection.execute(sa.delete(KEYS).where(KEYS.c.expires_at <= now))
    return connection.execute(sa.delete(REQUESTS).where(REQUESTS.c.taken_at <= now - KEEP)).rowcount


def _worked_on(arrival: Arrival, attempt: Attempt, now: datetime) -> dict[str, Any]:
    # The latest payload, since its response_url lives longest.
    return {
        "state": WORKING,
        "owner": attempt.owner,
        "lease_until": now + LEASE,
        "attempts": attempt.number,
        "sealed": arrival.sealed,
    }


def _insert_keys(connection: Connection, request_id: str, keys: Collection[Key], now: datetime) -> None:
    rows = [{"key": key.digest, "request": request_id, "expires_at": now + key.span} for key in keys]
    connection.execute(sa.insert(KEYS), rows)


def _free_shared(connection: Connection, attempt: Attempt, shared: bytes | None) -> None:
    if shared is not None:
        connection.execute(sa.delete(KEYS).where(KEYS.c.key == shared, KEYS.c.request == attempt.request_id))


def _find(
    connection: Connection, digests: list[bytes], request_id: str | None, now: datetime
) -> tuple[set[bytes], Sequence[sa.Row[Any]]]:
    """The keys that are known, and the requests behind them, held until the transaction ends."""
    known = sa.select(KEYS.c.key, KEYS.c.request).where(KEYS.c.key.in_(digests), KEYS.c.expires_at > now)
    listed = {row.key: row.request for row in connection.execute(known).all()}
    wanted = {*listed.values(), *([request_id] if request_id else [])}
    held = sa.select(REQUESTS).where(REQUESTS.c.id.in_(wanted)).order_by(REQUESTS.c.id).with_for_update()
    rows = connection.execute(held).all()
    there = {row.id for row in rows}
    return {key for key, request in listed.items() if request in there}, rows


def _is_free(row: sa.Row[Any], now: datetime) -> bool:
    """Whether a known request may be taken up: nothing was shown for it, and nobody works on it."""
    is_over: bool = row.lease_until <= now
    return row.state == LOST or (row.state in {WORKING, WAITING} and is_over)
