"""Opens modals, publishes the Home tab and fetches permalinks by the Web API. Every failure is a `SlackDeliveryError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.slack.messaging.poster import open_view, slack_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.messaging.claims import Claim

log = structlog.get_logger(__name__)


class ViewClient:
    """Opens modals, publishes the Home tab, fails steps."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, trigger_id: str, view: Mapping[str, Any], *, claim: Claim) -> None:
        """Open a modal for whoever pressed or chose something. Raises SlackDeliveryError, ClaimLostError.

        A trigger lives three seconds and works once (https://docs.slack.dev/surfaces/modals). None at all is as one that is over.
        """
        if not trigger_id:
            raise SlackDeliveryError("expired_trigger_id")
        await claim.confirm()
        await open_view(self._client, trigger_id, view)

    async def publish(self, user: str, view: Mapping[str, Any], *, claim: Claim | None) -> None:
        """Publish the Home tab of `user`; without a claim it is not the answer. Raises SlackDeliveryError, ClaimLostError."""
        if claim is not None:
            await claim.confirm()
        with slack_errors():
            await self._client.views_publish(user_id=user, view=dict(view))

    async def fail_step(self, execution: str, error: str, *, claim: Claim) -> None:
        """Fail a step of Workflow Builder. Raises SlackDeliveryError, ClaimLostError."""
        await claim.confirm()
        with slack_errors():
            await self._client.functions_completeError(function_execution_id=execution, error=error)

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty when Slack does not tell."""
        try:
            with slack_errors():
                response = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackDeliveryError as error:
            log.info("slack.permalink_refused", reason=error.reason)
            return ""
        return str(response.get("permalink") or "")
