"""What the doctor asks Slack, as `serve` does at its start: `auth.test`, and in Socket Mode a connection up to its hello."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health, next_step
from bot.errors import SettingsError
from bot.slack.access import policy_of
from bot.slack.doctor.access_words import forgotten_home, who_may_ask
from bot.slack.doctor.alerts import check_alerts
from bot.slack.transport.connection_errors import APP_TOKEN, SOCKET_MODE, SlackEndpoint, explaining_errors
from bot.slack.transport.handshake import OddFrameLog, open_socket
from bot.slack.transport.socket_mode import ReconnectTimings
from bot.slack.transport.web_client import authenticate, open_session, open_web_client

if TYPE_CHECKING:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import Settings
    from bot.config.proxy import Proxies
    from bot.i18n import Language
    from bot.slack.access import AccessPolicy


async def check_slack(settings: Settings, language: Language) -> list[Check]:
    """Make the requests that `serve` makes at its start: `auth.test`, and in Socket Mode a connection up to its hello."""
    general = settings.general
    if general.bot_token is None and general.app_token is None and general.signing_secret is None:
        said = language.say("SLACK_BOT_TOKEN is not set; the terminal works without it")
        return [Check("Slack", Health.FAILED, said, language.say("Set it for serve"))]
    step = language.say("Fix the setting and rerun doctor")
    try:
        mode = general.mode()
    except SettingsError as error:
        return [Check("Slack", Health.FAILED, line, step) for line in error.said_in(language)]
    async with open_session(settings.proxies) as session:
        client = open_web_client(general, session)
        try:
            identity = await authenticate(client, settings.proxies)
        except SettingsError as error:
            return [Check("Slack", Health.FAILED, error.said_in(language)[0], next_step(error, language))]
        said = language.say("the bot token is {user}'s in {team}", user=identity.user, team=identity.team)
        checks = [Check("Slack", Health.OK, said), *_check_access(policy_of(general, identity), identity.team or "", language)]
        if mode == "socket" and general.app_token is not None:
            token = general.app_token.get_secret_value()
            checks.append(await _check_socket(client, token, session, settings.proxies, language))
        return [*checks, *await check_alerts(settings, client, language)]


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
            socket, _ = await open_socket(
                client, token, session, seconds=pace.patient_attempt, heartbeat=pace.heartbeat, odd=OddFrameLog()
            )
            await socket.close()
    except SettingsError as error:
        said = (error.problems if error.place == SOCKET_MODE else error.lines)[0]  # the check is called so already
        return Check(SOCKET_MODE, Health.FAILED, said.said_in(language), next_step(error, language))
    return Check(SOCKET_MODE, Health.OK, language.say("the app-level token opens connections"))
