"""Posts, updates and ephemeral messages by the Web API, at Slack's pace. Every failure is a SlackDeliveryError.

    Poster.post, .update, .post_ephemeral   through the outbox; each returns when Slack has the message
    Poster.post_interim                     a message that will be edited soon ("Asking …"); what it says last is what is sent
    open_view                               a modal

Whatever answers a request is given its `Claim`, which is confirmed just before it is sent; `None` is for what is no answer.
What is sent again after a failure, and what never is: `failures.py`, and ARCHITECTURE.md, "When Slack misbehaves". When Slack
refuses the blocks of a message, simpler ones follow (`views/simpler.py`): the buttons stay as long as they can.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import LRUCache
from structlog.contextvars import bound_contextvars, get_contextvars

from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.slack.messaging.outbox import Outbox
from bot.slack.messaging.simplest import send_simplest
from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.slack.messaging.claims import Claim
    from bot.slack.messaging.outbox import QueuedMessage, Send
    from bot.slack.views import Message

    Blocks = Sequence[dict[str, Any]]

POST_SECONDS = 10
MAX_CONVERSATIONS = 2_000

log = structlog.get_logger(__name__)


class Poster:
    """Posts by the Web API."""

    def __init__(self, client: AsyncWebClient, outbox: Outbox | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._outbox = outbox or Outbox()
        self._throttle = Throttle(clock)
        # With people, by their id, which Slack takes for a post and not for an edit.
        self._conversations: LRUCache[str, str] = LRUCache(MAX_CONVERSATIONS)

    async def post(self, channel: str, message: Message, thread_ts: str | None = None, *, claim: Claim | None) -> str:
        """Post `message` in `channel`, or in the thread under `thread_ts`. Returns its `ts`.

        Raises SlackDeliveryError, ClaimLostError. The reason `answer_lost` says that it may have been posted: it is not posted
        again, and whoever asked is told to look.
        """
        return await _delivered(
            self._enqueue_post(channel, message, _confirming(self._posting(channel, thread_ts), claim)), claim
        )

    async def post_direct(self, user: str, message: Message, *, claim: Claim | None) -> tuple[str, str]:
        """Post `message` to a person. Returns the direct message's channel, by which it can be edited, and the message's `ts`.

        Raises SlackDeliveryError, ClaimLostError.
        """
        channels: list[str] = []
        posting = _confirming(self._posting(user, None, channels.append), claim)
        ts = await _delivered(self._enqueue_post(user, message, posting), claim)
        return (channels[-1] if channels else "") or user, ts

    def post_interim(
        self, channel: str, message: Message, thread_ts: str | None = None, *, claim: Claim | None
    ) -> PendingMessage:
        """Queue a message that is not the answer yet; it will be, by `claim`. Does not wait for it.

        Raises SlackDeliveryError when nothing can be queued.
        """
        posting = self._posting(channel, thread_ts)
        queued = self._enqueue_post(channel, message, _in_log_context(posting))
        confirming = _confirming(posting, claim)
        return PendingMessage(self, channel, thread_ts, queued=queued, send=confirming, claim=claim)

    async def update(self, channel: str, ts: str, message: Message, *, claim: Claim | None) -> None:
        """Replace the message at `ts`. Of several updates of one message that wait, the last is sent.

        Raises SlackDeliveryError, ClaimLostError.
        """

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                where = self._conversations.get(channel, channel)
                return self._client.chat_update(channel=where, ts=ts, text=now.text, blocks=blocks)

            await self._call("chat.update", call, now)
            return ts

        queued = self._outbox.enqueue(channel, "chat.update", message, _confirming(send, claim), key=ts, idempotent=True)
        await _delivered(queued, claim)

    async def post_ephemeral(
        self, channel: str, user: str, message: Message, thread_ts: str | None = None, *, claim: Claim | None
    ) -> None:
        """Show `message` to `user` alone. Raises SlackDeliveryError, ClaimLostError."""

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_postEphemeral(
                    channel=channel, user=user, text=now.text, blocks=blocks, thread_ts=thread_ts
                )

            return str((await self._call("chat.postEphemeral", call, now)).get("message_ts", ""))

        await _delivered(self._outbox.enqueue(channel, "chat.postEphemeral", message, _confirming(send, claim)), claim)

    async def aclose(self, seconds: float) -> None:
        """Send what waits, at most `seconds` long, and take nothing more."""
        undelivered = await self._outbox.aclose(seconds)
        if undelivered:
            log.warning("outbox.undelivered", messages=undelivered)

    def log_throttled(self, event: str, reason: str, **where: str) -> None:
        """Log throttle: one line a minute for each kind of failure, with the number suppressed."""
        suppressed = self._throttle.admit(f"{event} {reason} {where}")
        if suppressed is not None:
            log.warning(event, reason=reason, **where, **({"suppressed": suppressed} if suppressed else {}))

    def replace(self, channel: str, queued: QueuedMessage, message: Message, send: Send) -> bool:
        """Send `message` in the place of a queued one. False when that was sent already."""
        if not self._outbox.is_queued(channel, queued):
            return False
        self._outbox.enqueue(channel, queued.method, message, send, key=queued.key)
        return True

    def _enqueue_post(self, channel: str, message: Message, send: Send) -> QueuedMessage:
        return self._outbox.enqueue(channel, "chat.postMessage", message, send)

    def _posting(self, channel: str, thread_ts: str | None, told: Callable[[str], object] = str) -> Send:
        """`told` hears in which channel it is: a person's id names their direct message."""

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_postMessage(
                    channel=channel, text=now.text, blocks=blocks, thread_ts=thread_ts, unfurl_links=False, unfurl_media=False
                )

            posted = await self._call("chat.postMessage", call, now)
            if isinstance(where := posted.get("channel"), str) and where != channel:
                self._conversations[channel] = where
            told(str(posted.get("channel") or ""))
            return str(posted.get("ts") or "")  # it is posted, whatever else is told

        return send

    async def _call(
        self, method: str, call: Callable[[Blocks], Awaitable[AsyncSlackResponse]], message: Message
    ) -> AsyncSlackResponse:
        async def send(form: Message) -> AsyncSlackResponse:
            with slack_errors():
                return await call(form.blocks)

        try:
            return await send_simplest(
                message, send, lambda reason: self.log_throttled("slack.blocks_refused", reason, method=method)
            )
        except SlackDeliveryError as error:
            self.log_throttled("slack.refused", error.reason, method=method)
            raise


class PendingMessage:
    """A message on its way that says something for the moment ("Asking …") and will be the answer soon."""

    def __init__(
        self, poster: Poster, channel: str, thread_ts: str | None, *, queued: QueuedMessage, send: Send, claim: Claim | None
    ) -> None:
        self._poster = poster
        self._channel = channel
        self._thread_ts = thread_ts
        self._queued = queued
        self._send = send
        self._claim = claim

    async def ts(self) -> str:
        """Wait until it is posted. Raises SlackDeliveryError."""
        return await self._queued.ts()

    async def edit(self, message: Message) -> str:
        """Make it say `message`, the answer: posted as that while it is queued, edited once it is posted. Returns its `ts`.

        Raises SlackDeliveryError, ClaimLostError.
        """
        if self._poster.replace(self._channel, self._queued, message, self._send):
            return await _delivered(self._queued, self._claim)
        try:
            ts = await self._queued.ts()
        except SlackDeliveryError as error:
            if failures.classify(error.reason) is failures.FailureKind.PERMANENT:
                raise
            # The interim message may be there without a ts to edit it by. The answer itself was never sent.
            return await self._poster.post(self._channel, message, self._thread_ts, claim=self._claim)
        await self._poster.update(self._channel, ts, message, claim=self._claim)
        return ts


async def open_view(client: AsyncWebClient, trigger_id: str, view: Mapping[str, Any]) -> dict[str, Any]:
    """Open a modal; returns Slack's copy of it (`id`, `hash`, …), as far as it is told. Raises SlackDeliveryError.

    A trigger lives three seconds: when it was too late, the reason is `expired_trigger_id`, and the person is told to click again
    (https://docs.slack.dev/surfaces/modals). Nothing is tried again: by then it would be too late too.
    """
    with slack_errors():
        response = await client.views_open(trigger_id=trigger_id, view=dict(view))
    opened = response.get("view")
    return opened if isinstance(opened, dict) else {}


@contextmanager
def slack_errors() -> Iterator[None]:
    """Turns every failure of a call to Slack into SlackDeliveryError, under its one reason."""
    try:
        yield
    # AttributeError: slack_sdk takes a plain text for an object, which a proxy may send.
    except (*failures.SLACK_EXCEPTIONS, AttributeError) as error:
        raise failures.from_exception(error) from error


async def _delivered(queued: QueuedMessage, claim: Claim | None) -> str:
    """Wait for delivery; the claim remembers a failure, since whoever asked may be told in another way."""
    try:
        return await queued.ts()
    except SlackDeliveryError as error:
        if claim is not None:
            claim.failures.append(error.reason)
        raise


def _confirming(send: Send, claim: Claim | None) -> Send:
    """`send`, once `claim` is confirmed. Updates that were merged are sent by the newest one's claim."""

    async def confirm_and_send(message: Message) -> str:
        if claim is not None:
            await claim.confirm()
        return await send(message)

    return _in_log_context(confirm_and_send)


def _in_log_context(send: Send) -> Send:
    """`send` with the log context of the request that is being answered: the outbox's tasks serve many."""
    context = get_contextvars()

    async def send_in_context(message: Message) -> str:
        with bound_contextvars(**context):
            return await send(message)

    return send_in_context
