"""What one transaction does to the inbox's tables. Plain functions on a connection; `exactly_once.py` says when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.slack.requests.inbox_tables import (
    ANSWERING,
    KEEP,
    KEYS,
    LEASE,
    LOST,
    MAX_AGE,
    MAX_ATTEMPTS,
    REQUESTS,
    WAITING,
    WORKING,
    Arrival,
    Attempt,
    Ending,
    Key,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.slack.requests.inbox_tables import Ending, Key


# Built once: to build a statement takes longer than SQLite takes to run it.
_INSERT_KEYS, _INSERT_REQUESTS = sa.insert(KEYS), sa.insert(REQUESTS)
_MINE = sa.and_(REQUESTS.c.id == sa.bindparam("of_id"), REQUESTS.c.owner == sa.bindparam("of_owner"))
_BEGIN = sa.update(REQUESTS).where(_MINE, REQUESTS.c.state == WORKING).values(state=ANSWERING, sealed=None)
_END = sa.update(REQUESTS).where(_MINE).values(state=sa.bindparam("state"), sealed=sa.bindparam("sealed"))
_END_UNTIL = _END.values(lease_until=sa.bindparam("lease_until"))
_FREE = sa.delete(KEYS).where(KEYS.c.key == sa.bindparam("of_key"), KEYS.c.request == sa.bindparam("of_id"))


def insert_new(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[Attempt]:
    """Store requests that nobody knows. Raises an IntegrityError when one of their keys is known."""
    # In one order everywhere, so that replicas cannot lock each other out.
    keys = sorted((key.digest, key.span, arrival.attempt.request_id) for arrival in arrivals for key in arrival.keys)
    rows = [{"key": key, "request": request, "expires_at": now + span} for key, span, request in keys]
    connection.execute(_INSERT_KEYS, rows)
    connection.execute(_INSERT_REQUESTS, [_new_row(one, now) for one in arrivals])
    return [one.attempt for one in arrivals]


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
        connection.execute(sa.insert(REQUESTS), values | {"id": known, "taken_at": now})
    return attempt


def is_known(connection: Connection, arrival: Arrival, now: datetime) -> bool:
    """Whether the request is stored, by any of its keys."""
    return bool(_find(connection, [key.digest for key in arrival.keys], None, now)[1])


def begin_answer(
    connection: Connection, attempt: Attempt, shared: Collection[bytes], unstored: Collection[Key], now: datetime
) -> bool:
    """Write that nobody else answers from now on; False when another worker has taken the request up. Equal ones are new ones.

    `unstored` are its keys, where it could not be stored when it was taken. Raises an IntegrityError when it is another's since.
    """
    begun = connection.execute(_BEGIN, _of(attempt)).rowcount
    _free_shared(connection, attempt, shared)
    if not begun and unstored:
        _insert_late(connection, attempt, unstored, now, {"state": ANSWERING})
    return begun > 0 or bool(unstored)


def end(connection: Connection, ending: Ending, now: datetime) -> None:
    """Write how an attempt ended. What could not be stored when it was taken is stored now.

    Raises an IntegrityError when that is another's since.
    """
    values: dict[str, Any] = {"state": ending.state, "sealed": ending.sealed}
    if ending.until is not None:
        values["lease_until"] = ending.until
    found = connection.execute(_END if ending.until is None else _END_UNTIL, _of(ending.attempt) | values).rowcount
    _free_shared(connection, ending.attempt, ending.shared)
    if not found and ending.keys:
        _insert_late(connection, ending.attempt, ending.keys, now, values)


def store_late(connection: Connection, attempt: Attempt, keys: Collection[Key], sealed: bytes, now: datetime) -> None:
    """Store a request that could not be stored when it was taken, and is not answered yet.

    Raises an IntegrityError when something of it is stored.
    """
    _insert_late(connection, attempt, keys, now, {"sealed": sealed})


def forget(connection: Connection, attempt: Attempt, digests: Collection[bytes]) -> None:
    """The request came for nothing: what is known of it is deleted."""
    if connection.execute(sa.delete(REQUESTS).where(_MINE), _of(attempt)).rowcount:
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


def is_held(connection: Connection, digest: bytes, now: datetime) -> bool:
    """Whether a key is anybody's."""
    row = connection.execute(sa.select(KEYS.c.request).where(KEYS.c.key == digest, KEYS.c.expires_at > now)).first()
    return row is not None


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


def _new_row(arrival: Arrival, now: datetime) -> dict[str, Any]:
    return _worked_on(arrival, arrival.attempt, now) | {"id": arrival.attempt.request_id, "taken_at": now}


def _insert_late(
    connection: Connection, attempt: Attempt, keys: Collection[Key], now: datetime, values: Mapping[str, Any]
) -> None:
    """Store a request that could not be stored when it was taken, as it stands now. Equal ones are new ones by now."""
    own = [key for key in keys if not key.shared]
    connection.execute(sa.delete(KEYS).where(KEYS.c.key.in_([key.digest for key in own]), KEYS.c.expires_at <= now))
    _insert_keys(connection, attempt.request_id, own, now)
    connection.execute(sa.insert(REQUESTS), {**_new_row(Arrival(attempt, (), None), now), **values})


def _of(attempt: Attempt) -> dict[str, Any]:
    return {"of_id": attempt.request_id, "of_owner": attempt.owner}


def _insert_keys(connection: Connection, request_id: str, keys: Collection[Key], now: datetime) -> None:
    rows = [{"key": key.digest, "request": request_id, "expires_at": now + key.span} for key in keys]
    connection.execute(_INSERT_KEYS, rows)


def _free_shared(connection: Connection, attempt: Attempt, shared: Collection[bytes]) -> None:
    for key in shared:  # one at the most
        connection.execute(_FREE, {"of_key": key, "of_id": attempt.request_id})


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
