"""The receipt store in the terminal: `smsstatus receipts stats | quarantine | purge`.

Exit statuses: 0 done; 1 the store could not be read or written; 2 the settings are wrong. In rows that could not be read any
digit may belong to a number, so all are blanked unless `--reveal` is given.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from bot.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.config import General
    from bot.receipts import Quarantined, Receipts, Stored

T = TypeVar("T")

FAILED, WRONG_INPUT = 1, 2
MOST_SHOWN = 500  # characters of a row

# The database is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.group()
def receipts() -> None:
    """The receipts that vendors pushed here or that were drained from a queue."""


@receipts.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def stats(*, as_json: bool) -> None:
    """How much is stored, and since when."""
    stored = _run(lambda opened: opened.store.counts())
    for line in [_json_of(stored)] if as_json else _lines_of(stored):
        click.echo(line)


@receipts.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many rows, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on stdout.")
@click.option("--reveal", is_flag=True, help="Show numbers as they came.")
def quarantine(*, limit: int, as_json: bool, reveal: bool) -> None:
    """The rows that could not be read, as they came. They are kept until they are older than the retention."""
    rows = [_row_of(kept, reveal=reveal) for kept in _run(lambda opened: opened.store.quarantined(limit))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        account = f" {row['account']}" if row["account"] else ""
        click.echo(f"{row['id']}  {row['taken_at']}  {row['system']}{account} {row['kind']} by {row['source']}: {row['reason']}")
        click.echo(f"    {row['body']}")
    if not rows:
        click.echo("Every row that came could be read.")


@receipts.command()
@click.option("--days", type=click.IntRange(1, 36_500), help="Keep so many days. Default: SMSSTATUS_RECEIPT_DAYS, or 90.")
def purge(*, days: int | None) -> None:
    """Delete what is older than the retention. `serve` does so every day."""

    async def delete(opened: Receipts) -> int:
        keep = timedelta(days=days) if days else opened.retention
        return await opened.store.purge(opened.clock() - keep)

    click.echo(f"{_many(_run(delete), 'row')} deleted")


def _lines_of(stored: Stored) -> list[str]:
    since = f" since {_time(stored.since)}" if stored.since else ""
    return [
        f"{_many(stored.receipts, 'receipt')}{since}",
        _many(stored.replies, "reply", "replies"),
        f"{_many(stored.quarantined, 'row')} that could not be read (smsstatus receipts quarantine)",
        f"{_many(stored.waiting, 'body', 'bodies')} kept and not taken in yet",
    ]


def _many(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _json_of(stored: Stored) -> str:
    return json.dumps(
        {
            "receipts": stored.receipts,
            "since": _time(stored.since) if stored.since else None,
            "replies": stored.replies,
            "quarantined": stored.quarantined,
            "waiting": stored.waiting,
        },
        indent=2,
    )


def _row_of(kept: Quarantined, *, reveal: bool) -> dict[str, Any]:
    from bot.outside import clip, tidy
    from bot.providers.text import blank_digits

    body = tidy(kept.row.body.decode("utf-8", "replace"), MOST_SHOWN)
    return {
        "id": kept.id,
        "taken_at": _time(kept.taken_at),
        "source": kept.row.source.value,
        "system": kept.row.system,
        "kind": kept.row.kind.value,
        "account": kept.row.account,
        "reason": kept.row.reason,
        "body": clip(body if reveal else blank_digits(body), MOST_SHOWN),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _run(job: Callable[[Receipts], Awaitable[T]]) -> T:
    """Do something with the open store. Whatever is wrong ends as a short message on stderr."""
    try:
        return asyncio.run(_with_store(_general(), job))
    except SettingsError as error:
        _fail(error.lines, WRONG_INPUT)
    except StoreError as error:
        _fail([f"The receipt store failed: {error}"], FAILED)


async def _with_store(general: General, job: Callable[[Receipts], Awaitable[T]]) -> T:
    from bot.app import open_database
    from bot.clock import system_clock
    from bot.receipts import open_receipts

    async with open_database(general) as database:
        return await job(open_receipts(database, general.keyring(), system_clock, timedelta(days=general.receipt_days)))


def _general() -> General:
    from bot.config import load_settings
    from bot.providers.registry import VENDORS

    return load_settings(os.environ, VENDORS).general


def _fail(lines: Sequence[str], status: int) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(status)
