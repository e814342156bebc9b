"""What the doctor asks Slack, as `serve` does at its start: `auth.test`, and in Socket Mode a connection up to its hello."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health, next_step
from bot.doctor.clock import check_clock, clock_words
from bot.errors import SettingsError
from bot.slack.access import policy_of
from bot.slack.doctor.access_words import forgotten_home, who_may_ask
from bot.slack.doctor.alerts import check_alerts
from bot.slack.doctor.scopes import check_scopes
from bot.slack.transport.connection_errors import APP_TOKEN, SOCKET_MODE, SlackEndpoint, explaining_errors
from bot.slack.transport.handshake import OddFrameLog, open_socket
from bot.slack.transport.manifest import scopes
from bot.slack.transport.socket_mode import ReconnectTimings
from bot.slack.transport.web_client import ask_identity, identity_of, open_session, open_web_client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import Settings
    from bot.config.proxy import Proxies
    from bot.i18n import Language
    from bot.slack.access import AccessPolicy
    from bot.timing.clock import Clock


async def check_slack(settings: Settings, language: Language, clock: Clock) -> list[Check]:
    """Make the requests that `serve` makes at its start."""
    general = settings.general
    if general.bot_token is None and general.app_token is None and general.signing_secret is None:
        said = language.say("SLACK_BOT_TOKEN is not set; the terminal works without it")
        return [Check("Slack", Health.FAILED, said, language.say("Set it for serve"))]
    lacking = _lacking_for_serve(settings, language)
    if general.bot_token is None:
        return lacking
    async with open_session(settings.proxies) as session:
        client = open_web_client(general, session)
        checks, is_known = await _installation(settings, client, clock, language)
        if is_known and not lacking and general.mode() == "socket" and general.app_token is not None:
            token = general.app_token.get_secret_value()
            checks.append(await _check_socket(client, token, session, settings.proxies, language))
        return [*checks, *lacking]


def _lacking_for_serve(settings: Settings, language: Language) -> list[Check]:
    """The tokens and secrets that are not set."""
    try:
        settings.general.mode()
    except SettingsError as error:
        return [Check("Slack", Health.FAILED, line, next_step(error, language)) for line in error.said_in(language)]
    return []


async def examine_installation(settings: Settings, client: AsyncWebClient, clock: Clock, language: Language) -> list[Check]:
    """What Slack says of the bot token: whose it is, its scopes, who may ask, the clock, the alerts' channel."""
    checks, _ = await _installation(settings, client, clock, language)
    return checks


async def _installation(settings: Settings, client: AsyncWebClient, clock: Clock, language: Language) -> tuple[list[Check], bool]:
    """The findings, and whether Slack knows the token."""
    try:
        answer = await ask_identity(client, settings.proxies)
    except SettingsError as error:
        return [Check("Slack", Health.FAILED, error.said_in(language)[0], next_step(error, language))], False
    now, identity = clock(), identity_of(client, answer)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    policy = policy_of(settings.general, identity)
    groups = policy.usergroups | policy.reveal_usergroups
    ahead = _ahead(headers, now)
    said = language.say("the bot token is {user}'s in {team}", user=identity.user, team=identity.team)
    said = language.semicolon_list([said, clock_words(ahead, language)])
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    return [
        Check("Slack", Health.OK, said),
        *check_scopes(granted, scopes(over_http=settings.general.is_over_http), language, has_groups=bool(groups)),
        *_check_access(policy, identity.team or "", language),
        *check_clock("Slack", "Slack", ahead, language),
        *await check_alerts(settings, client, language),
    ], True


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How much later it is here than at Slack; None when the Date header is missing, malformed, or without a zone."""
    try:
        return now - parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None


def _check_access(policy: AccessPolicy, home: str, language: Language) -> list[Check]:
    """Say who may ask, and what is doubtful about that."""
    name, doubt = language.say("Who may ask"), forgotten_home(policy, language)
    checks = [Check(name, Health.OK, who_may_ask(policy, home, language))]
    return [*checks, Check(name, Health.WARNING, doubt, language.say("Add it, or leave the setting empty"))] if doubt else checks


async def _check_socket(
    client: AsyncWebClient, token: str, session: aiohttp.ClientSession, proxies: Proxies, language: Language
) -> Check:
    """Open a Socket Mode connection as `serve` does, and close it at once."""
    try:
        with explaining_errors(SlackEndpoint(APP_TOKEN, client.base_url, proxies)):
            pace = ReconnectTimings()
            socket, greeting = await open_socket(
                client, token, session, seconds=pace.patient_attempt, heartbeat=pace.heartbeat, odd=OddFrameLog()
            )
            await socket.close()
    except SettingsError as error:
        said = (error.problems if error.place == SOCKET_MODE else error.lines)[0]  # the check is called so already
        return Check(SOCKET_MODE, Health.FAILED, said.said_in(language), next_step(error, language))
    said_of = language.say("the app-level token opens connections")
    counted = greeting.hello.get("num_connections")  # of the whole app, this one among them
    if isinstance(counted, int) and counted > 0:
        alone = language.say("Slack counts no other, so no serve runs")
        others = language.plural(
            counted - 1,
            "Slack counts {count} connection of a running serve",
            "Slack counts {count} connections of a running serve",
        )
        said_of = language.semicolon_list([said_of, others if counted > 1 else alone])
    return Check(SOCKET_MODE, Health.OK, said_of)
