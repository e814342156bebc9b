"""The windows that open over Slack and the Home tab, by the Web API; and links to messages. Every failure is a `SlackRefusal`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackRefusal
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.poster import open_view, refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)


class Panes:
    """Opens windows and fills the Home tab."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a window for whoever pressed or chose something. Raises SlackRefusal.

        A trigger lives three seconds and works once (https://docs.slack.dev/surfaces/modals).
        """
        await about_to_answer()
        await open_view(self._client, trigger_id, view)

    async def publish(self, user: str, view: Mapping[str, Any]) -> None:
        """Show `view` as the Home tab of `user`. Raises SlackRefusal."""
        with refusals():
            await self._client.views_publish(user_id=user, view=dict(view))

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty when Slack does not tell."""
        try:
            with refusals():
                response = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackRefusal as refusal:
            log.info("slack.permalink_refused", reason=refusal.reason)
            return ""
        return str(response.get("permalink") or "")
