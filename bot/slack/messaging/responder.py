"""The answer to a request by its `response_url`, visible to the one who asked; if that fails, as an ephemeral message.

A `response_url` takes five posts within thirty minutes, needs no membership in the channel and returns no message id
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging import failures
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.poster import POST_SECONDS, slack_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import aiohttp

    from bot.i18n import Language
    from bot.slack.messaging.poster import Poster
    from bot.slack.views import Message


class ResponseUrlResponder:
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
        self._hook.proxy = None  # slack_sdk's own reading of the environment; the session knows the way
        self._poster = poster
        self._channel = channel
        self._user = user
        self._language_of_reader = language

    @property
    def language(self) -> Language:
        """The language of whoever typed or clicked."""
        return self._language_of_reader()

    async def show(self, message: Message) -> None:
        """Show `message` to the asker alone, as a message of its own. Raises SlackRefusal when neither way works."""
        await about_to_answer()
        try:
            await self._by_hook(message, replace=False)
        except SlackDeliveryError as refusal:
            self._poster.log_throttled("slack.response_url_refused", refusal.reason)
            lost = (
                failures.classify(refusal.reason) is failures.FailureKind.UNCONFIRMED
            )  # it may be on the screen: not a second time
            unconfirmed = views.unconfirmed(language=self.language)
            await self._poster.post_ephemeral(self._channel, self._user, unconfirmed if lost else message)

    async def edit(self, message: Message) -> None:
        """Put `message` in the place of the one that was clicked. Raises SlackRefusal when neither way works."""
        await about_to_answer()
        try:
            try:
                await self._by_hook(message, replace=True)
            except SlackDeliveryError as refusal:
                if failures.classify(refusal.reason) is not failures.FailureKind.UNCONFIRMED:
                    raise
                await self._by_hook(message, replace=True)  # the same edit twice is one edit
        except SlackDeliveryError as refusal:
            self._poster.log_throttled("slack.response_url_refused", refusal.reason)
            await self._poster.post_ephemeral(self._channel, self._user, message)

    async def _by_hook(self, message: Message, *, replace: bool) -> None:
        try:
            await self._send(message.text, message.blocks, replace=replace)
        except SlackDeliveryError as refusal:
            if failures.classify(refusal.reason) is not failures.FailureKind.BLOCKS_REJECTED or not message.blocks:
                raise
            self._poster.log_throttled("slack.blocks_refused", refusal.reason, method="response_url")
            await self._send(message.text, (), replace=replace)

    async def _send(self, text: str, blocks: Sequence[dict[str, Any]], *, replace: bool) -> None:
        with slack_errors():
            response = await self._hook.send(
                text=text,
                blocks=list(blocks),
                response_type=None if replace else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        if response.status_code != 200:  # noqa: PLR2004 - HTTP OK; an expired or used-up address answers anything else
            raise failures.from_response_url(response.status_code, response.body)
