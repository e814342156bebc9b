"""What is examined beside Slack and the settings: the accounts and their keys, the store, the receipts, the catalogue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.doctor.accounts import check_providers
from bot.doctor.callbacks import check_callbacks
from bot.doctor.catalogue import check_catalogue
from bot.doctor.keys import check_keys
from bot.doctor.store import check_database
from bot.errors import UnavailableError
from bot.providers.systems import titles
from bot.receipts.opening import open_receipts

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.storage.database import Database
    from bot.timing.clock import Clock


async def examine_app(
    settings: Settings, lookups: LookupService, opened: Database | UnavailableError, clock: Clock, language: Language
) -> list[Check]:
    """The findings. `opened`: the database, or why it cannot be opened. Raises nothing of a provider's or the database's."""
    names, general = titles(language), settings.general
    accounts, keys, store = await asyncio.gather(
        check_providers(lookups, names, general.region, clock, language, proxies=settings.proxies),
        check_keys(lookups.providers, names, language),
        check_database(opened, names, language),
    )
    receipts: list[Check] = []
    if not isinstance(opened, UnavailableError):
        kept = open_receipts(opened, general.keyring(), clock, timedelta(days=general.receipt_days)).store
        receipts = await check_callbacks(settings, kept, names, clock(), language)
    catalogue = check_catalogue(lookups.catalogue, clock().date(), language)
    return [*accounts, *keys, *store, *receipts, *catalogue]
