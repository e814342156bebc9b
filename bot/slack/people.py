"""Who asks: the time zone that the asker has set in Slack, remembered for an hour.

Needs the scope `users:read`; without it, or when Slack does not answer, the configured zone is used.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
import structlog
from cachetools import TTLCache
from slack_sdk.errors import SlackClientError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.clock import Clock

KEEP_SECONDS = 3600.0
FAILED_SECONDS = 30.0  # before Slack is asked again after it did not answer
ASK_SECONDS = 1.0
MAX_PEOPLE = 10_000

log = structlog.get_logger(__name__)


class People:
    """Looks askers up."""

    def __init__(self, client: AsyncWebClient, default_zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._default = default_zone
        self._zones: TTLCache[str, ZoneInfo] = TTLCache(MAX_PEOPLE, KEEP_SECONDS, timer=lambda: clock().timestamp())
        self._failed: TTLCache[str, bool] = TTLCache(MAX_PEOPLE, FAILED_SECONDS, timer=lambda: clock().timestamp())

    async def zone(self, user: str) -> ZoneInfo:
        """The user's time zone, or the configured one. Never raises."""
        known: ZoneInfo | None = self._zones.get(user)
        if known is None and user not in self._failed:
            known = await self._ask(user)
            if known is None:
                self._failed[user] = True
            else:
                self._zones[user] = known
        return known or self._default

    def known_zone(self, user: str) -> ZoneInfo:
        """The same without asking Slack: the user's time zone if it was asked for before."""
        known: ZoneInfo | None = self._zones.get(user)
        return known or self._default

    async def _ask(self, user: str) -> ZoneInfo | None:
        """The zone as Slack tells it, within a second: an answer in the configured zone beats a late one."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                response = await self._client.users_info(user=user)
            return ZoneInfo(str(response["user"]["tz"]))
        except (SlackClientError, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("slack.zone_unknown", reason=type(error).__name__)
            return None
        except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError):
            return self._default  # a bot, or a profile without a zone
