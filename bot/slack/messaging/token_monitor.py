"""Monitors the bot token's validity from every Web API response.

A token that was revoked fails everywhere at once: askers get their answers by response_url or not at all, and only the operator
can help. So the log says it once, and /readyz until Slack takes the token again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from slack_sdk.http_retry.async_handler import AsyncRetryHandler

from bot.slack.messaging import failures

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState
    from slack_sdk.web.async_client import AsyncWebClient

PROBE_SECONDS = 30.0
_OF_THE_APP_TOKEN = "apps.connections.open"  # noqa: S105 - a method's name

log = structlog.get_logger(__name__)


class TokenMonitor(AsyncRetryHandler):
    """Sits among a client's retry handlers, where slack_sdk shows every answer, and never asks for a retry."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._asked = 0.0
        self._was_taken = False  # until then the start itself tells what is wrong
        self.refused: str | None = None  # Slack's word for it

    async def can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - slack_sdk calls with these
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        """Look at an answer. Always False."""
        body = response.body if response is not None else None
        if isinstance(body, dict) and not request.url.endswith(_OF_THE_APP_TOKEN):
            self._read(None if body.get("ok") else str(body.get("error")))
        return False

    async def not_ready(self, client: AsyncWebClient) -> str | None:
        """Readiness error while the token is rejected; probes `auth.test` now and then, so that an idle app recovers."""
        if self.refused is not None and self._clock() - self._asked >= PROBE_SECONDS:
            self._asked = self._clock()
            try:
                await client.auth_test()
            except failures.SLACK_EXCEPTIONS as error:
                log.info("slack.token_probed", reason=failures.from_exception(error).reason)
        return f"Slack refuses the bot token ({self.refused})" if self.refused is not None else None

    def _read(self, error: str | None) -> None:
        if error in failures.TOKEN_REFUSED:
            if self.refused is None and self._was_taken:
                log.error("slack.token_refused", reason=error, action="set SLACK_BOT_TOKEN anew, then restart")
                self._asked = self._clock()
            self.refused = error
        elif error is None:
            if self.refused is not None:
                log.info("slack.token_accepted_again")
            self.refused, self._was_taken = None, True
