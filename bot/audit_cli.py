"""`smsstatus audit`: read the record of who looked up what, on the terminal or as a file for somebody who asks."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import click

from bot.clock import system_clock
from bot.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from bot.audit import Audit, Entry
    from bot.config import Settings
    from bot.model import Target

WRONG_INPUT, UNREADABLE = 2, 3

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

_DATES = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both commands take. Times are in UTC."""
    for option in (
        click.option("--reveals", is_flag=True, help="Only where whole numbers were shown."),
        click.option("--target", metavar="NUMBER", help="Only about this number, or message id (id:…)."),
        click.option("--user", metavar="ID", help="Only what this Slack user id did."),
        click.option("--until", type=_DATES, help="Before this date or moment, in UTC."),
        click.option("--since", type=_DATES, help="From this date or moment on, in UTC."),
    ):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """Read the audit: who looked up what, when and where. Targets are in it as keyed hashes only."""


@audit.command("list")
@_filters
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many of the newest entries.")
def list_entries(last: int, **filters: object) -> None:
    """The newest entries as a table, the newest at the end."""
    entries: list[Entry] = []

    async def collect(entry: Entry) -> None:
        entries.append(entry)
        del entries[:-last]

    _run(_each(filters, collect))
    for entry in entries:
        row = entry.to_json()
        answered = "cached" if entry.cached else ",".join(entry.providers) or "-"
        targets = f"{len(entry.targets)} target{'' if len(entry.targets) == 1 else 's'}"
        where = f"{entry.surface} {entry.command}{' REVEAL' if entry.reveal else ''}"
        who = f"{entry.user or '-':<12} {entry.channel or '-':<12}"
        click.echo(f"{row['at']}  {who} {where:<28} {targets:<11} {answered}  {entry.outcome}")
    if not entries:
        click.echo("No entries.", err=True)


@audit.command()
@_filters
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(form: str, **filters: object) -> None:
    """All entries on stdout, oldest first, one a line: as JSON Lines or as CSV with a header."""
    from bot.audit import COLUMNS

    if form == "csv":
        sys.stdout.write(_csv_line(COLUMNS))

    async def write(entry: Entry) -> None:
        row = entry.to_json()
        cells = [" ".join(value) if isinstance(value, list) else value for value in row.values()]
        sys.stdout.write(_csv_line(cells) if form == "csv" else f"{json.dumps(row, ensure_ascii=False)}\n")

    _run(_each(filters, write))


async def _each(filters: dict[str, object], use: Callable[[Entry], Coroutine[None, None, None]]) -> None:
    settings = _settings()
    since, until, user, target = (filters[name] for name in ("since", "until", "user", "target"))
    async with _open_audit(settings) as opened:
        async for entry in opened.entries(
            since=_in_utc(since),
            until=_in_utc(until),
            user=str(user) if user else None,
            target=_target(str(target), settings) if target else None,
            reveals=bool(filters["reveals"]),
        ):
            await use(entry)


@asynccontextmanager
async def _open_audit(settings: Settings) -> AsyncIterator[Audit]:
    from bot.app import open_database
    from bot.audit import Audit

    keyring = settings.general.keyring()
    async with open_database(settings.general) as database:
        yield Audit(database, keyring, system_clock)


def _target(text: str, settings: Settings) -> Target:
    """The target that `text` names, by the grammar of the commands. Raises SettingsError."""
    from bot.grammar import Asker, Lookup, parse

    general = settings.general
    try:
        command = parse(text, Asker(now=system_clock(), zone=general.zone, region=general.region, providers={}))
    except UsageError as error:
        raise SettingsError([f"--target: {error.problem}"]) from error
    if not isinstance(command, Lookup) or len(command.query.targets) != 1:
        raise SettingsError(["--target takes one number or one message id, such as +8613711112222"])
    return command.query.targets[0]


def _in_utc(value: object) -> datetime | None:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def _csv_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()


def _settings() -> Settings:
    from bot.config import load_settings
    from bot.providers.registry import VENDORS

    return load_settings(os.environ, VENDORS)


def _run(job: Coroutine[None, None, None]) -> None:
    from bot.audit import AuditError

    try:
        asyncio.run(job)
    except SettingsError as error:
        _fail(error.lines, WRONG_INPUT)
    except AuditError as error:
        _fail([f"{error}: see SMSSTATUS_DATABASE_URL and SMSSTATUS_DATA_DIR"], UNREADABLE)


def _fail(lines: Sequence[str], status: int) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(status)
