"""Where an answer is given by the Web API: one message in a thread, a channel or a direct message, posted and then edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.errors import SlackDeliveryError
from bot.slack.messaging.failures import FailureKind, classify
from bot.slack.state.answers import Thread

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.slack.locales import LocaleResolver, ReaderLocale
    from bot.slack.messaging.poster import PendingMessage, Poster
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.views import Message

_PEOPLE = ("U", "W")  # Slack posts to a person's id, into their direct message with the bot, but edits nothing there by it
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class AnswerMessage:
    """One place for one answer: `progress` and `post` are the same message."""

    poster: Poster = field(repr=False)
    readers: LocaleResolver = field(repr=False)
    team: str
    channel: str
    user: str  # who asked
    thread_ts: str | None = None  # the thread to answer in; None: the answer stands in the conversation itself
    ephemeral_thread_ts: str | None = None  # the thread to whisper in: Slack shows no whisper in a thread that has only its root
    fallback_responder: ResponseUrlResponder | None = None  # to the asker alone, where the app is not a member
    message_ts: str | None = None  # of the message, once it is posted
    interim: PendingMessage | None = field(default=None, repr=False)

    @property
    def is_direct(self) -> bool:
        """Whether it is the direct message with the asker, where nobody else reads along."""
        return is_direct(self.channel)

    @property
    def thread(self) -> Thread:
        """What follow-ups belong to. A direct message is one thread as a whole; elsewhere the answer begins one."""
        return Thread(self.team, self.channel, self.thread_ts or ("" if self.is_direct else self.message_ts or ""))

    @property
    def audience(self) -> ReaderLocale:
        """For whom it is written what is posted here: the asker where nobody else reads along, else the channel."""
        return self.readers.cached(self.user) if self.is_direct else self.readers.of_channel(self.channel)

    @property
    def posted_language(self) -> Language:
        """The language of what is posted here."""
        return self.audience.language

    @property
    def language(self) -> Language:
        """The language of what `show` would say now: the channel's where a message for all stands already."""
        return self.posted_language if self._stands else self.readers.cached(self.user).language

    @property
    def _stands(self) -> bool:
        return self.message_ts is not None or self.interim is not None

    async def progress(self, message: Message) -> None:
        """Say for the moment that it takes a while. Raises SlackRefusal."""
        if not self.channel.startswith(_PEOPLE):
            self.interim = self.poster.post_interim(self.channel, message, self.thread_ts)

    async def post(self, message: Message) -> None:
        """Post `message`, or put it in the place of what was said before. Raises SlackRefusal."""
        if self.interim is not None and self.message_ts is None:
            self.message_ts = await self.interim.edit(message)
            return
        if self.message_ts is not None:
            try:
                await self.poster.update(self.channel, self.message_ts, message)
            except SlackDeliveryError as refusal:
                if refusal.reason not in _GONE:
                    raise
            else:
                return
        self.message_ts = await self.poster.post(self.channel, message, self.thread_ts)

    async def show(self, message: Message) -> None:
        """Tell the asker what went wrong: in the message that stands already, or else to them alone. Raises SlackRefusal."""
        if self.is_direct or self._stands:
            await self.post(message)
        else:
            await self.post_ephemeral(message)

    async def post_ephemeral(self, message: Message) -> None:
        """Show `message` to the asker alone: here if possible, or else as a direct message. Raises SlackRefusal."""
        if self.fallback_responder is not None:
            await self.fallback_responder.show(message)
            return
        try:
            await self.poster.post_ephemeral(self.channel, self.user, message, self.ephemeral_thread_ts)
        except SlackDeliveryError as refusal:
            if is_unconfirmed(refusal):
                raise
            log.info("slack.whisper_refused", reason=refusal.reason)
            await self.poster.post(self.user, message)


def is_direct(channel: str) -> bool:
    """Whether an id is that of a direct message between two."""
    return channel.startswith(("D", *_PEOPLE))


def is_unconfirmed(refusal: SlackDeliveryError) -> bool:
    """Whether the message may stand there all the same, so that it must not be said in another way too."""
    return classify(refusal.reason) is FailureKind.UNCONFIRMED
