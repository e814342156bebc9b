"""For whom a message is written: in whose time zone, and in which language.

A message for one person is in the language that they have set in Slack, and in their zone. One that a channel reads is in the
channel's language, and what is written out of its times, beside Slack's date tokens, in the configured zone: whoever refreshes
it leaves nothing of their own in it. What Slack says of a person is asked for and cached by the access directory; without
its scope, or when Slack does not answer, the configured zone and the language of the workspace are used.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from cachetools import LRUCache, TTLCache

from bot.i18n import get_language
from bot.slack.access.policy import Profile

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.slack.access.policy import UnverifiedProfile
    from bot.timing.clock import Clock

ASK_SECONDS = 1.0  # an answer in the configured zone beats a late one
PAUSE_SECONDS = 30.0  # before a person is waited for again whom Slack did not tell in time
MAX_READERS = 10_000

log = structlog.get_logger(__name__)


class Profiles(Protocol):
    """What Slack says of people."""

    def at_hand(self, user: str) -> Profile | UnverifiedProfile | None:
        """The cached profile, without asking Slack; None: there is none."""

    async def profile(self, user: str) -> Profile | UnverifiedProfile:
        """What Slack says of a person. Never raises."""


class LanguageSettings(Protocol):
    """Language settings."""

    def language_of(self, code: str) -> str:
        """The language of somebody whose Slack has this locale; of somebody who is not known, when it is empty."""

    def channel_language_for(self, channel: str) -> str:
        """The language of what all of a channel reads."""


@dataclass(frozen=True, slots=True)
class ReaderLocale:
    """Who reads a message."""

    zone: ZoneInfo
    language: Language


class LocaleResolver:
    """Resolves the time zone and language of a person or a channel."""

    def __init__(self, profiles: Profiles, zone: ZoneInfo, languages: LanguageSettings, clock: Clock) -> None:
        self._profiles = profiles
        self._zone = zone
        self._languages = languages
        self._last: LRUCache[str, ReaderLocale] = LRUCache(MAX_READERS)  # as they were last, however long ago
        self._late: TTLCache[str, bool] = TTLCache(MAX_READERS, PAUSE_SECONDS, timer=lambda: clock().timestamp())

    async def resolve(self, user: str, patience: float = ASK_SECONDS) -> ReaderLocale:
        """The locale of a person; after `patience` seconds the cached or default one. Never raises."""
        if isinstance(self._profiles.at_hand(user), Profile) or user in self._late:
            return self.cached(user)
        try:
            async with asyncio.timeout(patience):
                told = isinstance(await self._profiles.profile(user), Profile)
        except TimeoutError:
            told = False
        if not told:
            self._late[user] = True
            log.warning("slack.locale_unknown")
        return self.cached(user)

    def cached(self, user: str) -> ReaderLocale:
        """The same without asking Slack: the current or last known locale, or the default one."""
        profile = self._profiles.at_hand(user)
        if isinstance(profile, Profile):
            self._last[user] = ReaderLocale(self._zone_called(profile.zone), self._language_of(profile.locale))
        last: ReaderLocale | None = self._last.get(user)
        return last or ReaderLocale(self._zone, self._language_of(""))

    def of_channel(self, channel: str) -> ReaderLocale:
        """All who read along in a channel. Each has a zone of their own, so what is written out is in the configured one."""
        return ReaderLocale(self._zone, self.in_channel(channel))

    def in_channel(self, channel: str) -> Language:
        """The language of what all of a channel reads."""
        return get_language(self._languages.channel_language_for(channel))

    def _zone_called(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name) if name else self._zone
        except (ValueError, OSError, ZoneInfoNotFoundError):
            return self._zone

    def _language_of(self, locale: str) -> Language:
        return get_language(self._languages.language_of(locale))
