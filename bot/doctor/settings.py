"""The settings: what is doubtful about them, and which hosts are reached through which proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from bot.doctor.check import Check, Health

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.config.proxy import Proxy
    from bot.i18n import Language


async def check_settings(settings: Settings, language: Language) -> list[Check]:
    """Report doubtful settings."""
    name = language.say("Settings")
    return [Check(name, Health.WARNING, doubt.said_in(language)) for doubt in settings.doubts]


async def check_proxies(settings: Settings, language: Language) -> list[Check]:
    """Report which hosts are reached through which proxy. For the terminal: the addresses are nobody's business in Slack."""
    checks = []
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
