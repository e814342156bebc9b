"""The receipt store in the terminal: `smsstatus receipts stats | quarantine | purge`.

Exit statuses: 0 done; 1 the store could not be read or written; 2 the settings are wrong. Quarantined rows could not be parsed,
so any digit may belong to a phone number: all digits are blanked unless `--reveal` is given, which is written into the audit.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.localized_click import CliLocale, Group, fail, option, print_json
from bot.cli.runner import load, run
from bot.errors import StoreError
from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.config import AppSettings
    from bot.i18n import Language
    from bot.receipts import Quarantined, StoreStats
    from bot.receipts.opening import Receipts

T = TypeVar("T")

FAILED = 1
MOST_SHOWN = 500  # characters of a row
_HANG = 4  # how far what belongs to a line is indented below it
# What came and how, by the names of `Kind` and `Source`.
_WORDS = {
    "receipts": phrase("receipts"),
    "replies": phrase("replies"),
    "queue": phrase("queue"),
    "callback": phrase("callback"),
}

# The database is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.group(cls=Group, about=phrase("The receipt store: what vendors pushed, and what was drained from a queue."))
def receipts() -> None:
    """The commands of the receipt store."""


@receipts.command(about=phrase("Count what is stored."))
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def stats(locale: CliLocale, *, as_json: bool) -> None:
    """Print the counts. Raises SystemExit with status 1 or 2 on errors."""
    from bot.cli.console import show_lines

    stored = _run(lambda opened: opened.store.counts(), locale.language)
    if as_json:
        print_json(_json_of(stored))
    else:
        show_lines(_lines_of(stored, locale.language), hang=_HANG)


@receipts.command(about=phrase("Show rows that could not be read. They are kept for the retention period."))
@option(
    "-n",
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    about=phrase("How many rows, newest first."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON array."))
@option("--reveal", is_flag=True, about=phrase("Show full numbers. Recorded in the audit."))
@click.pass_obj
def quarantine(locale: CliLocale, *, limit: int, as_json: bool, reveal: bool) -> None:
    """Print the quarantined rows. Raises SystemExit with status 1 or 2 on errors."""
    from bot.cli.console import show_lines

    language = locale.language
    found = _run(lambda opened: opened.store.quarantined(limit), language)
    if reveal:
        run(_record_reveal(load(language).general), language)
    if as_json:
        print_json([_row_of(quarantined, reveal=reveal) for quarantined in found])
        return
    for quarantined in found:
        head = f"{quarantined.id}  {_time(quarantined.taken_at)}  {_describe(quarantined, language)}"
        show_lines([head, f"{'':{_HANG}}{_body_of(quarantined, reveal=reveal)}"], hang=_HANG)
    if not found:
        show_lines([language.say("No unreadable rows.")])


@receipts.command(about=phrase("Delete expired rows. `serve` does it every day."))
@option("--days", type=click.IntRange(1, 36_500), about=phrase("Days to keep. Default: SMSSTATUS_RECEIPT_DAYS, or 90."))
@click.pass_obj
def purge(locale: CliLocale, *, days: int | None) -> None:
    """Delete expired rows. Raises SystemExit with status 1 or 2 on errors."""

    async def delete(opened: Receipts) -> int:
        keep = timedelta(days=days) if days else opened.retention
        return await opened.store.purge(opened.clock() - keep)

    deleted = _run(delete, locale.language)
    click.echo(locale.language.plural(deleted, "{count:,} row deleted", "{count:,} rows deleted"))


def _lines_of(stored: StoreStats, language: Language) -> list[str]:
    return [
        _receipts(stored, language),
        language.plural(stored.replies, "{count:,} reply", "{count:,} replies"),
        language.plural(
            stored.quarantined,
            "{count:,} row that could not be read (smsstatus receipts quarantine)",
            "{count:,} rows that could not be read (smsstatus receipts quarantine)",
        ),
        language.plural(stored.waiting, "{count:,} push waiting to be processed", "{count:,} pushes waiting to be processed"),
    ]


def _receipts(stored: StoreStats, language: Language) -> str:
    if stored.since is None:
        return language.plural(stored.receipts, "{count:,} receipt", "{count:,} receipts")
    since = _time(stored.since)
    return language.plural(stored.receipts, "{count:,} receipt since {time}", "{count:,} receipts since {time}", time=since)


def _json_of(stored: StoreStats) -> dict[str, Any]:
    return {
        "receipts": stored.receipts,
        "since": _time(stored.since) if stored.since else None,
        "replies": stored.replies,
        "quarantined": stored.quarantined,
        "waiting": stored.waiting,
    }


def _row_of(quarantined: Quarantined, *, reveal: bool) -> dict[str, Any]:
    return {
        "id": quarantined.id,
        "taken_at": _time(quarantined.taken_at),
        "source": quarantined.row.source.value,
        "system": quarantined.row.system,
        "kind": quarantined.row.kind.value,
        "account": quarantined.row.account,
        "reason": quarantined.row.reason.said_in(ENGLISH),
        "body": _body_of(quarantined, reveal=reveal),
    }


def _describe(quarantined: Quarantined, language: Language) -> str:
    row = quarantined.row
    what = " ".join(filter(None, (row.system, row.account, _WORDS[row.kind].said_in(language))))
    return language.say("{what} by {source}: {reason}", what=what, source=_WORDS[row.source], reason=row.reason)


def _body_of(quarantined: Quarantined, *, reveal: bool) -> str:
    """The row on one line. It is decoded before digits are blanked: JSON may write Chinese in digits."""
    from bot.receipts.quarantine import readable_text
    from bot.sanitize import blank_row, single_line, truncate

    body = single_line(readable_text(quarantined.row.body), MOST_SHOWN)
    return truncate(body if reveal else blank_row(body), MOST_SHOWN)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _run(job: Callable[[Receipts], Awaitable[T]], language: Language) -> T:
    """Run `job` with the opened store.

    Raises SystemExit with status 1 for a StoreError, with 2 for a SettingsError.
    """
    try:
        return run(_with_store(load(language).general, job), language)
    except StoreError as error:
        fail([language.say("The receipt store failed: {problem}", problem=error.problem)], FAILED)


async def _record_reveal(general: AppSettings) -> None:
    """Write into the audit that whole numbers are about to be shown. Raises SettingsError when that fails."""
    from bot.cli.auditing import open_reveal

    async with open_reveal(general) as audited:
        await audited.write("receipts quarantine")


async def _with_store(general: AppSettings, job: Callable[[Receipts], Awaitable[T]]) -> T:
    from bot.receipts.opening import open_receipts
    from bot.state import open_database
    from bot.timing.clock import system_clock

    async with open_database(general) as database:
        return await job(open_receipts(database, general.keyring(), system_clock, timedelta(days=general.receipt_days)))
