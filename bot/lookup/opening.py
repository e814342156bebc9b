"""Opens the lookup from the settings: every account's providers, the receipt store, the catalogue."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import reduce
from typing import TYPE_CHECKING

from bot.codes import load_catalogue
from bot.errors import SettingsError
from bot.i18n import phrase
from bot.lookup.service import LookupService
from bot.providers import registry
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from bot.config import Settings
    from bot.i18n import Phrase
    from bot.lookup.counts import LookupCounts
    from bot.providers.base import Provider
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits


@asynccontextmanager
async def open_lookups(
    settings: Settings,
    metrics: LookupCounts,
    clock: Clock,
    *,
    store: Provider | None = None,
    unlisted: Callable[[str, str], None] | None = None,
    limits: Limits = OWN_LIMITS,
) -> AsyncIterator[LookupService]:
    """The lookup over all configured accounts and the receipt `store`. Raises SettingsError when none is configured."""
    providers = open_providers(settings, clock, limits)
    service = LookupService(
        [*providers, *([store] if store else [])],
        load_catalogue(settings.general.codes_overlay),
        metrics,
        clock=clock,
        deadline_seconds=settings.general.deadline_seconds,
        **({"unlisted": unlisted} if unlisted else {}),
    )
    try:
        yield service
    finally:
        await service.aclose()


def check_accounts(settings: Settings) -> None:
    """Whether there is an account to ask. Raises SettingsError."""
    if not settings.accounts:
        first_keys: Iterable[Phrase | str] = (vendor.systems[0].keys[0] for vendor in registry.VENDORS)
        keys = reduce(lambda some, more: phrase("{some} or {more}", some=some, more=more), first_keys)
        raise SettingsError(
            [phrase("No provider is configured: set {keys} and the keys that go with it (docs/settings.md)", keys=keys)]
        )


def open_providers(settings: Settings, clock: Clock, limits: Limits = OWN_LIMITS) -> list[Provider]:
    """A provider for every system of every account. Raises SettingsError without any, or with one twice."""
    check_accounts(settings)
    providers = [
        provider
        for account in settings.accounts
        for provider in account.vendor.open(account.settings, account.name, clock, settings.proxies, limits)
    ]
    seen: set[tuple[str, str]] = set()
    for provider in providers:
        if (provider.name, provider.account) in seen:
            line = phrase(
                "The account {account} at {provider} is configured twice", account=provider.account, provider=provider.name
            )
            raise SettingsError([line])
        seen.add((provider.name, provider.account))
    return providers
