"""The lookup as the terminal opens it, without Slack: over all configured accounts, and the receipt store where there is one."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.lookup.counts import Uncounted
from bot.lookup.opening import open_lookups
from bot.receipts.ingestion import ingests_receipts
from bot.timing.clock import Clock, system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Settings
    from bot.lookup import LookupService


@asynccontextmanager
async def open_terminal_lookup(
    settings: Settings, *, clock: Clock = system_clock, with_receipts: bool = True
) -> AsyncIterator[LookupService]:
    """The lookup over all configured accounts, and the receipt store where there is one, for the terminal.

    Raises SettingsError when no provider is configured or the store cannot be opened.
    """
    general = settings.general
    async with AsyncExitStack() as stack:
        store = None
        if with_receipts and ingests_receipts(settings):
            # The database loads slowly, and most lookups need none.
            from bot.receipts.opening import open_receipts  # noqa: PLC0415
            from bot.state import open_database  # noqa: PLC0415

            database = await stack.enter_async_context(open_database(general))
            store = open_receipts(database, general.keyring(), clock, timedelta(days=general.receipt_days)).provider
        yield await stack.enter_async_context(open_lookups(settings, Uncounted(), clock, store=store))
