"""One answer given by the Web API: a message in a thread, a channel or a direct message, posted and then edited."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.messaging.failures import FailureKind, classify
from bot.slack.state.answer_record import Thread

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.slack.locales import LocaleResolver, ReaderLocale
    from bot.slack.messaging.claims import Claim
    from bot.slack.messaging.poster import PendingMessage, Poster
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.views import Message

_PEOPLE = ("U", "W")  # Slack posts to a person's id, into their direct message with the bot, but edits nothing there by it
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class AnswerMessage:
    """One message for one answer: `progress` and `post` are the same message. Confirms `claim` when it answers."""

    poster: Poster = field(repr=False)
    locales: LocaleResolver = field(repr=False)
    claim: Claim = field(repr=False)
    team: str
    channel: str
    user: str  # who asked
    thread_ts: str | None = None  # the thread to answer in; None: in the conversation itself
    ephemeral_thread_ts: str | None = None  # Slack shows no ephemeral message in a thread that has only its root
    fallback_responder: ResponseUrlResponder | None = None  # to the asker alone, where the app is not a member
    message_ts: str | None = None  # once it is posted
    delay: timedelta = timedelta()  # how long ago it was asked, if that is to be said
    interim: PendingMessage | None = field(default=None, repr=False)

    @property
    def is_direct(self) -> bool:
        """Whether it is in the direct message with the asker, where nobody else reads along."""
        return is_direct(self.channel)

    @property
    def thread(self) -> Thread:
        """What follow-ups belong to. A direct message is one thread as a whole; elsewhere the answer begins one."""
        return Thread(self.team, self.channel, self.thread_ts or ("" if self.is_direct else self.message_ts or ""))

    @property
    def audience(self) -> ReaderLocale:
        """For whom it is written: the asker where nobody else reads along, else the channel."""
        return self.locales.cached(self.user) if self.is_direct else self.locales.of_channel(self.channel)

    @property
    def posted_language(self) -> Language:
        """The language of what is posted."""
        return self.audience.language

    @property
    def language(self) -> Language:
        """The language of what `show` would say now: the channel's where a message for all is posted already."""
        return self.posted_language if self._is_posted else self.locales.cached(self.user).language

    @property
    def _is_posted(self) -> bool:
        return self.message_ts is not None or self.interim is not None

    async def progress(self, message: Message) -> None:
        """Post a message that is not the answer yet ("Asking …"). Raises SlackDeliveryError."""
        if self.message_ts is not None or not self.channel.startswith(_PEOPLE):
            await self.show_progress(message)

    async def show_progress(self, message: Message) -> None:
        """The same, also to a person: worth a second message there when it takes minutes. Raises SlackDeliveryError."""
        await self._know_ts()
        if self.message_ts is not None:
            await self._update_or_post(message, None)
        else:
            self.interim = self.poster.post_interim(self.channel, message, self.thread_ts, claim=self.claim)

    async def posted_ts(self) -> str | None:
        """The `ts` of what was posted, once Slack has told it; None if nothing was posted, or Slack refused it."""
        with suppress(SlackDeliveryError):  # said by whoever shows something next
            await self._know_ts()
        return self.message_ts

    async def _know_ts(self) -> None:
        """Wait for the first message, if it is on its way. Raises SlackDeliveryError."""
        if self.message_ts is None and self.interim is not None:
            self.message_ts = await self.interim.ts()

    async def progress_alone(self, message: Message) -> None:
        """Tell the asker alone what is not the answer yet. Raises SlackDeliveryError."""
        if self.is_direct:
            await self.progress(message)
        elif self.fallback_responder is not None:
            await self.fallback_responder.progress(message)
        else:
            await self.poster.post_ephemeral(self.channel, self.user, message, self.ephemeral_thread_ts, claim=None)

    async def edit_progress(self, message: Message) -> None:
        """Edit the message that was posted before, though the answer is still to come. Raises SlackDeliveryError."""
        if self.message_ts is None:
            await self.progress(message)
        else:
            await self._update_or_post(message, None)

    async def post(self, message: Message) -> None:
        """Post the answer, in the place of what was posted before. Raises SlackDeliveryError, ClaimLostError."""
        message = views.dated(message, self.delay, language=self.posted_language)
        if self.interim is not None and self.message_ts is None:
            self.message_ts = await self.interim.edit(message)
        else:
            await self._update_or_post(message, self.claim)

    async def _update_or_post(self, message: Message, claim: Claim | None) -> None:
        if self.message_ts is not None:
            try:
                await self.poster.update(self.channel, self.message_ts, message, claim=claim)
            except SlackDeliveryError as error:
                if error.reason not in _GONE:
                    raise
            else:
                return
        self.message_ts = await self.poster.post(self.channel, message, self.thread_ts, claim=claim)

    async def show(self, message: Message) -> None:
        """Tell the asker: in the message that is posted already, or else to them alone.

        Raises SlackDeliveryError, ClaimLostError.
        """
        if self.is_direct or self._is_posted:
            await self.post(message)
        else:
            await self.post_ephemeral(message)

    async def post_ephemeral(self, message: Message) -> None:
        """Show `message` to the asker alone: here if possible, or else as a direct message.

        Raises SlackDeliveryError, ClaimLostError.
        """
        message = views.dated(message, self.delay, language=self.locales.cached(self.user).language)
        if self.fallback_responder is not None:
            await self.fallback_responder.show(message)
            return
        try:
            await self.poster.post_ephemeral(self.channel, self.user, message, self.ephemeral_thread_ts, claim=self.claim)
        except SlackDeliveryError as error:
            if is_unconfirmed(error):
                raise
            log.info("slack.ephemeral_refused", reason=error.reason)
            await self.poster.post(self.user, message, claim=self.claim)


def is_direct(channel: str) -> bool:
    """Whether an id is that of a direct message between two."""
    return channel.startswith("D") or is_person(channel)


def is_person(channel: str) -> bool:
    """Whether an id is a person's, by which Slack finds the direct message with them. No thread can be told by it."""
    return channel.startswith(_PEOPLE)


def is_unconfirmed(error: SlackDeliveryError) -> bool:
    """True if delivery is unconfirmed, so the message must not be sent by another route."""
    return classify(error.reason) is FailureKind.UNCONFIRMED
