"""How a message gets into Slack: by a request's `response_url`, or by the Web API. Every failure is a `SlackRefusal`.

A `response_url` takes five posts within thirty minutes, needs no membership in the channel and returns no message id
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackRefusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.views import Message

POST_SECONDS = 10

log = structlog.get_logger(__name__)


class Poster:
    """Posts by the Web API."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(self, channel: str, message: Message) -> str:
        """Post `message` in `channel` as the root of a thread. Returns its `ts`. Raises SlackRefusal."""
        with _refusals():
            response = await self._client.chat_postMessage(
                channel=channel, text=message.text, blocks=list(message.blocks), unfurl_links=False, unfurl_media=False
            )
        return str(response["ts"])

    async def whisper(self, channel: str, user: str, message: Message) -> None:
        """Show `message` to `user` alone. Raises SlackRefusal."""
        with _refusals():
            await self._client.chat_postEphemeral(channel=channel, user=user, text=message.text, blocks=list(message.blocks))


class Reply:
    """Where the one who typed or clicked reads the answer: the request's `response_url`, or else an ephemeral message."""

    def __init__(self, url: str, session: aiohttp.ClientSession, poster: Poster, *, channel: str, user: str) -> None:
        # One session for all: a client of its own would open a connection for each post. No retries: a post whose answer
        # was lost may have been shown.
        self._hook = AsyncWebhookClient(url, session=session, timeout=POST_SECONDS, retry_handlers=[])
        self._poster = poster
        self._channel = channel
        self._user = user

    async def show(self, message: Message) -> None:
        """Show `message` to the asker alone, as a message of its own. Raises SlackRefusal when neither way works."""
        await self._send(message, replace=False)

    async def edit(self, message: Message) -> None:
        """Put `message` in the place of the one that was clicked. Raises SlackRefusal when neither way works."""
        await self._send(message, replace=True)

    async def _send(self, message: Message, *, replace: bool) -> None:
        try:
            await self._by_hook(message, replace=replace)
        except SlackRefusal as refusal:
            log.warning("slack.response_url_refused", reason=refusal.reason)
            await self._poster.whisper(self._channel, self._user, message)

    async def _by_hook(self, message: Message, *, replace: bool) -> None:
        with _refusals():
            response = await self._hook.send(
                text=message.text,
                blocks=list(message.blocks),
                response_type=None if replace else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        if response.status_code != 200:  # noqa: PLR2004 - HTTP OK; an expired or used-up address answers anything else
            raise SlackRefusal(response.body.strip()[:80] or f"HTTP {response.status_code}")


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever goes wrong between us and Slack, as a SlackRefusal with Slack's own name for it where there is one."""
    try:
        yield
    except SlackApiError as error:
        data = error.response.data if isinstance(error.response.data, dict) else {}
        after = str(error.response.headers.get("Retry-After", ""))
        reason = str(data.get("error") or f"HTTP {error.response.status_code}")
        raise SlackRefusal(reason, retry_after=float(after) if after.isdigit() else None) from error
    except (SlackClientError, TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SlackRefusal(type(error).__name__) from error
