"""The Web API client, the HTTP session that everything to Slack shares, and who Slack says we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.config.proxy import Proxies
from bot.slack.messaging import failures
from bot.slack.transport.connection_errors import BOT_TOKEN, SlackEndpoint, explaining_errors

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.config import AppSettings
    from bot.slack.messaging.token_monitor import TokenMonitor

WEB_API_SECONDS = 10
CONNECT_SECONDS = 4  # what fails within was never sent, and may be sent again
_SENT_ON = frozenset({301, 302, 303, 307, 308})


def open_session(proxies: Proxies | None = None) -> aiohttp.ClientSession:
    """The HTTP session that all share: the Web API, Socket Mode and the answers by `response_url`.

    The time limits are its own, since slack_sdk sets none on a session that it was given. So is the way through a proxy: what
    slack_sdk reads out of the environment does not count.
    """
    timeout = aiohttp.ClientTimeout(total=WEB_API_SECONDS, connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout, middlewares=[(proxies or Proxies()).route, _stay])


async def _stay(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Follow nobody elsewhere: Slack does not send us on, and a token is not for whoever does."""
    answer = await handler(request)
    if answer.status in _SENT_ON:
        to = answer.headers.get("Location", "")
        answer.close()
        raise failures.RedirectedError(_host_of(to))
    return answer


def _host_of(location: str) -> str:
    """The host that we are sent to, without what may be a secret in the rest; the path, where it is the same host."""
    try:
        parts = URL(location)
    except ValueError:
        return "?"
    return parts.host or parts.path or "?"


def open_web_client(
    general: AppSettings, session: aiohttp.ClientSession, *, with_token: bool = True, token_monitor: TokenMonitor | None = None
) -> AsyncWebClient:
    """A Web API client over the session that all share. `token_monitor` sees every answer.

    It tries nothing again by itself: a post whose answer was lost may stand there, and who must wait, waits in the outbox.
    """
    token = general.bot_token.get_secret_value() if with_token and general.bot_token else None
    client = AsyncWebClient(
        token=token,
        base_url=general.slack_api_url,
        timeout=WEB_API_SECONDS,
        session=session,
        retry_handlers=[token_monitor] if token_monitor is not None else [],
    )
    client.proxy = None  # slack_sdk's own reading of the environment; the session knows the way
    return client


async def authenticate(client: AsyncWebClient, proxies: Proxies | None = None) -> AuthorizeResult:
    """What Slack says of our token. Raises SettingsError when Slack refuses it; UnavailableError when it may take it later."""
    return identity_of(client, await ask_identity(client, proxies))


def identity_of(client: AsyncWebClient, said: AsyncSlackResponse) -> AuthorizeResult:
    """Who we are, by an answer of `auth.test`."""
    return AuthorizeResult.from_auth_test_response(
        auth_test_response=said, bot_token=client.token, bot_scopes=said.headers.get("X-OAuth-Scopes", "")
    )


async def ask_identity(client: AsyncWebClient, proxies: Proxies | None = None) -> AsyncSlackResponse:
    """The answer of `auth.test`, with its headers. Raises as `authenticate` does."""
    with explaining_errors(SlackEndpoint(BOT_TOKEN, client.base_url, proxies or Proxies())):
        said = await client.auth_test()
        # Of an app that is installed in a whole organisation it may name no workspace: https://docs.slack.dev/enterprise
        told = {key: isinstance(said.get(key), str) and bool(said[key]) for key in ("team_id", "enterprise_id", "user_id")}
        if not told["user_id"] or not (told["team_id"] or told["enterprise_id"]):
            raise ValueError("auth.test tells nothing of us")  # whoever answers, it is not Slack
        return said
