"""What is examined beside Slack and the settings: the accounts and their keys, the store, the receipts, the catalogue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.doctor.accounts import check_providers
from bot.doctor.callbacks import check_callbacks
from bot.doctor.catalogue import check_catalogue
from bot.doctor.keys import check_keys
from bot.doctor.store import check_database
from bot.providers.systems import titles

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.check import Check
    from bot.errors import UnavailableError
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database
    from bot.timing.clock import Clock


async def examine_app(
    settings: Settings,
    lookups: LookupService,
    opened: Database | UnavailableError,
    store: ReceiptStore | None,
    *,
    clock: Clock,
    language: Language,
) -> list[Check]:
    """The findings. `opened`: the database, or why it cannot be opened; then there is no `store` of receipts either.

    Raises nothing of a provider's or the database's.
    """
    names, general = titles(language), settings.general
    accounts, keys, database = await asyncio.gather(
        check_providers(lookups, names, general.region, clock, language, proxies=settings.proxies),
        check_keys(lookups.providers, names, language),
        check_database(opened, names, language),
    )
    receipts = [] if store is None else await check_callbacks(settings, store, names, clock(), language)
    catalogue = check_catalogue(lookups.catalogue, clock().date(), language)
    return [*accounts, *keys, *database, *receipts, *catalogue]
