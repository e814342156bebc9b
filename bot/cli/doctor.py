"""The self-check of `smsstatus doctor`: settings, address, Slack tokens, database and every provider account.

Every check makes a harmless real request: `auth.test` to Slack, and to each provider a lookup of the last minute of the phone
library's example number, or of a message id that does not exist, and a check of a signature and a template likewise.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import phonenumbers
from yarl import URL

from bot.cli.access_words import forgotten_home, who_may_ask
from bot.cli.alert_check import check_alerts
from bot.cli.health import Check, Health
from bot.cli.readiness import readiness_at
from bot.config.proxy import Proxies
from bot.errors import DatabaseError, SettingsError, UnavailableError
from bot.errors.os_errors import CANNOT_LISTEN, listen_error
from bot.model import PhoneNumber, Query, Target, Window
from bot.providers.base import HasOperatorNotice, HasOptionalActions
from bot.providers.transport_faults import PROXY_REFUSES
from bot.sanitize import mask_digits
from bot.slack.access import policy_of
from bot.slack.transport.connection_errors import APP_TOKEN, SOCKET_MODE, SlackEndpoint, explaining_errors
from bot.slack.transport.handshake import OddFrameLog, open_socket
from bot.slack.transport.socket_mode import ReconnectTimings
from bot.slack.transport.web_client import authenticate, open_session, open_web_client
from bot.statistics.trial import try_statistics
from bot.storage.connection_errors import database_reason
from bot.storage.unlisted_codes import UnlistedCodeCounter
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import Settings
    from bot.config.proxy import Proxy
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.model import Coverage, ProviderFault
    from bot.providers.base import Provider
    from bot.slack.access import AccessPolicy
    from bot.storage.database import Database
    from bot.timing.clock import Clock

PROBE_ID = "100000000000000001"  # has the shape of Alibaba's international ids


async def check_providers(
    service: LookupService,
    titles: Mapping[str, str],
    region: str,
    clock: Clock,
    language: Language,
    *,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> list[Check]:
    """Query every account for the last minute of the probe, and its registers. `titles` are in `language`."""
    now = clock().replace(microsecond=0)
    targets = (Target(number=_probe_number(region)), Target(message_id=PROBE_ID))
    lookup = service.lookup(Query(targets, Window(now - timedelta(minutes=1), now)), refresh=True)
    asked = asyncio.gather(lookup, service.registers.probe(), try_statistics(service.providers, now))
    report, *_ = await asked
    checks = [_provider_check(part, titles, proxies, language) for part in report.coverage]
    for provider in service.providers:
        checks += _provider_warnings(provider, titles, language)
    return checks


async def check_database(opened: Database | UnavailableError, titles: Mapping[str, str], language: Language) -> list[Check]:
    """Check that the database can be written, and report codes that providers sent and the catalogue does not list."""
    name = language.say("Database")
    if isinstance(opened, UnavailableError):
        return [Check(name, Health.FAILED, opened.said_in(language)[0], _next_step(opened, language))]
    try:
        await opened.check()
    except DatabaseError as error:
        said = language.say("cannot be written ({error})", error=database_reason(error))
        return [Check(name, Health.FAILED, said, language.say("See {setting}", setting="SMSSTATUS_DATABASE_URL"))]
    checks = [Check(name, Health.OK, language.say("can be written"))]
    if met := await UnlistedCodeCounter(opened, system_clock).top(5):
        codes = language.comma_list(
            language.say(
                "{code} × {count} ({provider})", code=one.code, count=one.count, provider=titles.get(one.provider, one.provider)
            )
            for one in met
        )
        said = language.say("met, and not in our table: {codes}", codes=codes)
        step = language.say("Explain them in the overlay: {setting}", setting="SMSSTATUS_CODES_OVERLAY")
        checks.append(Check(language.say("Codes"), Health.WARNING, said, step))
    return checks


async def check_settings(settings: Settings, language: Language) -> list[Check]:
    """Report doubtful settings, and which hosts are reached through which proxy."""
    name = language.say("Settings")
    checks = [Check(name, Health.WARNING, doubt.said_in(language)) for doubt in settings.doubts]
    for proxy in filter(None, (settings.proxies.https, settings.proxies.http)):
        hosts = [host for host, way in _ways(settings) if way == proxy]
        said = language.say("through proxy {proxy} ({key})", proxy=proxy.shown, key=proxy.key)
        if hosts:
            said = language.say("{way}: {hosts}", way=said, hosts=language.comma_list(hosts))
        else:
            said = language.say("no address of the settings goes through proxy {proxy} ({key})", proxy=proxy.shown, key=proxy.key)
        checks.append(Check(language.say("Internet"), Health.OK, said))
    return checks


def _ways(settings: Settings) -> list[tuple[str, Proxy | None]]:
    """Each configured host with the proxy it is reached through, if any."""
    values = (value for account in settings.accounts for _, value in account.settings if isinstance(value, str))
    addresses = dict.fromkeys((settings.general.slack_api_url, *(value for value in values if value.startswith("http"))))
    return [(URL(address).host or address, settings.proxies.proxy_for(address)) for address in addresses]


async def check_address(settings: Settings, language: Language) -> list[Check]:
    """Check that `serve` could listen on its address, or report the readiness of the one that already does."""
    name, host, port = language.say("Address"), settings.general.host, settings.general.port
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except CANNOT_LISTEN as error:
        async with open_session(Proxies()) as session:  # it is this machine, whatever address it has
            status = await readiness_at(session, host, port)
        if status is None:
            said = listen_error(host, port, error).said_in(language)
            return [Check(name, Health.FAILED, said, language.say("Fix the setting and rerun doctor"))]
        said = language.say("serve runs at {host}:{port}: {status}", host=host, port=port, status=status)
        return [Check(name, Health.OK if status == "ok" else Health.WARNING, said)]
    server.close()
    await server.wait_closed()
    return [Check(name, Health.OK, language.say("{host}:{port} is free", host=host, port=port))]


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
            return [Check("Slack", Health.FAILED, error.said_in(language)[0], _next_step(error, language))]
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
        return Check(SOCKET_MODE, Health.FAILED, said.said_in(language), _next_step(error, language))
    return Check(SOCKET_MODE, Health.OK, language.say("the app-level token opens connections"))


def _next_step(error: SettingsError, language: Language) -> str:
    if isinstance(error, UnavailableError):
        return language.say("May recover by itself: serve waits for it")
    return language.say("Fix the setting and rerun doctor")


def _provider_check(part: Coverage, titles: Mapping[str, str], proxies: Proxies, language: Language) -> Check:
    name = f"{titles.get(part.provider, part.provider)} {part.account}"
    if part.error is None:
        return Check(name, Health.OK, language.say("answers"))
    if part.error.code == PROXY_REFUSES and proxies.https is not None:
        said = _of_proxy(proxies.https, part.error, language)
        return Check(name, Health.FAILED, said, language.say("Fix the setting and rerun doctor"))
    words = part.error.explanation.words(language.code) if part.error.explanation else None
    title = words.title if words else language.say("did not answer")
    said = language.say("{title} ({code})", title=title, code=part.error.code)
    return Check(name, Health.FAILED, said, words.next_step if words else "")


def _provider_warnings(provider: Provider, titles: Mapping[str, str], language: Language) -> list[Check]:
    """A provider's notice for the operator, and what its account was just found to lack, with what the vendor said."""
    title = titles.get(provider.name, provider.name)
    name = f"{title} {provider.account}"
    warnings = []
    if isinstance(provider, HasOperatorNotice) and provider.operator_notice:
        warnings.append(Check(name, Health.WARNING, provider.operator_notice.said_in(language)))
    for missing in provider.missing_actions if isinstance(provider, HasOptionalActions) else ():
        words = missing.fault.message
        said = language.say("{who} says: {words}", who=title, words=mask_digits(words)) if words else ""
        step = missing.next_step.said_in(language) if missing.next_step else ""
        steps = language.sentences(language.with_full_stop(line) for line in (step, said) if line)
        warnings.append(Check(name, Health.WARNING, missing.notice.said_in(language), steps))
    return warnings


def _of_proxy(proxy: Proxy, error: ProviderFault, language: Language) -> str:
    status = error.message.removeprefix("HTTP ")
    if status.isdigit():
        return proxy.refusal(language.say("the provider"), int(status)).said_in(language)
    return language.say("{key}: the proxy {proxy} cannot be reached", key=proxy.key, proxy=proxy.shown)


def _probe_number(region: str) -> PhoneNumber:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    number = example or phonenumbers.parse("+8613800000000")
    return PhoneNumber.from_parsed(number)
