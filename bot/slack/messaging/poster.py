"""How a message gets into Slack by the Web API, at Slack's pace. Failures are SlackRefusals.

    poster.post, .update, .whisper    through the outbox; each returns when the message stands
    poster.begin                      a message that will be edited soon ("Asking …"); what it says last is what is sent
    open_view                         a modal

What is sent again after a failure, and what never is: `weather.py`, and ARCHITECTURE.md, "When Slack misbehaves". When Slack
refuses the blocks of a message, its text goes out alone: it says all of it, and the buttons can be missed.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.outbox import Outbox
from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.slack.messaging.outbox import QueuedMessage, Send
    from bot.slack.views import Message

    Blocks = Sequence[dict[str, Any]]

POST_SECONDS = 10

log = structlog.get_logger(__name__)


class Poster:
    """Posts by the Web API."""

    def __init__(self, client: AsyncWebClient, outbox: Outbox | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._outbox = outbox or Outbox()
        self._throttle = Throttle(clock)

    async def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Post `message` in `channel`, or in the thread under `thread_ts`. Returns its `ts`. Raises SlackRefusal.

        The reason `answer_lost` says that it may stand there: it is not posted again, and whoever asked is told to look.
        """
        return await self._put_post(channel, message, _answering(self._posting(channel, thread_ts))).ts()

    def post_interim(self, channel: str, message: Message, thread_ts: str | None = None) -> PendingMessage:
        """Queue a message that is not the answer yet, and do not wait for it. Raises SlackRefusal when nothing can be queued."""
        posting = self._posting(channel, thread_ts)
        return PendingMessage(self, channel, thread_ts, self._put_post(channel, message, posting), _answering(posting))

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Put `message` in the place of the one that stands at `ts`. Raises SlackRefusal.

        Of several updates of one message that wait their turn, the last is sent.
        """

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_update(channel=channel, ts=ts, text=now.text, blocks=blocks)

            await self._call("chat.update", call, now)
            return ts

        letter = self._outbox.enqueue(channel, "chat.update", message, _answering(send), key=ts, harmless_twice=True)
        await letter.ts()

    async def post_ephemeral(self, channel: str, user: str, message: Message, thread_ts: str | None = None) -> None:
        """Show `message` to `user` alone. Raises SlackRefusal."""

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_postEphemeral(
                    channel=channel, user=user, text=now.text, blocks=blocks, thread_ts=thread_ts
                )

            return str((await self._call("chat.postEphemeral", call, now)).get("message_ts", ""))

        await self._outbox.enqueue(channel, "chat.postEphemeral", message, _answering(send)).ts()

    async def aclose(self, seconds: float) -> None:
        """Send what waits, at most `seconds` long, and take nothing more."""
        left = await self._outbox.aclose(seconds)
        if left:
            log.warning("slack.outbox_left", messages=left)

    def log_throttled(self, event: str, reason: str, **where: str) -> None:
        """Tell the operator of a failure, each kind once a minute."""
        held = self._throttle.admit(f"{event} {reason} {where}")
        if held is not None:
            log.warning(event, reason=reason, **where, **({"like_it": held} if held else {}))

    def replace(self, channel: str, letter: QueuedMessage, message: Message, send: Send) -> bool:
        """Let `letter` carry `message` instead. False when it has left."""
        if not self._outbox.is_queued(channel, letter):
            return False
        self._outbox.enqueue(channel, letter.method, message, send, key=letter.key)
        return True

    def _put_post(self, channel: str, message: Message, send: Send) -> QueuedMessage:
        return self._outbox.enqueue(channel, "chat.postMessage", message, send)

    def _posting(self, channel: str, thread_ts: str | None) -> Send:
        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_postMessage(
                    channel=channel, text=now.text, blocks=blocks, thread_ts=thread_ts, unfurl_links=False, unfurl_media=False
                )

            return str((await self._call("chat.postMessage", call, now))["ts"])

        return send

    async def _call(
        self, method: str, call: Callable[[Blocks], Awaitable[AsyncSlackResponse]], message: Message
    ) -> AsyncSlackResponse:
        try:
            try:
                with slack_errors():
                    return await call(message.blocks)
            except SlackDeliveryError as refusal:
                if failures.classify(refusal.reason) is not failures.FailureKind.BLOCKS_REJECTED or not message.blocks:
                    raise
                self.log_throttled("slack.blocks_refused", refusal.reason, method=method)
            with slack_errors():
                return await call(())
        except SlackDeliveryError as refusal:
            self.log_throttled("slack.refused", refusal.reason, method=method)
            raise


class PendingMessage:
    """A message under way that says something for the moment and will say something else soon."""

    def __init__(self, poster: Poster, channel: str, thread_ts: str | None, letter: QueuedMessage, answering: Send) -> None:
        self._poster = poster
        self._channel = channel
        self._thread_ts = thread_ts
        self._letter = letter
        self._answering = answering

    async def ts(self) -> str:
        """Wait until it stands. Raises SlackRefusal."""
        return await self._letter.ts()

    async def edit(self, message: Message) -> str:
        """Let it say `message`, the answer: posted as that when it still waits, edited when it stands. Returns its `ts`.

        Raises SlackRefusal.
        """
        if self._poster.replace(self._channel, self._letter, message, self._answering):
            return await self._letter.ts()
        try:
            ts = await self._letter.ts()
        except SlackDeliveryError as refusal:
            if failures.classify(refusal.reason) is failures.FailureKind.PERMANENT:
                raise
            # What it said for the moment may stand there without a ts to edit it by. The answer itself was never sent.
            return await self._poster.post(self._channel, message, self._thread_ts)
        await self._poster.update(self._channel, ts, message)
        return ts


async def open_view(client: AsyncWebClient, trigger_id: str, view: Mapping[str, Any]) -> dict[str, Any]:
    """Open a modal; Slack's copy of it (`id`, `hash`, …). Raises SlackRefusal.

    A trigger lives three seconds: when it was too late, the reason is `expired_trigger_id`, and the person is told to click again
    (https://docs.slack.dev/surfaces/modals). Nothing is tried again: by then it would be too late too.
    """
    with slack_errors():
        response = await client.views_open(trigger_id=trigger_id, view=dict(view))
    opened: dict[str, Any] = response["view"]
    return opened


@contextmanager
def slack_errors() -> Iterator[None]:
    """Whatever goes wrong between us and Slack, as a SlackRefusal under its one name."""
    try:
        yield
    except (
        *failures.SLACK_EXCEPTIONS,
        AttributeError,
    ) as error:  # slack_sdk takes a plain text for an object, which a proxy may send
        raise failures.from_exception(error) from error


def _answering(send: Send) -> Send:
    """`send`, once the request that is being answered is ours to answer."""

    async def answer(message: Message) -> str:
        await about_to_answer()
        return await send(message)

    return answer
