"""What is examined beside Slack and the settings: the accounts, the store, the catalogue, the callbacks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.doctor.accounts import check_providers
from bot.doctor.store import check_database
from bot.providers.systems import titles

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.check import Check
    from bot.errors import UnavailableError
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.storage.database import Database
    from bot.timing.clock import Clock


async def examine_app(
    settings: Settings, lookups: LookupService, opened: Database | UnavailableError, clock: Clock, language: Language
) -> list[Check]:
    """The findings. `opened`: the database, or why it cannot be opened. Raises nothing of a provider's or the database's."""
    names = titles(language)
    findings = await asyncio.gather(
        check_providers(lookups, names, settings.general.region, clock, language, proxies=settings.proxies),
        check_database(opened, names, language),
    )
    return [check for some in findings for check in some]
