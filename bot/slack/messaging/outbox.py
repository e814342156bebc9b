"""Per-channel queues in front of Slack's message methods: one message a second in a channel, and no more than a method takes.

    QueuedMessage   a message on its way: a post, an update, an ephemeral message; `await queued.ts()` waits for its delivery
    channel queue   the messages of one channel, oldest first; one that must wait holds up no other
    quota           calls a minute of one method in the whole workspace, handed to the channels in turn

Updates that wait are merged: of several of one message the last is sent, and all who wait for one of them wait for that. A
channel's queue and the whole outbox are bounded, and nothing waits longer than a minute: what comes too late fails with
`channel_busy`.
Limits: https://docs.slack.dev/apis/web-api/rate-limits.
"""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.slack.timings import Timings
from bot.timing.rate_limits import SlidingWindow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Hashable
    from typing import Any

    from bot.slack.views import Message

    Send = Callable[[Message], Coroutine[Any, Any, str]]
    """Sends a message; its ts. Raises SlackDeliveryError."""

PER_MINUTE = {"chat.postMessage": 300, "chat.update": 50, "chat.postEphemeral": 100}
CHANNEL_QUEUE_SIZE = 30
OUTBOX_SIZE = 1_000
PATIENCE_SECONDS = 60.0


@dataclass(eq=False, slots=True)
class QueuedMessage:
    """A message on its way."""

    key: Hashable
    method: str
    message: Message
    send: Send
    deadline: float
    idempotent: bool
    done: asyncio.Future[str]
    attempts: int = 0

    async def ts(self) -> str:
        """Wait for delivery; returns the ts. Cancelling the wait does not cancel the message. Raises SlackDeliveryError."""
        return await asyncio.shield(self.done)


@dataclass(eq=False, slots=True)
class _ChannelQueue:
    messages: dict[Hashable, QueuedMessage] = field(default_factory=dict)
    free_at: float = 0.0  # nothing is sent before that moment
    reason: str = failures.CHANNEL_BUSY  # why


class Outbox:
    """Takes messages and sends them at Slack's pace."""

    def __init__(
        self,
        timings: Timings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        channel_size: int = CHANNEL_QUEUE_SIZE,
        total_size: int = OUTBOX_SIZE,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._channel_size = channel_size
        self._total_size = total_size
        timings = timings or Timings()
        self._gap = timings.channel_gap
        self._quotas = {method: _Quota(calls, timings.quota_window, clock, sleep) for method, calls in PER_MINUTE.items()}
        self._queues: dict[str, _ChannelQueue] = {}
        self._senders: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Future[str]] = set()
        self._closing = False

    def enqueue(
        self, channel: str, method: str, message: Message, send: Send, *, key: Hashable = None, idempotent: bool = False
    ) -> QueuedMessage:
        """Queue `message`. One with the same `key` that still waits is replaced by it. Raises SlackDeliveryError."""
        if self._closing:
            raise SlackDeliveryError(failures.STOPPING)
        queue = self._queues.get(channel)
        waiting = queue.messages.get(key) if queue is not None and key is not None else None
        if waiting is not None:
            waiting.message, waiting.send = message, send
            return waiting
        deadline = self._clock() + PATIENCE_SECONDS
        if queue is not None and queue.free_at > deadline:
            raise SlackDeliveryError(queue.reason, retry_after=queue.free_at - self._clock())
        full = queue is not None and len(queue.messages) >= self._channel_size
        if full or sum(len(each.messages) for each in self._queues.values()) >= self._total_size:
            raise SlackDeliveryError(failures.CHANNEL_BUSY)
        queued = self._queued_message(key, method, message, send, deadline, idempotent=idempotent)
        if queue is None:
            queue = self._queues[channel] = _ChannelQueue()
            self._start_sender(channel, queue)
        queue.messages[queued.key] = queued
        return queued

    def is_queued(self, channel: str, queued: QueuedMessage) -> bool:
        """Whether it still waits, and so can be replaced."""
        queue = self._queues.get(channel)
        return queue is not None and queued.key in queue.messages

    async def aclose(self, seconds: float) -> int:
        """Take nothing more, and wait until all is sent, at most `seconds`. Returns how many messages were not delivered.

        Those fail: as `stopping` where they still waited, so surely were not sent; as `answer_lost` where they were under way.
        """
        self._closing = True
        left: set[asyncio.Future[str]] = set()
        if self._under_way:
            _, left = await asyncio.wait(set(self._under_way), timeout=seconds)
        for queue in self._queues.values():
            for queued in queue.messages.values():
                _fail(queued.done, SlackDeliveryError(failures.STOPPING))
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)
        for done in left:
            _fail(done, SlackDeliveryError(failures.ANSWER_LOST))
        return len(left)

    def _queued_message(
        self, key: Hashable, method: str, message: Message, send: Send, deadline: float, *, idempotent: bool
    ) -> QueuedMessage:
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        done.add_done_callback(self._under_way.discard)
        done.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # or asyncio says nobody asked
        return QueuedMessage(object() if key is None else key, method, message, send, deadline, idempotent, done)

    def _start_sender(self, channel: str, queue: _ChannelQueue) -> None:
        # With no request's log context: the task outlives the request that started it.
        sender = asyncio.create_task(self._send_all(channel, queue), name=f"outbox {channel}", context=Context())
        self._senders.add(sender)
        sender.add_done_callback(self._senders.discard)

    async def _send_all(self, channel: str, queue: _ChannelQueue) -> None:
        """Send a queue's messages one after the other; leave when none is left and the last one's second is over."""
        while True:
            await self._sleep(max(0.0, queue.free_at - self._clock()))
            if not queue.messages:
                break
            quota = self._quotas[next(iter(queue.messages.values())).method]
            in_time = await quota.take(by=next(iter(queue.messages.values())).deadline)
            queued = queue.messages.pop(next(iter(queue.messages)))  # until here it could still take a newer message
            if in_time:
                await self._send(queue, queued)
            else:
                _fail(queued.done, SlackDeliveryError(failures.CHANNEL_BUSY))
        del self._queues[channel]

    async def _send(self, queue: _ChannelQueue, queued: QueuedMessage) -> None:
        queued.attempts += 1
        try:
            ts = await queued.send(queued.message)
        except SlackDeliveryError as error:
            self._requeue_or_fail(queue, queued, error)
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets the error, and the queue goes on
            _fail(queued.done, error)
            queue.free_at = self._clock() + self._gap
        else:
            if not queued.done.done():
                queued.done.set_result(ts)
            queue.free_at = self._clock() + self._gap

    def _requeue_or_fail(self, queue: _ChannelQueue, queued: QueuedMessage, error: SlackDeliveryError) -> None:
        """After a failure: the message goes back to the head of its queue, or fails for good."""
        pause = failures.retry_delay(error, queued.attempts, idempotent=queued.idempotent)
        queue.free_at = self._clock() + max(self._gap, pause or 0.0)
        queue.reason = error.reason
        if pause is None:
            _fail(queued.done, error)
            return
        newer = queue.messages.pop(queued.key, None)
        if newer is not None:  # it came while the older one was under way
            queued.message, queued.send = newer.message, newer.send
            queued.done.add_done_callback(lambda ended: _follow(newer.done, ended))
        queue.messages = {queued.key: queued, **queue.messages}
        for late in [each for each in queue.messages.values() if each.deadline < queue.free_at]:
            _fail(queue.messages.pop(late.key).done, SlackDeliveryError(error.reason, retry_after=error.retry_after))


class _Quota:
    """At most so many calls within the window of `seconds`, first come, first served."""

    def __init__(self, calls: int, seconds: float, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._window = SlidingWindow(calls, seconds, clock)
        self._turn = asyncio.Lock()

    async def take(self, by: float) -> bool:
        """Wait for a call's worth. False: none is to be had by then."""
        async with self._turn:
            seconds = self._window.wait()
            if self._clock() + seconds > by:
                return False
            await self._sleep(seconds)
            self._window.count()
            return True


def _fail(done: asyncio.Future[str], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)


def _follow(done: asyncio.Future[str], leader: asyncio.Future[str]) -> None:
    """Let `done` end as `leader` did."""
    if done.done() or leader.cancelled():
        return
    error = leader.exception()
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(leader.result())
