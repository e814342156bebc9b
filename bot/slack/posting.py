"""How a message gets into Slack: by the Web API, at Slack's pace, or by a request's `response_url`. Failures are SlackRefusals.

    poster.post, .update, .whisper    through the outbox; each returns when the message stands
    poster.begin                      a message that will be edited soon ("Asking …"); what it says last is what is sent
    reply.show, .edit                 to the one who asked: by response_url, and if that fails as an ephemeral message
    open_view                         a modal

What is sent again after a failure, and what never is: `weather.py`, and ARCHITECTURE.md, "When Slack misbehaves". When Slack
refuses the blocks of a message, its text goes out alone: it says all of it, and the buttons can be missed. A `response_url` takes
five posts within thirty minutes, needs no membership in the channel and returns no message id
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackRefusal
from bot.slack import views, weather
from bot.slack.claims import about_to_answer
from bot.slack.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.language import Language
    from bot.slack.outbox import Letter, Send
    from bot.slack.views import Message

    Blocks = Sequence[dict[str, Any]]

POST_SECONDS = 10

log = structlog.get_logger(__name__)


class Poster:
    """Posts by the Web API."""

    def __init__(self, client: AsyncWebClient, outbox: Outbox | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._outbox = outbox or Outbox()
        self._sparingly = weather.Sparingly(clock)

    async def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Post `message` in `channel`, or in the thread under `thread_ts`. Returns its `ts`. Raises SlackRefusal.

        The reason `answer_lost` says that it may stand there: it is not posted again, and whoever asked is told to look.
        """
        return await self._put_post(channel, message, _answering(self._posting(channel, thread_ts))).ts()

    def begin(self, channel: str, message: Message, thread_ts: str | None = None) -> Post:
        """Queue a message that is not the answer yet, and do not wait for it. Raises SlackRefusal when nothing can be queued."""
        posting = self._posting(channel, thread_ts)
        return Post(self, channel, thread_ts, self._put_post(channel, message, posting), _answering(posting))

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Put `message` in the place of the one that stands at `ts`. Raises SlackRefusal.

        Of several updates of one message that wait their turn, the last is sent.
        """

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_update(channel=channel, ts=ts, text=now.text, blocks=blocks)

            await self._call("chat.update", call, now)
            return ts

        letter = self._outbox.put(channel, "chat.update", message, _answering(send), key=ts, harmless_twice=True)
        await letter.ts()

    async def whisper(self, channel: str, user: str, message: Message, thread_ts: str | None = None) -> None:
        """Show `message` to `user` alone. Raises SlackRefusal."""

        async def send(now: Message) -> str:
            def call(blocks: Blocks) -> Awaitable[AsyncSlackResponse]:
                return self._client.chat_postEphemeral(
                    channel=channel, user=user, text=now.text, blocks=blocks, thread_ts=thread_ts
                )

            return str((await self._call("chat.postEphemeral", call, now)).get("message_ts", ""))

        await self._outbox.put(channel, "chat.postEphemeral", message, _answering(send)).ts()

    async def aclose(self, seconds: float) -> None:
        """Send what waits, at most `seconds` long, and take nothing more."""
        left = await self._outbox.aclose(seconds)
        if left:
            log.warning("slack.outbox_left", messages=left)

    def report(self, event: str, reason: str, **where: str) -> None:
        """Tell the operator of a failure, each kind once a minute."""
        held = self._sparingly.may_say(f"{event} {reason} {where}")
        if held is not None:
            log.warning(event, reason=reason, **where, **({"like_it": held} if held else {}))

    def replace(self, channel: str, letter: Letter, message: Message, send: Send) -> bool:
        """Let `letter` carry `message` instead. False when it has left."""
        if not self._outbox.holds(channel, letter):
            return False
        self._outbox.put(channel, letter.method, message, send, key=letter.key)
        return True

    def _put_post(self, channel: str, message: Message, send: Send) -> Letter:
        return self._outbox.put(channel, "chat.postMessage", message, send)

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
                with refusals():
                    return await call(message.blocks)
            except SlackRefusal as refusal:
                if weather.outlook(refusal.reason) is not weather.Outlook.PLAIN or not message.blocks:
                    raise
                self.report("slack.blocks_refused", refusal.reason, method=method)
            with refusals():
                return await call(())
        except SlackRefusal as refusal:
            self.report("slack.refused", refusal.reason, method=method)
            raise


class Post:
    """A message under way that says something for the moment and will say something else soon."""

    def __init__(self, poster: Poster, channel: str, thread_ts: str | None, letter: Letter, answering: Send) -> None:
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
        except SlackRefusal as refusal:
            if weather.outlook(refusal.reason) is weather.Outlook.NEVER:
                raise
            # What it said for the moment may stand there without a ts to edit it by. The answer itself was never sent.
            return await self._poster.post(self._channel, message, self._thread_ts)
        await self._poster.update(self._channel, ts, message)
        return ts


class Reply:
    """Where the one who typed or clicked reads the answer: the request's `response_url`, or else an ephemeral message.

    `language` is asked for when there is something of our own to say.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        poster: Poster,
        *,
        channel: str,
        user: str,
        language: Callable[[], Language],
    ) -> None:
        # One session for all: a client of its own would open a connection for each post. What may be sent again is decided here.
        self._hook = AsyncWebhookClient(url, session=session, timeout=POST_SECONDS, retry_handlers=[])
        self._poster = poster
        self._channel = channel
        self._user = user
        self._language = language

    async def show(self, message: Message) -> None:
        """Show `message` to the asker alone, as a message of its own. Raises SlackRefusal when neither way works."""
        await about_to_answer()
        try:
            await self._by_hook(message, replace=False)
        except SlackRefusal as refusal:
            self._poster.report("slack.response_url_refused", refusal.reason)
            lost = weather.outlook(refusal.reason) is weather.Outlook.UNKNOWN  # it may be on the screen: not a second time
            unconfirmed = views.unconfirmed(language=self._language())
            await self._poster.whisper(self._channel, self._user, unconfirmed if lost else message)

    async def edit(self, message: Message) -> None:
        """Put `message` in the place of the one that was clicked. Raises SlackRefusal when neither way works."""
        await about_to_answer()
        try:
            try:
                await self._by_hook(message, replace=True)
            except SlackRefusal as refusal:
                if weather.outlook(refusal.reason) is not weather.Outlook.UNKNOWN:
                    raise
                await self._by_hook(message, replace=True)  # the same edit twice is one edit
        except SlackRefusal as refusal:
            self._poster.report("slack.response_url_refused", refusal.reason)
            await self._poster.whisper(self._channel, self._user, message)

    async def _by_hook(self, message: Message, *, replace: bool) -> None:
        try:
            await self._send(message.text, message.blocks, replace=replace)
        except SlackRefusal as refusal:
            if weather.outlook(refusal.reason) is not weather.Outlook.PLAIN or not message.blocks:
                raise
            self._poster.report("slack.blocks_refused", refusal.reason, method="response_url")
            await self._send(message.text, (), replace=replace)

    async def _send(self, text: str, blocks: Blocks, *, replace: bool) -> None:
        with refusals():
            response = await self._hook.send(
                text=text,
                blocks=list(blocks),
                response_type=None if replace else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        if response.status_code != 200:  # noqa: PLR2004 - HTTP OK; an expired or used-up address answers anything else
            raise weather.refusal_by_hook(response.status_code, response.body)


async def open_view(client: AsyncWebClient, trigger_id: str, view: Mapping[str, Any]) -> dict[str, Any]:
    """Open a modal; Slack's copy of it (`id`, `hash`, …). Raises SlackRefusal.

    A trigger lives three seconds: when it was too late, the reason is `expired_trigger_id`, and the person is told to click again
    (https://docs.slack.dev/surfaces/modals). Nothing is tried again: by then it would be too late too.
    """
    with refusals():
        response = await client.views_open(trigger_id=trigger_id, view=dict(view))
    opened: dict[str, Any] = response["view"]
    return opened


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever goes wrong between us and Slack, as a SlackRefusal under its one name."""
    try:
        yield
    except (*weather.TROUBLE, AttributeError) as error:  # slack_sdk takes a plain text for an object, which a proxy may send
        raise weather.refusal_of(error) from error


def _answering(send: Send) -> Send:
    """`send`, once the request that is being answered is ours to answer."""

    async def answer(message: Message) -> str:
        await about_to_answer()
        return await send(message)

    return answer
