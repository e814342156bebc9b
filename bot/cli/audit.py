"""`smsstatus audit list | export`: the audit log as a table, as CSV or as JSON Lines.

Exit statuses: 0 done; 2 the options or the settings are wrong; 3 the audit log could not be read.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.line_breaking import pad_cells
from bot.cli.localized_click import CliLocale, Group, fail, option
from bot.cli.runner import load, run
from bot.errors import SettingsError, UsageError
from bot.i18n import LANGUAGES, phrase
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence

    from bot.config import Settings
    from bot.i18n import Language, Phrase
    from bot.model import Target
    from bot.storage.audit_log import AuditEntry, AuditLog

UNREADABLE = 3

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

_DATES = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


# The CSV's header; in English the names by which programs know the columns.
_COLUMNS: Mapping[str, Phrase] = {
    "at": phrase("at"),
    "team": phrase("team"),
    "user": phrase("user"),
    "channel": phrase("channel"),
    "surface": phrase("surface"),
    "command": phrase("command"),
    "targets": phrase("targets"),
    "providers": phrase("providers"),
    "outcome": phrase("outcome"),
    "cached": phrase("cached"),
    "reveal": phrase("reveal"),
}


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """Add the filter options that both commands share. Times are in UTC."""
    for one in (
        option("--reveals", is_flag=True, about=phrase("Only where whole numbers were shown.")),
        option("--target", metavar="NUMBER", about=phrase("Only about this number, or message id (id:…).")),
        option("--user", metavar="ID", about=phrase("Only what this Slack user id did.")),
        option("--until", type=_DATES, about=phrase("Before this date or moment, in UTC.")),
        option("--since", type=_DATES, about=phrase("From this date or moment on, in UTC.")),
    ):
        command = one(command)
    return command


@click.group(
    cls=Group, about=phrase("Read the audit: who looked up what, when and where. Targets are in it as keyed hashes only.")
)
def audit() -> None:
    """The commands that read the audit."""


@audit.command("list", about=phrase("The newest entries as a table, the newest at the end."))
@_filters
@option("--last", type=click.IntRange(1), default=50, show_default=True, about=phrase("How many of the newest entries."))
@click.pass_obj
def list_entries(locale: CliLocale, /, *, last: int, **filters: object) -> None:
    """Print the newest entries. Raises SystemExit with status 2 or 3 on errors."""
    entries: list[AuditEntry] = []

    async def collect(entry: AuditEntry) -> None:
        entries.append(entry)
        del entries[:-last]

    _run(_each(load(locale.language), filters, collect), locale.language)
    for entry in entries:
        click.echo(_line(entry, locale.language))
    if not entries:
        click.echo(locale.language.say("No entries."), err=True)


@audit.command("export", about=phrase("All entries on stdout, oldest first, one a line: as JSON Lines or as CSV with a header."))
@_filters
@option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@option(
    "--language",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    about=phrase("Of the CSV's header: English unless given, whatever language the terminal has."),
)
@click.pass_obj
def export_entries(locale: CliLocale, /, *, form: str, **filters: object) -> None:
    """Print all entries. Raises SystemExit with status 2 or 3 on errors."""
    from bot.storage.audit_log import COLUMNS

    if form == "csv":
        sys.stdout.write(_csv_line([_COLUMNS[name].said_in(locale.file_language) for name in COLUMNS]))

    async def write(entry: AuditEntry) -> None:
        row = entry.to_json()
        cells = [" ".join(value) if isinstance(value, list) else value for value in row.values()]
        sys.stdout.write(_csv_line(cells) if form == "csv" else f"{json.dumps(row, ensure_ascii=False)}\n")

    _run(_each(load(locale.language), filters, write), locale.language)


def _line(entry: AuditEntry, language: Language) -> str:
    """One row of the table. Surface, command and outcome are never translated, so that they can be searched for."""
    answered = language.say("cached") if entry.cached else ",".join(entry.providers) or "-"
    targets = language.plural(len(entry.targets), "{count} target", "{count} targets")
    reveal = [language.say("REVEAL")] if entry.reveal else []
    where = pad_cells(" ".join([entry.surface, entry.command, *reveal]), 28)
    who = f"{entry.user or '-':<12} {entry.channel or '-':<12}"
    return f"{entry.to_json()['at']}  {who} {where} {pad_cells(targets, 11)} {answered}  {entry.outcome}"


async def _each(settings: Settings, filters: dict[str, object], use: Callable[[AuditEntry], Coroutine[None, None, None]]) -> None:
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
async def _open_audit(settings: Settings) -> AsyncIterator[AuditLog]:
    from bot.state import open_database
    from bot.storage.audit_log import AuditLog

    keyring = settings.general.keyring()
    async with open_database(settings.general) as database:
        yield AuditLog(database, keyring, system_clock)


def _target(text: str, settings: Settings) -> Target:
    """Parse `text` by the grammar of the commands. Raises SettingsError unless it names exactly one target."""
    from bot.grammar import Lookup, ParseContext, parse

    general = settings.general
    try:
        command = parse(text, ParseContext(now=system_clock(), zone=general.zone, region=general.region, providers={}))
    except UsageError as error:
        raise SettingsError([phrase("--target: {problem}", problem=error.masked_problem)]) from error
    if not isinstance(command, Lookup) or len(command.query.targets) != 1:
        raise SettingsError([phrase("--target takes one number or one message id, such as +8613711112222")])
    return command.query.targets[0]


def _in_utc(value: object) -> datetime | None:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def _csv_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()


def _run(job: Coroutine[None, None, None], language: Language) -> None:
    from bot.storage.audit_log import AuditError

    try:
        run(job, language)
    except AuditError as error:
        line = language.say("{problem}: see SMSSTATUS_DATABASE_URL and SMSSTATUS_DATA_DIR", problem=error.problem)
        fail([line], UNREADABLE)
