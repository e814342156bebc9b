"""`smsstatus doctor`: the self-check of settings, address, Slack, database and every provider account."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from bot.cli.localized_click import CliLocale, Command, option, print_json
from bot.cli.runner import load, run
from bot.errors import SettingsError
from bot.i18n import phrase
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.storage.database import Database

# The heavy rooms are imported where they are needed, so that `smsstatus --help` and Tab start at once.
# ruff: noqa: PLC0415


@click.command(
    cls=Command,
    about=phrase("Check settings, Slack tokens and provider accounts."),
    closing=phrase("Exit status: 0 nothing failed (there may be warnings), 1 a check failed, 2 wrong words or settings."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def doctor(locale: CliLocale, *, as_json: bool) -> None:
    """Run the self-check. Raises SystemExit with the exit status."""
    from bot.cli.console import show_lines
    from bot.cli.finding_lines import WORDS_BEGIN, format_check
    from bot.doctor.check import Health

    language = locale.file_language if as_json else locale.language
    checks = run(checked(load(locale.language), language), locale.language)
    if as_json:
        print_json({"checks": [check.to_json() for check in checks]})
    else:
        for check in checks:
            show_lines(format_check(check, language), hang=WORDS_BEGIN)
    sys.exit(1 if any(check.health is Health.FAILED for check in checks) else 0)


async def checked(settings: Settings, language: Language) -> list[Check]:
    """The results of all checks. Raises SettingsError for a key that is no key; other wrong settings are findings."""
    import asyncio

    from bot.cli.address_check import check_address
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.doctor.examination import examine_app
    from bot.doctor.settings import check_proxies, check_settings
    from bot.receipts.opening import open_receipts
    from bot.slack.doctor.installation import check_slack
    from bot.state import open_database

    keyring = settings.general.keyring()  # serve needs it, whatever the rest is
    async with AsyncExitStack() as stack:
        opened: Database | SettingsError
        try:
            opened = await stack.enter_async_context(open_database(settings.general))
        except SettingsError as away:
            opened = away
        store = None if isinstance(opened, SettingsError) else open_receipts(opened, keyring, system_clock).store
        lookups: LookupService | SettingsError
        try:
            lookups = await stack.enter_async_context(open_terminal_lookup(settings, with_receipts=store is not None))
        except SettingsError as wrong:
            lookups = wrong
        checks = await asyncio.gather(
            check_settings(settings, language),
            check_proxies(settings, language),
            check_address(settings, language),
            check_slack(settings, language, system_clock),
            _check_arrivals(settings, opened, language),
            examine_app(settings, lookups, opened, store, clock=system_clock, language=language),
        )
        return [check for some in checks for check in some]


async def _check_arrivals(settings: Settings, opened: Database | SettingsError, language: Language) -> list[Check]:
    """In HTTP mode: when Slack's last request came to a `serve` with this database."""
    from bot.slack.doctor.route import check_arrivals

    if isinstance(opened, SettingsError) or not settings.general.is_over_http:
        return []
    return await check_arrivals(opened, system_clock(), language)
