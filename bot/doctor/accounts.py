"""The accounts at the vendors: reachable, with the right credentials, and what each lacks or can do too much.

Each is asked something harmless: for the last minute of the phone library's example number, or of a message id that does not
exist, and for a signature and a template likewise.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import phonenumbers

from bot.config.proxy import Proxies
from bot.doctor.check import Check, Health
from bot.doctor.clock import check_clock, clock_words
from bot.i18n import phrase
from bot.model import PhoneNumber, Query, Target, Window
from bot.providers.base import HasConnection, HasOperatorNotice, HasOptionalActions
from bot.providers.transport_faults import PROXY_REFUSES
from bot.sanitize import mask_digits
from bot.statistics.trial import try_statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config.proxy import Proxy
    from bot.i18n import Language, Phrase
    from bot.lookup import LookupService
    from bot.model import Coverage, ProviderFault
    from bot.providers.base import Provider
    from bot.timing.clock import Clock

# The catalogue sends whoever asked to the operator, who is the one that reads this.
OPERATORS_STEP: Mapping[str, Phrase] = {
    "credentials": phrase("Correct the access key in the settings and rerun doctor"),
    "request_signature": phrase("Set key id and secret again, as a pair, and rerun doctor"),
    "clock": phrase("Turn on NTP on this machine and rerun doctor"),
    "token": phrase("Renew key, secret and token together and rerun doctor"),
    "wrong_app": phrase("Correct app id and key, as a pair of one account and one site, and rerun doctor"),
    "replayed": phrase("Rerun doctor; if it comes back, look for a proxy that repeats requests"),
    "wrong_region": phrase("Correct region and endpoint in the settings and rerun doctor"),
    "unsupported_action": phrase("Check the endpoint and update smsstatus; the same request fails again"),
    "transport_connect": phrase("Rerun doctor; if it persists, check the network and the endpoint"),
    "transport_tls": phrase("Check certificates, proxy and endpoint; do not switch the check off"),
    "transport_unreadable": phrase("Rerun doctor; if it persists, check the endpoint and report it"),
    "transport_redirect": phrase("Correct the endpoint in the settings and rerun doctor"),
    "store_unreachable": phrase("Look at the database and its disk, then rerun doctor"),
    "crash": phrase("Rerun doctor; if it persists, look at the log for this moment"),
}

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
    by_name = {(provider.name, provider.account): provider for provider in service.providers}
    checks = [_provider_check(part, by_name[part.provider, part.account], titles, proxies, language) for part in report.coverage]
    for provider in service.providers:
        checks += _provider_warnings(provider, titles, language)
    return checks


def _provider_check(part: Coverage, provider: Provider, titles: Mapping[str, str], proxies: Proxies, language: Language) -> Check:
    name = f"{titles.get(part.provider, part.provider)} {part.account}"
    if part.error is None:
        return Check(name, Health.OK, language.semicolon_list([language.say("answers"), *_facts(provider, proxies, language)]))
    if part.error.code == PROXY_REFUSES and proxies.https is not None:
        said = _of_proxy(proxies.https, part.error, language)
        return Check(name, Health.FAILED, said, language.say("Fix the setting and rerun doctor"))
    words = part.error.explanation.words(language.code) if part.error.explanation else None
    title = words.title if words else language.say("did not answer")
    said = language.say("{title} ({code})", title=title, code=part.error.code)
    mine = OPERATORS_STEP.get(part.error.explanation.family) if part.error.explanation else None
    step = mine.said_in(language) if mine else words.next_step if words else ""
    return Check(name, Health.FAILED, said, step)


def _facts(provider: Provider, proxies: Proxies, language: Language) -> list[str]:
    """Where it is asked: its region, through which proxy, and the clock beside its own."""
    if not isinstance(provider, HasConnection):
        return []
    proxy = proxies.proxy_for(provider.connection.address)
    region = language.say("region {region}", region=provider.region) if provider.region else ""
    way = language.say("through {key}", key=proxy.key) if proxy is not None else ""
    return [region, way, clock_words(provider.connection.skew, language)]


def _provider_warnings(provider: Provider, titles: Mapping[str, str], language: Language) -> list[Check]:
    """A provider's notice for the operator, and what its account was just found to lack, with what the vendor said."""
    title = titles.get(provider.name, provider.name)
    name = f"{title} {provider.account}"
    warnings = []
    if isinstance(provider, HasConnection):
        warnings += check_clock(name, title, provider.connection.skew, language)
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
