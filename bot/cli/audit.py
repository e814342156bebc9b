"""`smsstatus audit [list | export]`: the audit log a line an entry, as CSV or as JSON Lines.

Exit statuses: 0 done; 2 the options or the settings are wrong; 3 the audit log could not be read.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.localized_click import CliLocale, Group, fail, option, to_json
from bot.cli.runner import load, run
from bot.cli.streams import write_file
from bot.errors import SettingsError, UsageError
from bot.i18n import LANGUAGES, phrase
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.config import Settings
    from bot.grammar import ParseContext
    from bot.i18n import Language, Phrase
    from bot.model import Target
    from bot.storage.audit_log import AuditEntry

UNREADABLE = 3

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

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
    """Add the filter options that both commands share. Times are as in a lookup, in the terminal's zone."""
    for one in (
        option("--reveals", is_flag=True, about=phrase("Only where full numbers were shown.")),
        option("--target", metavar="NUMBER", about=phrase("Only this number or message ID (id:…).")),
        option("--user", metavar="ID", about=phrase("Only this Slack user ID, or in the terminal this user name.")),
        option("--until", metavar="WHEN", about=phrase("Up to this time, as in a lookup.")),
        option("--since", metavar="WHEN", about=phrase('From this time on, as in a lookup: 2h, "yesterday 09:00", 2026-11-20.')),
    ):
        command = one(command)
    return command


@click.group(
    cls=Group,
    default="list",
    about=phrase("Show who looked up what, when and where. Numbers are stored as hashes only."),
    closing=phrase("Without a command: list."),
)
def audit() -> None:
    """The commands that read the audit."""


@audit.command("list", about=phrase("Latest entries, newest last."))
@_filters
@option("-n", "--last", type=click.IntRange(1), default=50, show_default=True, about=phrase("Show the last so many entries."))
@click.pass_obj
def list_entries(locale: CliLocale, /, *, last: int, **filters: object) -> None:
    """Print the newest entries. Raises SystemExit with status 2 or 3 on errors."""
    from bot.cli.console import show, show_lines
    from bot.cli.table_or_list import TableOrList

    entries: list[AuditEntry] = []

    async def collect(entry: AuditEntry) -> None:
        entries.append(entry)
        del entries[:-last]

    language, settings = locale.language, load(locale.language)
    _run(_each(settings, filters, collect), language)
    rows = TableOrList()
    for entry in entries:
        cells = _cells(entry, settings.general.zone, language)
        rows.add(cells, " · ".join(cell for cell in cells if cell != "-"))
    if entries:
        show(rows)
    else:
        show_lines([language.say("No entries.")], err=True)


@audit.command("export", about=phrase("Export all entries, oldest first, as JSON Lines or CSV. Times are in UTC."))
@_filters
@option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@option(
    "--language",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    about=phrase("Language of the CSV header. Default: en."),
)
@click.pass_obj
def export_entries(locale: CliLocale, /, *, form: str, **filters: object) -> None:
    """Print all entries. Raises SystemExit with status 2 or 3 on errors."""
    from bot.storage.audit_log import COLUMNS

    if form == "csv":
        write_file(_csv_line([_COLUMNS[name].said_in(locale.file_language) for name in COLUMNS]))

    async def write(entry: AuditEntry) -> None:
        row = entry.to_json()
        cells = [" ".join(value) if isinstance(value, list) else value for value in row.values()]
        write_file(_csv_line(cells) if form == "csv" else f"{to_json(row)}\n")

    _run(_each(load(locale.language), filters, write), locale.language)


def _cells(entry: AuditEntry, zone: tzinfo, language: Language) -> list[str]:
    """The parts of one entry. Surface, command and outcome are never translated, so that they can be searched for."""
    from bot.presentation.times import offset

    reveal = [language.say("REVEAL")] if entry.reveal else []
    return [
        f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S} {offset(entry.at, zone)}" if entry.at else "-",
        entry.user or "-",
        entry.channel or "-",
        " ".join([entry.surface, entry.command, *reveal]),
        language.plural(len(entry.targets), "{count} target", "{count} targets"),
        language.say("cached") if entry.cached else ",".join(entry.providers) or "-",
        entry.outcome,
    ]


async def _each(settings: Settings, filters: dict[str, object], use: Callable[[AuditEntry], Coroutine[None, None, None]]) -> None:
    from bot.cli.auditing import open_audit

    words = {name: str(value) for name, value in filters.items() if value is not None}
    since, until = _period(words.get("since"), words.get("until"), settings)
    async with open_audit(settings.general, "find" if "target" in words else "read") as opened:
        async for entry in opened.entries(
            since=since,
            until=until,
            user=words.get("user"),
            target=_target(words["target"], settings) if "target" in words else None,
            reveals=bool(filters["reveals"]),
        ):
            await use(entry)


def _target(text: str, settings: Settings) -> Target:
    """Parse `text` by the grammar of the commands. Raises SettingsError unless it names exactly one target."""
    from bot.grammar import Lookup, parse

    try:
        command = parse(text, _asker(settings))
    except UsageError as error:
        raise SettingsError([phrase("--target: {problem}", problem=error.masked_problem)]) from error
    if not isinstance(command, Lookup) or len(command.query.targets) != 1:
        raise SettingsError([phrase("--target takes one number or one message id, such as +8613711112222")])
    return command.query.targets[0]


def _period(since: str | None, until: str | None, settings: Settings) -> tuple[datetime | None, datetime | None]:
    """Both ends by the grammar of the commands, in the terminal's zone. Raises SettingsError for words that are no time."""
    if since is None and until is None:
        return None, None
    from bot.grammar import parse_period

    try:
        begin, end = parse_period(since, until, _asker(settings))
    except UsageError as error:
        option_name = "--since" if since is not None else "--until"
        raise SettingsError([phrase("{option}: {problem}", option=option_name, problem=error.masked_problem)]) from error
    return begin, end and end + timedelta(seconds=1)  # the grammar has whole seconds, and its last one belongs to the period


def _asker(settings: Settings) -> ParseContext:
    from bot.grammar import ParseContext

    general = settings.general
    return ParseContext(now=system_clock(), zone=general.zone, region=general.region, providers={})


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
