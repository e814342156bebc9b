"""What is examined beside Slack and the settings: the accounts and their keys, the store, the receipts, the catalogue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.doctor.accounts import check_providers
from bot.doctor.callbacks import check_callbacks
from bot.doctor.catalogue import check_catalogue
from bot.doctor.check import Check, Health, next_step
from bot.doctor.keys import check_keys
from bot.doctor.store import check_database, check_key
from bot.errors import SettingsError
from bot.providers.systems import titles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Settings
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database
    from bot.timing.clock import Clock


async def examine_app(
    settings: Settings,
    lookups: LookupService | SettingsError,
    opened: Database | SettingsError,
    store: ReceiptStore | None,
    *,
    clock: Clock,
    language: Language,
) -> list[Check]:
    """The findings.

    `lookups`: over all accounts, or why there are none. `opened`: the database, or why it cannot be opened; then there is no
    `store` of receipts either. Raises nothing of a provider's or the database's.
    """
    names = titles(language)
    accounts, database = await asyncio.gather(
        _of_accounts(settings, lookups, names, clock=clock, language=language), check_database(opened, names, language)
    )
    receipts = [] if store is None else await check_callbacks(settings, store, names, clock(), language)
    key = [] if store is None else await check_key(store, language)
    catalogue = [] if isinstance(lookups, SettingsError) else check_catalogue(lookups.catalogue, clock().date(), language)
    return [*accounts, *database, *key, *receipts, *catalogue]


async def _of_accounts(
    settings: Settings, lookups: LookupService | SettingsError, names: Mapping[str, str], *, clock: Clock, language: Language
) -> list[Check]:
    """Whether they answer, and what their keys may do."""
    if isinstance(lookups, SettingsError):
        name, step = language.say("Settings"), next_step(lookups, language)
        return [Check(name, Health.FAILED, line, step) for line in lookups.said_in(language)]
    accounts, keys = await asyncio.gather(
        check_providers(lookups, names, settings.general.region, clock, language, proxies=settings.proxies),
        check_keys(lookups.providers, names, language),
    )
    return [*accounts, *keys]
