"""Draining a queue that hands every receipt out once, so that none is lost between its answer and the store.

    lease held ─► store proven writable ─► pull ─► keep_raw (durable) ─► read ─► take_in (one transaction) ─► pace

What was handed out exists nowhere but in the answer. So nothing is pulled unless the store has just taken as much and committed
it, the answer is kept as it came before anybody looks at it, and it is read from there, now or after a restart. A process that
is killed loses at most the one answer that had not been written yet; what cannot be read is kept for a person to look at.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from bot.errors import ProviderError, StoreError
from bot.i18n import phrase
from bot.receipts.ingestion import ParsedBatch, PullResult
from bot.receipts.model import RawBody, ReceiptSource, RecordKind, Unreadable
from bot.receipts.poll_backoff import PollBackoff
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from bot.i18n import Phrase
    from bot.model import ProviderFault
    from bot.receipts.ingestion import Queue, QueueReader, QueueSource
    from bot.receipts.lease import Lease
    from bot.receipts.model import IngestResult
    from bot.receipts.store import ReceiptStore
    from bot.timing.clock import Clock

LAST_TRIES = 5  # of writing an answer once the drain is told to stop
LEFT_AT_ONCE = 100

log = structlog.get_logger(__name__)


def exclusive_consumer_warning(account: str, switch: str) -> str:
    """What an operator must know about a drain before wondering where receipts went."""
    return (
        f"The queue of {account} is drained into the receipt store ({switch}). It hands each receipt out once: "
        "any other consumer of this queue no longer gets them."
    )


class Phase(StrEnum):
    """What a drain is doing."""

    STARTING = "starting"
    DRAINING = "draining"
    STANDING_BY = "standing by: another replica drains"
    STORE_AWAY = "paused: the store cannot be written"
    FAULT = "paused: the queue cannot be asked"
    STOPPED = "stopped"


@dataclass(slots=True)
class DrainState:
    """How a drain is doing, for `providers`, doctor and metrics. Counts are since the start."""

    account: str
    phase: Phase = Phase.STARTING
    pulls: int = 0
    receipts: int = 0  # that were not known before
    replies: int = 0
    unreadable: int = 0
    fault: ProviderFault | None = None  # of the latest pull


class QueueDrainer:
    """Drains one queue. `run` until `stop`; never cancel it, for that may lose an answer that has just come."""

    def __init__(
        self,
        queue: Queue,
        draining: QueueSource[Any],
        store: ReceiptStore,
        lease: Lease,
        *,
        clock: Clock = system_clock,
        pace: PollBackoff | None = None,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.state = DrainState(queue.account)
        self._queue = queue
        self._draining = draining
        self._store = store
        self._lease = lease
        self._clock = clock
        self._pace = pace or PollBackoff()
        self._timer = timer
        self._sleep = sleep
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._due = dict.fromkeys(RecordKind, 0.0)  # when each kind is pulled next, by the timer
        self._pauses = dict.fromkeys(RecordKind, 0.0)
        self._fault_pause = 0.0

    async def run(self) -> None:
        """Drain until `stop`. Returns; raises nothing that the queue or the store does."""
        log.warning("drain.takes_receipts_away", said=exclusive_consumer_warning(self._queue.account, self._draining.switch))
        try:
            while not self._stopping.is_set():
                await self._rest(await self._turn())
            await self._give_back()
        finally:
            self._phase(Phase.STOPPED)
            self._ended.set()

    async def stop(self) -> None:
        """Pull nothing more, finish and keep what is under way, give the lease back; returns when `run` has ended."""
        self._stopping.set()
        await self._ended.wait()

    async def _turn(self) -> float:
        """One pull, if it is time and our turn. Returns how many seconds to rest."""
        try:
            if await self._lease.acquire() is None:
                self._phase(Phase.STANDING_BY)
                return self._lease.renewal_seconds
            if self.state.phase is not Phase.DRAINING:  # ours since just now, or the store is back: first what is left
                await recover_unparsed(self._store, {self._draining.system: self._draining.read})
            kind = min(self._due, key=self._due.__getitem__)
            await self._pull(kind)
        except StoreError as error:
            self._phase(Phase.STORE_AWAY, reason=str(error))
            return self._after_fault()
        except Exception:  # a bug of ours must not end the drain: what was kept waits, and is read on the next turn
            log.exception("drain.crashed", account=self._queue.account)
            return self._after_fault()
        self._fault_pause = 0.0
        return max(0.0, min(min(self._due.values()) - self._timer(), self._lease.renewal_seconds))

    async def _pull(self, kind: RecordKind) -> None:
        """Pull one answer, keep it, read it. Raises StoreError; what was pulled by then is kept."""
        if self._due[kind] > self._timer():
            return
        await self._store.check()
        try:
            body = await self._queue.pull(kind)
        except ProviderError as error:
            self._tell_fault(kind, error.fault)
            return
        self.state.pulls += 1
        raw_id = await self._keep(kind, body)
        if raw_id is None:
            return
        raw = RawBody(raw_id, ReceiptSource.QUEUE, self._queue.system, kind, self._queue.account, body, self._clock())
        pulled = read_safely(self._draining.read, raw)
        taken = await ingest_raw(self._store, raw, pulled.parsed)
        self.state.receipts += taken.new
        self.state.replies += taken.replies
        self.state.unreadable += taken.unreadable
        if taken.unreadable:
            log.warning("drain.unreadable", account=self._queue.account, kind=kind, rows=taken.unreadable)
        if pulled.fault is not None:
            self._tell_fault(kind, pulled.fault)
            return
        self.state.fault = None
        self._phase(Phase.DRAINING)
        self._next(kind, self._pace.after(pulled.rows, self._queue.most, self._pauses[kind]))

    async def _keep(self, kind: RecordKind, body: bytes) -> int | None:
        """Write an answer down. It is nowhere else, so this is tried until it works; None when there was nothing to write."""
        if not body:
            return None
        pause, tries = 0.0, LAST_TRIES
        while True:
            try:
                return await self._store.store_raw(ReceiptSource.QUEUE, self._queue.system, kind, self._queue.account, body)
            except Exception as error:  # whatever ails the store: nothing may leave here without the answer written
                reason = str(error) if isinstance(error, StoreError) else type(error).__name__
                self._phase(Phase.STORE_AWAY, reason=reason)
                tries -= self._stopping.is_set()
                if not tries:
                    log.critical("drain.answer_lost", account=self._queue.account, kind=kind, size=len(body))
                    raise
            pause = self._pace.after_fault(pause)
            await (self._sleep(1.0) if self._stopping.is_set() else self._rest(pause))

    def _tell_fault(self, kind: RecordKind, fault: ProviderFault) -> None:
        if self.state.fault != fault:
            log.warning("drain.fault", account=self._queue.account, kind=kind, code=fault.code, message=fault.message)
        self.state.fault = fault
        self._phase(Phase.FAULT)
        self._next(kind, self._pace.after_fault(self._pauses[kind]))

    def _next(self, kind: RecordKind, pause: float) -> None:
        self._pauses[kind] = pause
        self._due[kind] = self._timer() + pause

    def _after_fault(self) -> float:
        self._fault_pause = self._pace.after_fault(self._fault_pause)
        return self._fault_pause

    async def _rest(self, seconds: float) -> None:
        """Sleep, or until told to stop."""
        if self._stopping.is_set():
            return
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (sleeping, stopping):
                waiting.cancel()

    async def _give_back(self) -> None:
        try:
            await self._lease.release()
        except StoreError as error:
            log.warning("drain.lease_not_given_back", account=self._queue.account, reason=str(error))

    def _phase(self, phase: Phase, **why: str) -> None:
        if self.state.phase is not phase:
            log.info("drain.phase", account=self._queue.account, phase=phase.value, **why)
        self.state.phase = phase


async def recover_unparsed(store: ReceiptStore, readers: Mapping[str, QueueReader]) -> int:
    """Take in the bodies that were kept and not read, which is what a crash leaves. Returns how many. Raises StoreError.

    `readers` by system. A body of a system that nobody reads any more is put with the unreadable rows.
    """
    count = 0
    while left := await store.unparsed(LEFT_AT_ONCE):
        for raw in left:
            await ingest_raw(store, raw, _parsed(raw, readers))
            count += 1
    if count:
        log.warning("drain.took_in_what_was_left", bodies=count)
    return count


async def ingest_raw(store: ReceiptStore, raw: RawBody, parsed: ParsedBatch) -> IngestResult:
    """Store what was read from a body, or the whole body as unreadable when that cannot be stored. Raises StoreError."""
    try:
        return await store.ingest(raw.id, parsed.receipts, parsed.replies, parsed.unreadable)
    except StoreError:
        raise
    except Exception as error:
        log.exception("drain.not_storable", account=raw.account, kind=raw.kind)
        reason = phrase("{error} while storing it", error=type(error).__name__)
        return await store.ingest(raw.id, unreadable=(_whole(raw, reason),))


def read_safely(read: QueueReader, raw: RawBody) -> PullResult:
    """What `read` makes of a body; the whole body as unreadable when it fails, so that no bug of a reader holds the queue up."""
    try:
        return read(raw.kind, raw.account, raw.body)
    except Exception as error:
        log.exception("drain.reader_crashed", account=raw.account, kind=raw.kind)
        reason = phrase("{error} while reading it", error=type(error).__name__)
        return PullResult(ParsedBatch(unreadable=(_whole(raw, reason),)))


def _parsed(raw: RawBody, readers: Mapping[str, QueueReader]) -> ParsedBatch:
    read = readers.get(raw.system)
    if read is not None and raw.source is ReceiptSource.QUEUE:
        return read_safely(read, raw).parsed
    return ParsedBatch(unreadable=(_whole(raw, phrase("nothing here reads what this system sends")),))


def _whole(raw: RawBody, reason: Phrase) -> Unreadable:
    return Unreadable(raw.system, raw.source, raw.kind, raw.body, reason, raw.account)
