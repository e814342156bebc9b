"""The Bolt app, which dispatches verified requests to listeners.

`process_before_response` makes Bolt answer as soon as the listener returns, and ours return right after `ack()`; stock Bolt
polls for the ack every ten milliseconds (docs/decisions/0001-work-outside-bolt.md).
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncApp

from bot.slack.transport.web_client import open_web_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    import aiohttp
    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings
    from bot.slack.messaging.token_monitor import TokenMonitor


def build_bolt(
    general: AppSettings, bot: AuthorizeResult, session: aiohttp.ClientSession, token_monitor: TokenMonitor | None = None
) -> AsyncApp:
    """The Bolt app, without listeners."""

    async def authorize() -> AuthorizeResult:
        return bot

    with _environment_unread():
        return AsyncApp(
            name="smsstatus",
            logger=logging.getLogger("slack_bolt"),  # else Bolt's loggers take the root's level, and tell every session
            signing_secret=general.signing_secret.get_secret_value() if general.signing_secret else "",
            client=open_web_client(general, session, with_token=False, token_monitor=token_monitor),
            authorize=authorize,
            process_before_response=True,
        )


@contextmanager
def _environment_unread() -> Iterator[None]:
    """Bolt reads tokens and OAuth's keys out of the environment, beside what it is given, and complains that both are there."""
    aside = {key: os.environ.pop(key) for key in tuple(os.environ) if key.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(aside)
