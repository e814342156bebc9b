"""The queue in front of Slack's message methods: at most one message a second in each channel, and no more than a method takes.

    letter   a message on its way: a post, an update, a whisper; `await letter.ts()` until it stands
    lane     the letters of one channel, oldest first; a lane that must wait holds up no other
    quota    calls a minute of one method in the whole workspace, handed to the lanes in turn

What waits is merged: of several updates of one message the last is sent, and all who wait for one of them wait for that. A lane
and the whole box are bounded, and nothing waits longer than a minute: whoever comes too late is refused with `channel_busy`.
Limits: https://docs.slack.dev/apis/web-api/rate-limits.
"""

from __future__ import annotations

import asyncio
import time
from contextvars import Context, copy_context
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
    """Sends a message; its ts. Raises SlackRefusal."""

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
    context: Context = field(default_factory=copy_context)  # of the one who wrote it: whose request it answers
    attempts: int = 0

    async def ts(self) -> str:
        """Wait until the message stands. Raises SlackRefusal. Giving up waiting does not take the letter back."""
        return await asyncio.shield(self.done)


@dataclass(eq=False, slots=True)
class _Lane:
    letters: dict[Hashable, QueuedMessage] = field(default_factory=dict)
    opens: float = 0.0  # nothing is sent before that moment
    reason: str = failures.CHANNEL_BUSY  # why


class Outbox:
    """Takes letters and sends them at Slack's pace."""

    def __init__(
        self,
        timings: Timings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        lane_size: int = CHANNEL_QUEUE_SIZE,
        box_size: int = OUTBOX_SIZE,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lane_size = lane_size
        self._box_size = box_size
        timings = timings or Timings()
        self._gap = timings.channel_gap
        self._quotas = {method: _Quota(calls, timings.quota_window, clock, sleep) for method, calls in PER_MINUTE.items()}
        self._lanes: dict[str, _Lane] = {}
        self._carriers: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Future[str]] = set()
        self._closing = False

    def enqueue(
        self, channel: str, method: str, message: Message, send: Send, *, key: Hashable = None, harmless_twice: bool = False
    ) -> QueuedMessage:
        """Queue `message`. A letter with the same `key` that still waits takes the new message instead. Raises SlackRefusal."""
        if self._closing:
            raise SlackDeliveryError(failures.STOPPING)
        lane = self._lanes.get(channel)
        waiting = lane.letters.get(key) if lane is not None and key is not None else None
        if waiting is not None:
            waiting.message, waiting.send, waiting.context = message, send, copy_context()
            return waiting
        deadline = self._clock() + PATIENCE_SECONDS
        if lane is not None and lane.opens > deadline:
            raise SlackDeliveryError(lane.reason, retry_after=lane.opens - self._clock())
        full = lane is not None and len(lane.letters) >= self._lane_size
        if full or sum(len(each.letters) for each in self._lanes.values()) >= self._box_size:
            raise SlackDeliveryError(failures.CHANNEL_BUSY)
        letter = self._letter(key, method, message, send, deadline, harmless_twice=harmless_twice)
        if lane is None:
            lane = self._lanes[channel] = _Lane()
            self._hand(channel, lane)
        lane.letters[letter.key] = letter
        return letter

    def is_queued(self, channel: str, letter: QueuedMessage) -> bool:
        """Whether a letter has not left yet, and so can take another message."""
        lane = self._lanes.get(channel)
        return lane is not None and letter.key in lane.letters

    async def aclose(self, seconds: float) -> int:
        """Take nothing more, and wait until all is sent, at most `seconds`. Returns how many letters were left behind."""
        self._closing = True
        left: set[asyncio.Future[str]] = set()
        if self._under_way:
            _, left = await asyncio.wait(set(self._under_way), timeout=seconds)
        for carrier in self._carriers:
            carrier.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)
        for done in left:
            _refuse(done, SlackDeliveryError(failures.STOPPING))
        return len(left)

    def _letter(
        self, key: Hashable, method: str, message: Message, send: Send, deadline: float, *, harmless_twice: bool
    ) -> QueuedMessage:
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        done.add_done_callback(self._under_way.discard)
        done.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # or asyncio says nobody asked
        return QueuedMessage(object() if key is None else key, method, message, send, deadline, harmless_twice, done)

    def _hand(self, channel: str, lane: _Lane) -> None:
        carrier = asyncio.create_task(self._carry(channel, lane), name=f"outbox {channel}")
        self._carriers.add(carrier)
        carrier.add_done_callback(self._carriers.discard)

    async def _carry(self, channel: str, lane: _Lane) -> None:
        """Send a lane's letters one after the other; leave when none is left and the last one's second is over."""
        while True:
            await self._sleep(max(0.0, lane.opens - self._clock()))
            if not lane.letters:
                break
            quota = self._quotas[next(iter(lane.letters.values())).method]
            in_time = await quota.take(by=next(iter(lane.letters.values())).deadline)
            letter = lane.letters.pop(next(iter(lane.letters)))  # until here it could still take a newer message
            if in_time:
                await self._send(lane, letter)
            else:
                _refuse(letter.done, SlackDeliveryError(failures.CHANNEL_BUSY))
        del self._lanes[channel]

    async def _send(self, lane: _Lane, letter: QueuedMessage) -> None:
        letter.attempts += 1
        try:
            ts = await asyncio.create_task(letter.send(letter.message), context=letter.context)
        except SlackDeliveryError as refusal:
            self._take_back(lane, letter, refusal)
        except Exception as error:  # noqa: BLE001 - whoever waits for the letter is told, and the lane goes on
            _refuse(letter.done, error)
            lane.opens = self._clock() + self._gap
        else:
            if not letter.done.done():
                letter.done.set_result(ts)
            lane.opens = self._clock() + self._gap

    def _take_back(self, lane: _Lane, letter: QueuedMessage, refusal: SlackDeliveryError) -> None:
        """After a refusal: the letter goes back to the head of its lane, or to the one who wrote it."""
        pause = failures.retry_delay(refusal, letter.attempts, harmless_twice=letter.idempotent)
        lane.opens = self._clock() + max(self._gap, pause or 0.0)
        lane.reason = refusal.reason
        if pause is None:
            _refuse(letter.done, refusal)
            return
        newer = lane.letters.pop(letter.key, None)
        if newer is not None:  # it came while the older one was under way
            letter.message, letter.send, letter.context = newer.message, newer.send, newer.context
            letter.done.add_done_callback(lambda ended: _follow(newer.done, ended))
        lane.letters = {letter.key: letter, **lane.letters}
        for late in [each for each in lane.letters.values() if each.deadline < lane.opens]:
            _refuse(lane.letters.pop(late.key).done, SlackDeliveryError(refusal.reason, retry_after=refusal.retry_after))


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


def _refuse(done: asyncio.Future[str], error: Exception) -> None:
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
