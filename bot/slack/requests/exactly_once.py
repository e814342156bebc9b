"""Inbox for exactly-once processing: deduplicates retries, replays, double submits and restarts, across replicas.

Slack's ack is out before any of this. The worker takes the request before it acts (`process_once`), in the database that the
replicas share:

    (new) --take--> working --claim.confirm()--> answering --> done
                       ^                            |
                       | lease over                 | Slack surely did not take it, and may later
                       +---------- waiting <--------+

A request is known again by any of its idempotency keys (`slack_request.py`), which are kept as keyed hashes. Whoever brings a
known one gets nothing to do, unless it is unfinished: then that delivery, or the middleware's look for `expired` ones, takes it
up. That needs the request itself, so it is kept, sealed, until it is answered.

What comes first is that nothing is answered twice. From `claim.confirm()` on, a process that dies leaves the request in
`answering`, and nobody takes it up: the answer may have been posted. The same holds for a post whose outcome is not known. Before
it, and after a post that Slack surely refused for the moment, somebody always takes it up, so that nothing stays unanswered.
A worker that slept through its lease finds at `claim.confirm()` that the request is another's, and stops.

Two gaps are left on purpose. A process that dies between the ack and the taking loses the request unless Slack delivers it again:
the ack comes first. And one that dies after `claim.confirm()`, before Slack's word on the post is written down, may leave a
request unanswered: posting it once more could be the second time.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
import structlog
from cachetools import TLRUCache

from bot.errors import ConstraintError, DatabaseError, SlackDeliveryError
from bot.slack.messaging.claims import Claim, ClaimLostError, DeliveryOutcome, classify_outcome
from bot.slack.requests.context import RequestOutcome
from bot.storage import METADATA, UtcDateTime, WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage import Database, Keyring
    from bot.timing.clock import Clock

KEEP = timedelta(hours=25)  # Slack can go on delivering an event hourly for a day; a signature is good for five minutes
DOUBLE_SUBMIT_WINDOW = timedelta(seconds=10)
LEASE = timedelta(seconds=90)  # longer than the longest deadline of a lookup, and a post that waits its turn
MAX_AGE = timedelta(minutes=25)  # a response_url dies at thirty
RETRY_DELAYS = tuple(timedelta(seconds=s) for s in (5, 15, 45, 120))  # before the second and each further attempt
MAX_ATTEMPTS = len(RETRY_DELAYS) + 1
MAX_REMEMBERED = 5_000

WORKING, WAITING, ANSWERING, DONE, LOST = "working", "waiting", "answering", "done", "lost"

log = structlog.get_logger(__name__)

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


class _Attempt(NamedTuple):
    request_id: str
    owner: str
    number: int


class RequestInbox:
    """Sees to one answer for one request, across replicas and restarts."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        # While the database is away this process at least knows what it took itself.
        self._taken: TLRUCache[bytes, timedelta] = TLRUCache(
            MAX_REMEMBERED, lambda _key, span, now: now + span.total_seconds(), timer=lambda: clock().timestamp()
        )

    async def process_once(
        self, request: SlackRequest, claim: Claim, work: Callable[[], Awaitable[RequestOutcome]]
    ) -> RequestOutcome:
        """Grant `claim` and run `work`, which answers, unless another delivery does. Returns its outcome, or `DUPLICATE`.

        Passes on what `work` raises.
        """
        if not await self._grant(request, claim):
            return RequestOutcome.DUPLICATE
        try:
            outcome = await work()
        except ClaimLostError:
            log.warning("request.claim_lost")
            return RequestOutcome.DUPLICATE
        except SlackDeliveryError as error:
            await self._not_delivered(claim, error)
            raise
        except Exception:  # the runner answers bugs, so what comes here could not be answered and would not be next time
            await self._finish(claim, LOST)
            raise
        except BaseException:  # shutdown: whoever runs next takes it up, unless it was being answered
            if not claim.is_confirmed:
                await self._finish(claim, WAITING, self._clock())
            raise
        await self._finish(claim, DONE)
        return outcome

    async def _begin_answer(self, claim: Claim) -> None:
        """From here on nobody else answers `claim`'s request. Raises ClaimLostError."""
        mine = sa.and_(REQUESTS.c.id == claim.request_id, REQUESTS.c.owner == claim.owner, REQUESTS.c.state == WORKING)
        try:
            async with self._database.write() as connection:
                done = await connection.execute(sa.update(REQUESTS).where(mine).values(state=ANSWERING))
        except DatabaseError as error:
            # The claim stands, so an answer now is the only one unless this takes longer than the lease.
            log.warning("inbox.not_stored", reason=error.kind)
            return
        if done.rowcount == 0:
            raise ClaimLostError("another worker answers this request")

    async def expired(self, limit: int = 20) -> list[tuple[str, Mapping[str, Any]]]:
        """The requests that nobody works on and that still want an answer: id and Slack's payload. Never raises."""
        now = self._clock()
        query = sa.select(REQUESTS.c.id, REQUESTS.c.sealed).where(
            REQUESTS.c.state.in_((WORKING, WAITING)),
            REQUESTS.c.lease_until <= now,
            REQUESTS.c.attempts < MAX_ATTEMPTS,
            REQUESTS.c.taken_at > now - MAX_AGE,
        )
        try:
            async with self._database.read() as connection:
                rows = (await connection.execute(query.order_by(REQUESTS.c.taken_at).limit(limit))).all()
        except DatabaseError as error:
            log.warning("inbox.not_read", reason=error.kind)
            return []
        try:
            return [(row.id, json.loads(self._keyring.open(row.sealed, "request"))) for row in rows if row.sealed]
        except WrongKeyError as error:
            log.warning("inbox.not_read", reason=type(error).__name__)
            return []

    async def acquire_key(self, claim: Claim, key: str, span: timedelta) -> bool:
        """Whether `claim`'s request is the first to do what `key` names within `span`. Its own second attempt is too.

        For what must happen once however many requests ask for it, such as sharing an answer.
        """
        now, digest, request = self._clock(), self._keyring.digest(key, "reserve"), claim.request_id
        try:
            async with self._database.write() as connection:
                await connection.execute(sa.delete(KEYS).where(KEYS.c.key == digest, KEYS.c.expires_at <= now))
                holder = (await connection.execute(sa.select(KEYS.c.request).where(KEYS.c.key == digest))).scalar_one_or_none()
                if holder is None:
                    await connection.execute(sa.insert(KEYS).values(key=digest, request=request, expires_at=now + span))
        except ConstraintError:  # another replica was faster
            return False
        except DatabaseError as error:
            log.warning("inbox.not_stored", reason=error.kind)
            holder = "another" if digest in self._taken else None
        self._taken[digest] = span
        return holder is None or (request != "" and holder == request)

    async def release_key(self, key: str) -> None:
        """What `key` names did not happen: the next who asks for it may."""
        digest = self._keyring.digest(key, "reserve")
        self._taken.pop(digest, None)
        try:
            async with self._database.write() as connection:
                await connection.execute(sa.delete(KEYS).where(KEYS.c.key == digest))
        except DatabaseError as error:
            log.warning("inbox.not_stored", reason=error.kind)

    async def purge(self) -> int:
        """Forget what is older than Slack delivers. Returns how many requests. Raises DatabaseError."""
        now = self._clock()
        async with self._database.write() as connection:
            await connection.execute(sa.delete(KEYS).where(KEYS.c.expires_at <= now))
            return (await connection.execute(sa.delete(REQUESTS).where(REQUESTS.c.taken_at <= now - KEEP))).rowcount

    async def _grant(self, request: SlackRequest, claim: Claim) -> bool:
        """Make `claim` the permission to answer `request`; False when another delivery has it, or it is answered."""
        keys = self._digests(request)
        try:
            attempt = await self._take(request, keys)
        except DatabaseError as error:
            log.warning("inbox.not_stored", reason=error.kind)
            # A retry may have been answered by another replica; a first delivery has not.
            if request.is_retry or request.request_id is not None or any(key in self._taken for key, _ in keys):
                return False
        else:
            if attempt is None:
                return False
            claim.grant(*attempt, self._begin_answer)
        self._taken.update(keys)
        return True

    def _digests(self, request: SlackRequest) -> list[tuple[bytes, timedelta]]:
        """The keys as stored, and how long each holds; in one order everywhere, so that replicas cannot lock each other out."""
        plain = [(key, KEEP) for key in request.idempotency_keys]
        if request.double_submit_key:
            plain.append((request.double_submit_key, DOUBLE_SUBMIT_WINDOW))
        return sorted((self._keyring.digest(key, "request"), span) for key, span in plain)

    async def _take(self, request: SlackRequest, keys: list[tuple[bytes, timedelta]]) -> _Attempt | None:
        """Write that this worker has the request; None when another has it. Raises DatabaseError."""
        for _ in range(3):
            try:
                async with self._database.write() as connection:
                    return await self._write_attempt(connection, request, keys)
            except ConstraintError:  # another replica took it at the same moment: look again
                continue
        return None

    async def _write_attempt(
        self, connection: AsyncConnection, request: SlackRequest, keys: list[tuple[bytes, timedelta]]
    ) -> _Attempt | None:
        now = self._clock()
        listed, rows = await _find(connection, [key for key, _ in keys], request.request_id, now)
        request_id, attempts = (rows[0].id, rows[0].attempts) if rows else (secrets.token_hex(16), 0)
        # What this delivery alone is known by belongs to the request too: the next replay may carry just that.
        new = [(key, span) for key, span in keys if key not in listed and (span is not DOUBLE_SUBMIT_WINDOW or not rows)]
        if new:
            # Only what is over: another replica may have added the same key since we looked, and then the insert must fail.
            over = sa.or_(KEYS.c.expires_at <= now, KEYS.c.request.not_in(sa.select(REQUESTS.c.id)))
            await connection.execute(sa.delete(KEYS).where(KEYS.c.key.in_([key for key, _ in new]), over))
            added = [{"key": key, "request": request_id, "expires_at": now + span} for key, span in new]
            await connection.execute(sa.insert(KEYS), added)
        if not all(_is_free(row, now) for row in rows):
            return None
        attempt = _Attempt(request_id, secrets.token_hex(16), attempts + 1)
        values = {
            "state": WORKING,
            "owner": attempt.owner,
            "lease_until": now + LEASE,
            "attempts": attempt.number,
            # The latest payload, since its response_url lives longest.
            "sealed": self._keyring.seal(json.dumps(request.body).encode(), "request"),
        }
        if rows:
            await connection.execute(sa.update(REQUESTS).where(REQUESTS.c.id == request_id).values(values))
        else:
            await connection.execute(sa.insert(REQUESTS).values(id=request_id, taken_at=now, **values))
        return attempt

    async def _not_delivered(self, claim: Claim, error: SlackDeliveryError) -> None:
        """Slack did not take the answer: try again later, give up, or leave alone what may stand there."""
        meaning = classify_outcome(error, claim)
        if meaning is DeliveryOutcome.LATER and claim.attempts < MAX_ATTEMPTS:
            wait = max(RETRY_DELAYS[claim.attempts - 1], timedelta(seconds=error.retry_after or 0))
            await self._finish(claim, WAITING, self._clock() + wait)
        else:
            await self._finish(claim, DONE if meaning is DeliveryOutcome.UNCERTAIN else LOST)

    async def _finish(self, claim: Claim, state: str, until: datetime | None = None) -> None:
        """Write how an attempt ended. Never raises: what cannot be written stays as it is, and is not answered twice."""
        if not claim.is_stored:
            return
        values: dict[str, Any] = {"state": state, **({"lease_until": until} if until else {})}
        if state in {DONE, LOST}:
            values["sealed"] = None
        mine = sa.and_(REQUESTS.c.id == claim.request_id, REQUESTS.c.owner == claim.owner)
        try:
            async with self._database.write() as connection:
                await connection.execute(sa.update(REQUESTS).where(mine).values(values))
        except DatabaseError as error:
            log.warning("inbox.not_stored", reason=error.kind)


async def _find(
    connection: AsyncConnection, digests: list[bytes], request_id: str | None, now: datetime
) -> tuple[set[bytes], Sequence[sa.Row[Any]]]:
    """The keys that are known, and the requests behind them, held until the transaction ends."""
    known = sa.select(KEYS.c.key, KEYS.c.request).where(KEYS.c.key.in_(digests), KEYS.c.expires_at > now)
    listed = {row.key: row.request for row in (await connection.execute(known)).all()}
    wanted = {*listed.values(), *([request_id] if request_id else [])}
    held = sa.select(REQUESTS).where(REQUESTS.c.id.in_(wanted)).order_by(REQUESTS.c.id).with_for_update()
    rows = (await connection.execute(held)).all()
    there = {row.id for row in rows}
    return {key for key, request in listed.items() if request in there}, rows


def _is_free(row: sa.Row[Any], now: datetime) -> bool:
    """Whether a known request may be taken up: nothing was shown for it, and nobody works on it."""
    is_over: bool = row.lease_until <= now
    return row.state == LOST or (row.state in {WORKING, WAITING} and is_over)
