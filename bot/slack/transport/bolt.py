"""The Bolt app, which dispatches verified requests to listeners.

`process_before_response` makes Bolt answer as soon as the listener returns, and ours return right after `ack()`; stock Bolt
polls for the ack every ten milliseconds (docs/decisions/0001-work-outside-bolt.md).

`handle` is the one way in. The transports verify whom a payload comes from; Bolt is given it parsed, in the form of Socket Mode,
and does not verify it again.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.transport.payload import with_documented_types
from bot.slack.transport.web_client import open_web_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    import aiohttp
    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings
    from bot.slack.messaging.token_monitor import TokenMonitor

    Receive = Callable[[Mapping[str, Any], Mapping[str, str]], Awaitable[BoltResponse]]
    """Takes one verified payload and the headers that it came with, and returns what Slack is answered. Never raises."""

AFTERWARDS = "afterwards"  # the key of what is to be run when the listener has returned

log = structlog.get_logger(__name__)


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
            raise_error_for_unhandled_request=True,  # to our own handler (access/unhandled.py), in the place of Bolt's advice
        )


async def dispatch(app: AsyncApp, body: Mapping[str, Any], headers: Mapping[str, str]) -> BoltResponse:
    """Hand one verified payload to Bolt. Never raises: what Bolt trips over would not go better the next time, so it is acked."""
    try:
        return await handle(app, with_documented_types(body), headers)
    except Exception:  # whatever Bolt or a middleware raises: without an answer Slack would bring it again, to the same end
        log.exception("slack.dispatch_failed", type=str(body.get("type", ""))[:40])
        return BoltResponse(status=200)


async def handle(
    app: AsyncApp,
    body: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    context: Mapping[str, Any] | None = None,
) -> BoltResponse:
    """Let Bolt run its middleware and the listener, then what the middleware asked for under `AFTERWARDS`.

    `body` has documented types; `context` is what the listeners are handed besides. Raises what Bolt or a middleware raises.
    """
    request = AsyncBoltRequest(mode="socket_mode", body=dict(body), headers=dict(headers or {}), context=dict(context or {}))
    response = await app.async_dispatch(request)
    afterwards: Callable[[], Awaitable[None]] | None = request.context.get(AFTERWARDS)
    if afterwards is not None:
        await afterwards()
    return response


@contextmanager
def _environment_unread() -> Iterator[None]:
    """Bolt reads tokens and OAuth's keys out of the environment, beside what it is given, and complains that both are there."""
    aside = {key: os.environ.pop(key) for key in tuple(os.environ) if key.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(aside)
