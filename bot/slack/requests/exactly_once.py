"""Inbox for exactly-once processing: deduplicates retries, replays, double submits and restarts, across replicas.

A request is taken before Slack is told that it is (`take`), in the database that the replicas share; the worker begins its answer
there too (`claim.confirm()`), before it posts. So one command costs two commits, of which the first goes before all that waits:

    (new) --take, ack--> working --claim.confirm()--> answering
                           ^                             |
                           | lease over                  | Slack surely did not take it, and may later
                           +---------- waiting <---------+

A request is known again by any of its idempotency keys (`slack_request.py`), which are kept as keyed hashes. Whoever brings a
known one gets nothing to do, unless it is unfinished: then that delivery, or the middleware's look for `expired` ones, takes it
up. That needs the request itself, so it is kept, sealed, until it is answered. A lease is short, and renewed by whoever is at
work; so what a killed process had is taken up within a minute.

What comes first is that nothing is answered twice. From `claim.confirm()` on, a process that dies leaves the request in
`answering`, and nobody takes it up: the answer may have been posted. The same holds for a post whose outcome is not known. Before
it, and after a post that Slack surely refused for the moment, somebody always takes it up, so that nothing stays unanswered.
A worker that slept through its lease finds at `claim.confirm()` that the request is another's, and stops.

While the database is away everything goes on: this process remembers what it took and how it ended (`unwritten.py`), takes none
of it twice, and writes it down within a second or two of the database's return. Until then no replica that saw the fault takes up
anything, and a retry of Slack's, which another may have answered meanwhile, is not acknowledged, so that Slack brings it again.
So it is with a delivery that comes late: it lay with a process that was frozen, and Slack has brought it to another one by then.

Three gaps are left on purpose: a process that dies after `claim.confirm()`, before its post, leaves a request unanswered, since
posting it once more could be the second time; one that is killed while the database is away, or in the second or two after it,
forgets what it could not write; and what one replica answers while the database is away, another may answer too that sees no
fault, or gets it as another event.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog

from bot.errors import ConstraintError, DatabaseError, SlackDeliveryError
from bot.slack.messaging.claims import Claim, ClaimLostError, DeliveryOutcome, classify_outcome
from bot.slack.requests import inbox_rows
from bot.slack.requests.context import RequestOutcome
from bot.slack.requests.inbox_database import InboxDatabase
from bot.slack.requests.inbox_tables import (
    DONE,
    DOUBLE_SUBMIT_WINDOW,
    KEEP,
    LEASE,
    LOST,
    MAX_ATTEMPTS,
    RETRY_DELAYS,
    WAITING,
    Arrival,
    Attempt,
    Ending,
    Key,
)
from bot.slack.requests.own_requests import OwnRequests, WorkedOn
from bot.slack.requests.reservations import Reservations
from bot.slack.requests.unwritten import UnwrittenEndings
from bot.storage.group_commit import GroupCommit
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from bot.slack.requests.slack_request import SlackRequest
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

log = structlog.get_logger(__name__)


class ExpiredRequest(NamedTuple):
    """A request to be taken up again."""

    request_id: str
    body: Mapping[str, Any]
    taken_at: datetime


class RequestInbox:
    """Sees to one answer for one request, across replicas and restarts."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._whole_database = database  # for what nobody waits for
        self._database = InboxDatabase(database, clock)
        self.reservations = Reservations(self._database, keyring, clock)
        self._keyring = keyring
        self._clock = clock
        self._own = OwnRequests(clock)
        self.unwritten = UnwrittenEndings(self._database, clock)
        self._arrivals: GroupCommit[Arrival, Attempt] = GroupCommit(self._insert, alone_after=ConstraintError)

    async def take(self, request: SlackRequest, claim: Claim) -> bool:
        """Grant `claim`, unless another delivery has the request or it is answered. Returns whether it is granted.

        For before the ack: it takes little more than a second at the worst, for a retry two, and never raises.
        """
        keys = self._keys(request)
        holders = self._own.holders(keys)
        if any(map(self._alone_knows, holders)):
            return claim.refuse()
        sealed = self._keyring.seal(json.dumps(request.body).encode(), "request")
        arrival = Arrival(Attempt(secrets.token_hex(16), secrets.token_hex(16)), keys, sealed, request.request_id)
        attempt: Attempt | None = arrival.attempt
        is_stored, may_be_elsewhere = True, request.may_be_elsewhere(self._clock())
        try:
            if may_be_elsewhere and self._database.is_soon_after_a_fault and not await self._is_known(arrival):
                return claim.defer()  # another replica may have answered it, and has yet to write that
            attempt = await self._take(arrival, is_new=request.request_id is None and not holders)
        except DatabaseError:
            if request.request_id is not None or holders or self._own.holders(keys):  # another delivery may have come meanwhile
                return claim.refuse()
            if may_be_elsewhere:  # another replica may have answered it; a first delivery in time nobody has
                return claim.defer()
            is_stored = False
        if attempt is None:
            return claim.refuse()
        claim.grant(attempt, self._begin_answer, self._dismiss)
        self._own.add(WorkedOn(attempt, request.body, keys, is_stored))
        return True

    async def process_once(
        self, request: SlackRequest, claim: Claim, work: Callable[[], Awaitable[RequestOutcome]]
    ) -> RequestOutcome:
        """Run `work`, which answers, if `claim` is granted or can be taken now. How it ended, or `DUPLICATE`; never raises.

        When it is cancelled the request stays taken, until `hand_back`.
        """
        if claim.is_refused or not (claim.request_id or await self.take(request, claim)):
            return RequestOutcome.DUPLICATE
        try:
            outcome = await work()
        except ClaimLostError:
            log.warning("request.claim_lost")
            self._own.drop(claim.owner)
            return RequestOutcome.DUPLICATE
        except SlackDeliveryError as error:
            return await self._not_delivered(claim, error)
        except Exception:  # the runner answers bugs, so what comes here could not be answered and would not be next time
            log.exception("request.answer_crashed")
            await self._end(claim, LOST)
            return RequestOutcome.LOST
        await self._end(claim, DONE)
        return outcome

    async def expired(self, limit: int = 100) -> list[ExpiredRequest]:
        """The requests that nobody works on and that still want an answer. Never raises.

        Writes first what could not be written before; nothing is returned soon after a fault.
        """
        now = self._clock()
        if not await self.write_endings() or self._database.is_soon_after_a_fault:
            return []
        try:
            rows = await self._database.read(lambda connection: inbox_rows.find_expired(connection, now, limit))
        except DatabaseError:
            return []
        at_work = self._own.ids
        found = [self._opened(row.id, row.taken_at, row.sealed) for row in rows if row.id not in at_work]
        return [one for one in found if one is not None]

    async def write_endings(self) -> bool:
        """Write what could not be written: how attempts ended, what they reserved, and what is not answered yet.

        Whether all is written now. Never raises.
        """
        if not (await self.unwritten.write_all() and await self.reservations.write_unwritten()):
            return False
        for one in self._own.unstored:
            if one.attempt.request_id not in self.unwritten and not await self._store_late(one):
                return False
        return True

    async def renew(self) -> None:
        """Extend the leases of what is being worked on. Never raises."""
        owners, until = self._own.owners, self._clock() + LEASE
        if owners:
            await self._database.try_to_write(lambda connection: inbox_rows.renew(connection, owners, until))

    async def hand_back(self) -> None:
        """At shutdown: whoever runs next takes up at once what this process took and did not answer. Never raises."""
        await self.write_endings()
        owners, now = self._own.owners, self._clock()
        if owners:
            await self._database.try_to_write(lambda connection: inbox_rows.hand_back(connection, owners, now))
        self._own.clear()

    async def purge(self) -> int:
        """Forget what is older than Slack delivers. Returns how many requests. Raises DatabaseError."""
        now = self._clock()
        return await self._whole_database.write(lambda connection: inbox_rows.purge(connection, now))

    async def _store_late(self, one: WorkedOn) -> bool:
        """Store what is still to be answered, so that it outlives this process; whether it is stored. Never raises."""
        sealed = self._keyring.seal(json.dumps(one.body).encode(), "request")
        store = partial(inbox_rows.store_late, attempt=one.attempt, keys=one.keys, sealed=sealed, now=self._clock())
        try:
            await self._database.write_patiently(store)
        except ConstraintError:  # it is answered by now, here or by another replica
            pass
        except DatabaseError:
            return False
        self._own.stored(one.attempt.owner)
        return True

    async def _is_known(self, arrival: Arrival) -> bool:
        """Whether the database knows the request. Raises DatabaseError."""
        now = self._clock()
        return await self._database.read(lambda connection: inbox_rows.is_known(connection, arrival, now))

    def _alone_knows(self, request_id: str) -> bool:
        """Whether this process took or answered the request, and the database does not know."""
        return request_id in self.unwritten or self._own.is_unstored(request_id)

    def _keys(self, request: SlackRequest) -> tuple[Key, ...]:
        """The keys as stored, in one order everywhere, so that replicas cannot lock each other out."""
        keys = [Key(self._keyring.digest(key, "request"), KEEP) for key in request.idempotency_keys]
        if request.double_submit_key:
            digest = self._keyring.digest(request.double_submit_key, "request")
            keys.append(Key(digest, DOUBLE_SUBMIT_WINDOW, shared=True))
        return tuple(sorted(keys))

    async def _take(self, arrival: Arrival, *, is_new: bool) -> Attempt | None:
        """Write that this worker has the request; None when another has it. Raises DatabaseError."""
        if is_new:
            storing = self._arrivals.write(arrival)
            try:
                return await self._database.in_time(storing)
            except ConstraintError:
                pass  # something of it is known
            finally:
                storing.cancel()  # what nobody waits for any more is not begun
        now = self._clock()
        for _ in range(3):
            take = partial(inbox_rows.take_known, arrival=arrival, now=now)
            try:
                return await self._database.in_time(self._database.write_first(take))
            except ConstraintError:  # another replica took it at the same moment: look again
                continue
        return None

    def _insert(self, arrivals: Sequence[Arrival]) -> Awaitable[Sequence[Attempt]]:
        """Store new requests that came at once, in one commit. Raises ConstraintError if something of them is known."""
        return self._database.write_first(partial(inbox_rows.insert_new, arrivals=arrivals, now=self._clock()))

    async def _dismiss(self, claim: Claim) -> None:
        """Nothing was done, so nothing is remembered: a modal that was refused in the ack is sent off again as the same one."""
        running = self._own.drop(claim.owner)
        if running is not None:
            digests = [key.digest for key in running.keys]
            self._own.forget(digests)
            await self._database.try_to_write(lambda connection: inbox_rows.forget(connection, running.attempt, digests))

    async def _begin_answer(self, claim: Claim) -> None:
        """From here on nobody else answers `claim`'s request; one commit, with what the claim carries. Raises ClaimLostError."""
        running = self._own.get(claim.owner)
        if running is None:
            return
        self._own.forget(running.shared)  # the same words again are a new question from now on
        now, carried = self._clock(), [write.prepare() for write in claim.carried.values()]
        unstored = () if running.is_stored else running.keys

        def begin(connection: Connection) -> bool:
            if not inbox_rows.begin_answer(connection, running.attempt, running.shared, unstored, now):
                return False
            for write in carried:
                write(connection)
            return True

        try:
            if not await self._database.write(begin, is_urgent=True):
                raise ClaimLostError("another worker answers this request")
            claim.is_written = True
        except DatabaseError as error:
            if unstored and isinstance(error, ConstraintError):
                raise ClaimLostError("another worker answers this request") from None
            # The claim stands, also where a carried write was refused. Whatever comes of it, nobody is to take the request up
            # when the database is back.
            self.unwritten.add(self._ending(running, DONE))

    async def _not_delivered(self, claim: Claim, error: SlackDeliveryError) -> RequestOutcome:
        """Slack did not take the answer: try again later, give up, or leave alone what may stand there."""
        match classify_outcome(error, claim):
            case DeliveryOutcome.LATER if claim.attempts < MAX_ATTEMPTS:
                wait = max(RETRY_DELAYS[claim.attempts - 1], timedelta(seconds=error.retry_after or 0))
                log.warning("request.answer_postponed", reason=error.reason, seconds=wait.total_seconds())
                await self._end(claim, WAITING, self._clock() + wait)
                return RequestOutcome.POSTPONED
            case DeliveryOutcome.UNCERTAIN:
                log.warning("request.answer_unconfirmed", reason=error.reason)
                await self._end(claim, DONE)
                return RequestOutcome.UNCONFIRMED
            case _:
                # No way to the asker is open, so the log is the only place left that can tell.
                log.error("request.answer_lost", reason=error.reason)
                await self._end(claim, LOST)
                return RequestOutcome.LOST

    async def _end(self, claim: Claim, state: str, until: datetime | None = None) -> None:
        """Write how an attempt ended, unless its beginning said so already. Never raises: what cannot be written is kept."""
        running = self._own.get(claim.owner)
        if running is None:
            return
        ending = self._ending(running, state, until)
        self._own.forget(ending.shared)
        if not (state == DONE and claim.is_written):  # `answering` is as final as `done`
            self.unwritten.add(ending)  # first: nobody may take it up between the two
            await self.unwritten.write(ending)
        self._own.drop(claim.owner)

    def _ending(self, running: WorkedOn, state: str, until: datetime | None = None) -> Ending:
        sealed = self._keyring.seal(json.dumps(running.body).encode(), "request") if state == WAITING else None
        return Ending(running.attempt, state, running.shared, () if running.is_stored else running.keys, until, sealed)

    def _opened(self, request_id: str, taken_at: datetime, sealed: bytes) -> ExpiredRequest | None:
        """The request as Slack sent it; one that was sealed with another key costs no other."""
        try:
            return ExpiredRequest(request_id, json.loads(self._keyring.open(sealed, "request")), taken_at)
        except (WrongKeyError, ValueError) as error:
            log.warning("inbox.request_unreadable", reason=type(error).__name__)
            return None
