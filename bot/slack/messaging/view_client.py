"""Opens modals, publishes the Home tab and fetches permalinks by the Web API. Every failure is a `SlackDeliveryError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.slack.messaging.claims import about_to_answer
from bot.slack.messaging.poster import open_view, slack_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)


class ViewClient:
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
        with slack_errors():
            await self._client.views_publish(user_id=user, view=dict(view))

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty when Slack does not tell."""
        try:
            with slack_errors():
                response = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackDeliveryError as refusal:
            log.info("slack.permalink_refused", reason=refusal.reason)
            return ""
        return str(response.get("permalink") or "")
