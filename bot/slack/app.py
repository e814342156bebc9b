"""The Bolt app: how a verified request of Slack becomes a call of one of our listeners.

`process_before_response` makes Bolt answer as soon as the listener returns, and ours return right after `ack()`; stock Bolt
polls for the ack every ten milliseconds (ARCHITECTURE.md, "Decisions").
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.config.proxy import Proxies
from bot.slack.access import AuthorizationMiddleware, DenialResponder
from bot.slack.listeners import actions, commands, events, home, modals, shortcuts, workflow_step
from bot.slack.messaging import failures
from bot.slack.messaging.responder import ResponseUrlResponder
from bot.slack.transport.connection_errors import BOT_TOKEN, SlackEndpoint, explaining_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from bot.config import AppSettings
    from bot.i18n import Language
    from bot.slack.answer_service import AnswerService
    from bot.slack.messaging.token_monitor import TokenMonitor
    from bot.slack.requests.task_supervisor import TaskSupervisor

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
    general: AppSettings, session: aiohttp.ClientSession, *, with_token: bool = True, standing: TokenMonitor | None = None
) -> AsyncWebClient:
    """A Web API client over the session that all share. `standing` sees every answer.

    It tries nothing again by itself: a post whose answer was lost may stand there, and who must wait, waits in the outbox.
    """
    token = general.bot_token.get_secret_value() if with_token and general.bot_token else None
    client = AsyncWebClient(
        token=token,
        base_url=general.slack_api_url,
        timeout=WEB_API_SECONDS,
        session=session,
        retry_handlers=[standing] if standing is not None else [],
    )
    client.proxy = None  # slack_sdk's own reading of the environment; the session knows the way
    return client


async def authenticate(client: AsyncWebClient, proxies: Proxies | None = None) -> AuthorizeResult:
    """What Slack says of our token. Raises SettingsError when Slack refuses it; NotYetError when it may take it later."""
    with explaining_errors(SlackEndpoint(BOT_TOKEN, client.base_url, proxies or Proxies())):
        said = await client.auth_test()
        if not all(isinstance(said.get(key), str) and said[key] for key in ("team_id", "user_id")):
            raise ValueError("auth.test tells nothing of us")  # whoever answers, it is not Slack
        return AuthorizeResult.from_auth_test_response(auth_test_response=said, bot_token=client.token)


@contextmanager
def _environment_unread() -> Iterator[None]:
    """Bolt reads tokens and OAuth's keys out of the environment, beside what it is given, and complains that both are there."""
    aside = {key: os.environ.pop(key) for key in tuple(os.environ) if key.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(aside)


def build_app(
    general: AppSettings,
    identity: AuthorizeResult,
    desk: AnswerService,
    work: TaskSupervisor,
    session: aiohttp.ClientSession,
    *,
    standing: TokenMonitor | None = None,
) -> tuple[AsyncApp, AuthorizationMiddleware]:
    """The app with all its listeners, and the door in front of them.

    `identity` answers Bolt's question of who we are, so no request waits for it.
    """

    async def authorize() -> AuthorizeResult:
        return identity

    with _environment_unread():
        app = AsyncApp(
            name="smsstatus",
            logger=logging.getLogger("slack_bolt"),  # else Bolt's loggers take the root's level, and tell every session
            signing_secret=general.signing_secret.get_secret_value() if general.signing_secret else "",
            client=open_web_client(general, session, with_token=False, standing=standing),
            authorize=authorize,
            process_before_response=True,
        )

    def reply_to(request: Mapping[str, Any]) -> ResponseUrlResponder:
        channel = request.get("channel_id") or request.get("channel", {}).get("id", "")
        user = request.get("user_id") or request.get("user", {}).get("id", "")

        def language() -> Language:
            return desk.readers.cached(user).language

        return ResponseUrlResponder(request["response_url"], session, desk.poster, channel=channel, user=user, language=language)

    client = open_web_client(general, session, standing=standing)
    door = AuthorizationMiddleware(
        app,
        desk.gate,
        intake=desk.intake,
        recorder=desk.recorder,
        turning=DenialResponder(
            client,
            desk.poster,
            reply_to,
            contact=general.contact,
            per_minute=general.user_rate,
            readers=desk.readers,
            modal_wait=desk.timings.modal_wait,
        ),
        work=work,
        command=desk.command,
        bot_user=identity.bot_user_id or "",
    )
    app.use(door)
    commands.register(app, desk, work, reply_to)
    actions.register(app, desk, work, reply_to)
    events.register(app, desk, work)
    shortcuts.register(app, desk, work, reply_to)
    modals.register(app, desk, work, reply_to)
    home.register(app, desk, work)
    workflow_step.register(app, desk, work)
    return app, door
