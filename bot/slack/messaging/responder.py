"""The answer to a request by its `response_url`, visible to the one who asked; if that fails, as an ephemeral message.

A `response_url` takes five posts within thirty minutes, needs no membership in the channel and returns no message id
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). Where a payload has none, the Web API does it:
the clicked message is edited by its `ts`, unless one person alone sees it.

What is shown beside a message of a thread belongs in that thread. By a `response_url` that is documented for everybody's messages
alone, so there the Web API comes first (https://docs.slack.dev/reference/methods/chat.postEphemeral).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging import failures
from bot.slack.messaging.poster import POST_SECONDS, slack_errors
from bot.slack.messaging.simplest import send_simplest

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from bot.i18n import Language
    from bot.slack.messaging.claims import Claim
    from bot.slack.messaging.poster import Poster
    from bot.slack.views import Message


class ResponseUrlResponder:
    """Answers the person who typed or clicked: by the request's `response_url`, or else by an ephemeral message.

    `language` is asked for when there is something of our own to say.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        poster: Poster,
        *,
        claim: Claim,
        delay: timedelta = timedelta(),
        channel: str,
        user: str,
        language: Callable[[], Language],
        message_ts: str | None = None,
        thread_ts: str | None = None,
        in_place: bool = False,
    ) -> None:
        self._hook = _hook(url, session) if url else None
        self._message_ts = message_ts  # of the message that was clicked, if everybody sees it
        self._thread_ts = thread_ts  # of the thread that the clicked message is a reply in
        self._in_place = in_place  # whatever is shown takes the place of the message that was clicked
        self._poster = poster
        self._claim = claim
        self._delay = delay
        self._channel = channel
        self._user = user
        self._language_of_reader = language

    @property
    def language(self) -> Language:
        """The language of whoever typed or clicked."""
        return self._language_of_reader()

    async def show(self, message: Message) -> None:
        """Answer with a message of its own, for the asker alone.

        Raises SlackDeliveryError when neither way works; ClaimLostError.
        """
        await self._claim.confirm()
        message = views.dated(message, self._delay, language=self.language)
        await (self._edit if self._in_place else self._show)(message, self._claim)

    async def edit(self, message: Message) -> None:
        """Answer in the place of the message that was clicked.

        Raises SlackDeliveryError when neither way works; ClaimLostError.
        """
        await self._claim.confirm()
        await self._edit(message, self._claim)

    async def progress(self, message: Message) -> None:
        """Show a message that is not the answer yet ("Asking …"). Raises SlackDeliveryError."""
        await (self._edit if self._in_place else self._show)(message, None)

    async def edit_progress(self, message: Message) -> None:
        """Edit the message that was clicked, though the answer is still to come. Raises SlackDeliveryError."""
        await self._edit(message, None)

    async def _show(self, message: Message, claim: Claim | None) -> None:
        if self._hook is None:
            await self._alone(message, claim)
            return
        if self._thread_ts is not None:
            try:
                await self._poster.post_ephemeral(self._channel, self._user, message, self._thread_ts, claim=claim)
            except SlackDeliveryError as error:  # such as of a channel that the app is not in: then in the channel
                message = self._instead_of(message, error)
            else:
                return
        try:
            await self._by_hook(self._hook, message, claim, replace=False)
        except SlackDeliveryError as error:
            self._poster.log_throttled("slack.response_url_refused", error.reason)
            await self._alone(self._instead_of(message, error), claim)

    def _instead_of(self, message: Message, error: SlackDeliveryError) -> Message:
        """What to show in another way: a message that may be on the screen already is not shown a second time."""
        is_unconfirmed = failures.classify(error.reason) is failures.FailureKind.UNCONFIRMED
        return views.unconfirmed(language=self.language) if is_unconfirmed else message

    async def _edit(self, message: Message, claim: Claim | None) -> None:
        if self._hook is None:
            await self._update(message, claim)
            return
        try:
            try:
                await self._by_hook(self._hook, message, claim, replace=True)
            except SlackDeliveryError as error:
                if failures.classify(error.reason) is not failures.FailureKind.UNCONFIRMED:
                    raise
                await self._by_hook(self._hook, message, claim, replace=True)  # the same edit twice is one edit
        except SlackDeliveryError as error:
            self._poster.log_throttled("slack.response_url_refused", error.reason)
            await self._alone(message, claim)

    async def _update(self, message: Message, claim: Claim | None) -> None:
        """Edit the clicked message by the Web API."""
        if self._message_ts is None or not self._channel:
            await self._alone(message, claim)
            return
        try:
            await self._poster.update(self._channel, self._message_ts, message, claim=claim)
        except SlackDeliveryError:  # which the outbox tried as often as that may help
            await self._alone(message, claim)

    async def _alone(self, message: Message, claim: Claim | None) -> None:
        """Show it to the asker alone: in the channel or its thread, or where that is not possible as a direct message."""
        if self._channel:
            try:
                await self._poster.post_ephemeral(self._channel, self._user, message, self._thread_ts, claim=claim)
            except SlackDeliveryError as error:
                if (
                    failures.classify(error.reason) is not failures.FailureKind.PERMANENT
                    or error.reason in failures.TOKEN_REFUSED
                ):
                    raise
            else:
                return
        await self._poster.post(self._user, message, claim=claim)

    async def _by_hook(self, hook: AsyncWebhookClient, message: Message, claim: Claim | None, *, replace: bool) -> None:
        def refused(reason: str) -> None:
            self._poster.log_throttled("slack.blocks_refused", reason, method="response_url")

        try:
            await send_simplest(message, lambda form: _send(hook, form, replace=replace), refused)
        except SlackDeliveryError as error:
            if claim is not None:
                claim.failures.append(error.reason)
            raise


def _hook(url: str, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    # One session for all: a client of its own would open a connection for each post. What may be sent again is decided here.
    hook = AsyncWebhookClient(url, session=session, timeout=POST_SECONDS, retry_handlers=[])
    hook.proxy = None  # slack_sdk's own reading of the environment; the session knows the way
    return hook


async def _send(hook: AsyncWebhookClient, message: Message, *, replace: bool) -> None:
    with slack_errors():
        response = await hook.send(
            text=message.text,
            blocks=list(message.blocks),
            response_type=None if replace else "ephemeral",
            replace_original=replace,
            unfurl_links=False,
            unfurl_media=False,
        )
    if response.status_code != 200:  # noqa: PLR2004 - HTTP OK; an expired or used-up address answers anything else
        raise failures.from_response_url(response.status_code, response.body)
