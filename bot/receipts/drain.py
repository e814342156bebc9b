"""Drains a queue that hands every receipt out once, without losing one between its response and the store.

    lease held ─► store proven writable ─► pull ─► store_raw (durable) ─► parse ─► ingest (one transaction) ─► backoff

What was handed out exists nowhere but in the response. So nothing is pulled unless the store has just written and committed as
much, the raw body is stored before it is parsed, and it is parsed from the store after a restart. A process that is killed loses
at most the one response that was not written yet; unreadable rows are quarantined.
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

MAX_FINAL_ATTEMPTS = 5  # to store a raw body once the drain is stopping
RECOVERY_BATCH = 100  # raw bodies read at once after a restart

log = structlog.get_logger(__name__)


def exclusive_consumer_warning(account: str, switch: str) -> str:
    """The startup warning of a drain: it consumes the queue exclusively."""
    return (
        f"The queue of {account} is drained into the receipt store ({switch}). It hands each receipt out once: "
        "no other consumer of this queue will receive them."
    )


class DrainPhase(StrEnum):
    """The state of a drain, as operators read it."""

    STARTING = "starting"
    DRAINING = "draining"
    STANDING_BY = "standing by: another replica drains"
    STORE_UNAVAILABLE = "paused: the store cannot be written"
    FAULT = "paused: the queue cannot be asked"
    STOPPED = "stopped"


@dataclass(slots=True)
class DrainState:
    """The state and counters of a drain, for `providers`, doctor and metrics. Counters start with the process."""

    account: str
    phase: DrainPhase = DrainPhase.STARTING
    pulls: int = 0
    receipts: int = 0  # that were not known before
    replies: int = 0
    unreadable: int = 0
    fault: ProviderFault | None = None  # of the latest pull
    pulled_at: float = 0.0  # when a pull last went well, in seconds since 1970; at first, when the drain began


class QueueDrainer:
    """Drains one queue from `run` until `stop`. Never cancel `run`: that may lose a response that has just come."""

    def __init__(
        self,
        queue: Queue,
        queue_source: QueueSource[Any],
        store: ReceiptStore,
        lease: Lease,
        *,
        clock: Clock = system_clock,
        backoff: PollBackoff | None = None,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.state = DrainState(queue.account, pulled_at=clock().timestamp())
        self._queue = queue
        self._source = queue_source
        self._store = store
        self._lease = lease
        self._clock = clock
        self._backoff = backoff or PollBackoff()
        self._timer = timer
        self._sleep = sleep
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._due = dict.fromkeys(RecordKind, 0.0)  # when each kind is pulled next, by the timer
        self._pauses = dict.fromkeys(RecordKind, 0.0)
        self._fault_pause = 0.0

    async def run(self) -> None:
        """Drain until `stop`. Faults of the queue and of the store are logged and retried, not raised."""
        log.warning("drain.exclusive", notice=exclusive_consumer_warning(self._queue.account, self._source.switch))
        try:
            while not self._stopping.is_set():
                await self._sleep_until_stop(await self._step())
            await self._release_lease()
        finally:
            self._set_phase(DrainPhase.STOPPED)
            self._ended.set()

    async def stop(self) -> None:
        """Stop pulling, store the response in progress and release the lease. Returns when `run` has ended."""
        self._stopping.set()
        await self._ended.wait()

    async def _step(self) -> float:
        """One pull, if it is due and the lease is held. Returns the seconds to sleep."""
        try:
            if await self._lease.acquire() is None:
                self._set_phase(DrainPhase.STANDING_BY)
                return self._lease.renewal_seconds
            if self.state.phase is not DrainPhase.DRAINING:  # the lease is new, or the store is back: unparsed bodies first
                await recover_unparsed(self._store, {self._source.system: self._source.read})
            kind = min(self._due, key=self._due.__getitem__)
            await self._pull(kind)
        except StoreError as error:
            self._set_phase(DrainPhase.STORE_UNAVAILABLE, reason=str(error))
            return self._after_fault()
        except Exception:  # a bug of ours must not end the drain: the stored body is parsed in the next step
            log.exception("drain.crashed", account=self._queue.account)
            return self._after_fault()
        self._fault_pause = 0.0
        return max(0.0, min(min(self._due.values()) - self._timer(), self._lease.renewal_seconds))

    async def _pull(self, kind: RecordKind) -> None:
        """Pull one response, store it, parse and ingest it. Raises StoreError; a response pulled by then is stored."""
        if self._due[kind] > self._timer():
            return
        await self._store.check()
        try:
            body = await self._queue.pull(kind)
        except ProviderError as error:
            self._record_fault(kind, error.fault)
            return
        self.state.pulls += 1
        raw_id = await self._store_raw(kind, body)
        if raw_id is None:
            return
        raw = RawBody(raw_id, ReceiptSource.QUEUE, self._queue.system, kind, self._queue.account, body, self._clock())
        pull_result = read_safely(self._source.read, raw)
        result = await ingest_raw(self._store, raw, pull_result.parsed)
        self.state.receipts += result.new
        self.state.replies += result.replies
        self.state.unreadable += result.unreadable
        if result.unreadable:
            log.warning("drain.unreadable", account=self._queue.account, kind=kind, rows=result.unreadable)
        if pull_result.fault is not None:
            self._record_fault(kind, pull_result.fault)
            return
        self.state.fault = None
        self.state.pulled_at = self._clock().timestamp()
        self._set_phase(DrainPhase.DRAINING)
        self._schedule(kind, self._backoff.after(pull_result.rows, self._queue.most, self._pauses[kind]))

    async def _store_raw(self, kind: RecordKind, body: bytes) -> int | None:
        """Store a raw body and return its id, None for an empty one. Retried until it succeeds: the body exists nowhere else.

        Raises what the store raised last, if the drain is stopping and `MAX_FINAL_ATTEMPTS` have failed.
        """
        if not body:
            return None
        pause, attempts = 0.0, MAX_FINAL_ATTEMPTS
        while True:
            try:
                return await self._store.store_raw(ReceiptSource.QUEUE, self._queue.system, kind, self._queue.account, body)
            except Exception as error:  # of any kind: nothing may leave here without the body stored
                reason = str(error) if isinstance(error, StoreError) else type(error).__name__
                self._set_phase(DrainPhase.STORE_UNAVAILABLE, reason=reason)
                attempts -= self._stopping.is_set()
                if not attempts:
                    log.critical("drain.answer_lost", account=self._queue.account, kind=kind, size=len(body))
                    raise
            pause = self._backoff.after_fault(pause)
            await (self._sleep(1.0) if self._stopping.is_set() else self._sleep_until_stop(pause))

    def _record_fault(self, kind: RecordKind, fault: ProviderFault) -> None:
        if self.state.fault != fault:
            log.warning("drain.fault", account=self._queue.account, kind=kind, code=fault.code, message=fault.message)
        self.state.fault = fault
        self._set_phase(DrainPhase.FAULT)
        self._schedule(kind, self._backoff.after_fault(self._pauses[kind]))

    def _schedule(self, kind: RecordKind, pause: float) -> None:
        self._pauses[kind] = pause
        self._due[kind] = self._timer() + pause

    def _after_fault(self) -> float:
        self._fault_pause = self._backoff.after_fault(self._fault_pause)
        return self._fault_pause

    async def _sleep_until_stop(self, seconds: float) -> None:
        """Sleep for `seconds`, at most until `stop`."""
        if self._stopping.is_set():
            return
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (sleeping, stopping):
                waiting.cancel()

    async def _release_lease(self) -> None:
        try:
            await self._lease.release()
        except StoreError as error:
            log.warning("drain.lease_not_released", account=self._queue.account, reason=str(error))

    def _set_phase(self, phase: DrainPhase, **why: str) -> None:
        if self.state.phase is not phase:
            log.info("drain.phase", account=self._queue.account, phase=phase.value, **why)
        self.state.phase = phase


async def recover_unparsed(store: ReceiptStore, readers: Mapping[str, QueueReader]) -> int:
    """Parse and ingest the raw bodies that a crash left unparsed. Returns their number. Raises StoreError.

    `readers` by system. A body of a system without a reader is quarantined.
    """
    count = 0
    while unparsed := await store.unparsed(RECOVERY_BATCH):
        for raw in unparsed:
            await ingest_raw(store, raw, _parsed(raw, readers))
            count += 1
    if count:
        log.warning("receipts.recovered", bodies=count)
    return count


async def ingest_raw(store: ReceiptStore, raw: RawBody, parsed: ParsedBatch) -> IngestResult:
    """Store what was parsed from a raw body; if that fails by a bug, quarantine the whole body. Raises StoreError."""
    try:
        return await store.ingest(raw.id, parsed.receipts, parsed.replies, parsed.unreadable)
    except StoreError:
        raise
    except Exception as error:
        log.exception("drain.ingest_crashed", account=raw.account, kind=raw.kind)
        reason = phrase("{error} while storing it", error=type(error).__name__)
        return await store.ingest(raw.id, unreadable=(_unreadable_body(raw, reason),))


def read_safely(read: QueueReader, raw: RawBody) -> PullResult:
    """`read` of a raw body; if it raises, the whole body as unreadable, so that no bug of a reader blocks the queue."""
    try:
        return read(raw.kind, raw.account, raw.body)
    except Exception as error:
        log.exception("drain.reader_crashed", account=raw.account, kind=raw.kind)
        reason = phrase("{error} while reading it", error=type(error).__name__)
        return PullResult(ParsedBatch(unreadable=(_unreadable_body(raw, reason),)))


def _parsed(raw: RawBody, readers: Mapping[str, QueueReader]) -> ParsedBatch:
    read = readers.get(raw.system)
    if read is not None and raw.source is ReceiptSource.QUEUE:
        return read_safely(read, raw).parsed
    return ParsedBatch(unreadable=(_unreadable_body(raw, phrase("nothing here reads what this system sends")),))


def _unreadable_body(raw: RawBody, reason: Phrase) -> Unreadable:
    return Unreadable(raw.system, raw.source, raw.kind, raw.body, reason, raw.account)
