"""`smsstatus forget NUMBER`: remove what is kept of one number, and say what.

Exit statuses: 0 nothing is kept of it any more; 1 something still is, which is said, or it was not wanted after all; 2 the words
or the settings are wrong; 3 the database failed. With 2 and 3 nothing was removed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from bot.cli.localized_click import CliLocale, Command, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, load, run
from bot.errors import DatabaseError, StoreError, UsageError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.config import AppSettings, Settings
    from bot.i18n import Language
    from bot.keeping.traces import Traces
    from bot.model import PhoneNumber

FORGOTTEN, STILL_KEPT, FAILED = 0, 1, 3
MINUTES_HELD = 2  # until every replica has looked into the audit

# The database is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    "forget",
    cls=Command,
    about=phrase("Remove what is kept of a number. Shows what is there, and asks first."),
    closing=phrase(
        "Exit status: 0 nothing is kept any more, 1 something still is, 2 wrong words or settings, 3 database failed."
    ),
)
@argument("number", nargs=-1, required=True, metavar="NUMBER")
@option("--yes", is_flag=True, about=phrase("Do not ask."))
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object. Needs --yes."))
@click.pass_obj
def forget(locale: CliLocale, *, number: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Remove it. Raises SystemExit with the exit status."""
    language = locale.language
    settings = load(language)
    whose = _number(" ".join(number), settings, language)
    if not yes and (as_json or not sys.stdin.isatty()):
        fail([language.say("Nothing was removed. Without a terminal to ask at, add --yes.")], WRONG_INPUT)
    try:
        sys.exit(run(_forget(settings, whose, language, asks=not yes, as_json=as_json), language))
    except StoreError as error:
        fail([language.say("Nothing was removed: {problem}", problem=error.problem)], FAILED)
    except DatabaseError as error:
        said = language.say(
            "Nothing was removed: the database failed ({kind}). See SMSSTATUS_DATABASE_URL and SMSSTATUS_DATA_DIR.",
            kind=error.kind,
        )
        fail([said], FAILED)


def _number(text: str, settings: Settings, language: Language) -> PhoneNumber:
    """The one number that `text` is by the grammar of lookups. Raises SystemExit with status 2 for anything else."""
    from bot.cli.words import asker
    from bot.grammar import Lookup, parse

    try:
        command = parse(text, asker(settings, set()))
    except UsageError as error:
        fail([error.masked_problem.said_in(language), language.say("Try: {example}", example=_EXAMPLE)], WRONG_INPUT)
    asked = command.query if isinstance(command, Lookup) else None
    if asked is None or len(asked.targets) != 1 or (found := asked.targets[0].number) is None:
        fail([language.say("forget takes one phone number. Try: {example}", example=_EXAMPLE)], WRONG_INPUT)
    return found


_EXAMPLE = "smsstatus forget +8613711112222"


async def _forget(settings: Settings, number: PhoneNumber, language: Language, *, asks: bool, as_json: bool) -> int:
    from bot.cli.auditing import entry_of
    from bot.cli.console import show_lines
    from bot.keeping.forgetting import COMMAND, Forgetter
    from bot.state import open_database
    from bot.storage.audit_log import AuditLog
    from bot.timing.clock import system_clock

    general = settings.general
    _require_database(general, language)
    keyring = general.keyring()
    async with open_database(general) as database:
        place = database.shown
        forgetter = Forgetter(database, keyring, system_clock)
        found = await forgetter.find(number)
        if asks and found.total:
            show_lines([language.say("Kept of {number}:", number=number.masked), *_listed(found, language)], err=True, hang=_HANG)
            if not click.confirm(language.say("Remove it?"), err=True):
                show_lines([language.say("Nothing was removed.")], err=True)
                return STILL_KEPT
        entry = entry_of(AuditLog(database, keyring, system_clock), COMMAND, f"removed {found.total}")
        is_log_cut = await forgetter.remove(number, found, entry)
    if as_json:
        print_json({"database": place, **_to_json(number, found, is_log_cut=is_log_cut)})
    else:
        show_lines(_lines(number, found, place, language, is_log_cut=is_log_cut), hang=_HANG)
    return FORGOTTEN if not _remains(found, language, is_log_cut=is_log_cut) else STILL_KEPT


_HANG = 2


def _require_database(general: AppSettings, language: Language) -> None:
    """Nothing is kept where there is no database, which may be another than that of `serve`. Raises SystemExit with status 2."""
    from bot.storage.database import Database

    database = Database(general.database_url)
    try:
        is_missing = database.file is not None and not database.file.exists()
    except OSError:
        return  # which opening it explains
    if is_missing:
        said = language.say(
            "Nothing was removed: there is no database {database}. Run it with the settings of serve ({key}).",
            database=database.shown,
            key=general.database_key,
        )
        fail([said], WRONG_INPUT)


def _lines(number: PhoneNumber, found: Traces, place: str, language: Language, *, is_log_cut: bool) -> Iterable[str]:
    if found.total:
        yield language.say("Removed of {number} from {database}:", number=number.masked, database=place)
        yield from _listed(found, language)
    else:
        yield language.say("Nothing is stored of {number} in {database}.", number=number.masked, database=place)
    yield from _remains(found, language, is_log_cut=is_log_cut)
    yield language.say("A running serve drops it from memory within {count} minutes.", count=MINUTES_HELD)
    yield language.say("Not removed: messages in Slack, the providers' records, your log files and backups.")


def _listed(found: Traces, language: Language) -> list[str]:
    """A line for each kind of which something is there."""
    said = [_counted(table.name, len(ids), language) for table, ids in found.rows.items() if ids]
    if found.audited:
        said.append(
            language.plural(
                len(found.audited),
                "{count:,} entry of the audit: it stays, without the number",
                "{count:,} entries of the audit: they stay, without the number",
            )
        )
    return [f"{'':{_HANG}}{line}" for line in said]


def _counted(table: str, rows: int, language: Language) -> str:
    plural = language.plural
    return {
        "receipts": plural(rows, "{count:,} receipt", "{count:,} receipts"),
        "receipt_replies": plural(rows, "{count:,} reply", "{count:,} replies"),
        "receipt_quarantine": plural(
            rows, "{count:,} receipt that could not be read", "{count:,} receipts that could not be read"
        ),
        "answers": plural(
            rows, "{count:,} question behind an answer; its buttons end", "{count:,} questions behind answers; their buttons end"
        ),
        "watches": plural(rows, "{count:,} watch; an open one ends untold", "{count:,} watches; open ones end untold"),
        "drafts": plural(rows, "{count:,} open window or button", "{count:,} open windows and buttons"),
        "requests": plural(rows, "{count:,} unanswered request", "{count:,} unanswered requests"),
    }[table]


def _remains(found: Traces, language: Language, *, is_log_cut: bool) -> list[str]:
    """What is still kept, and what to do about it."""
    lines = []
    if found.under_way:
        lines.append(
            language.plural(
                found.under_way,
                "Still there: {count:,} request or push under way. Run this again in a minute.",
                "Still there: {count:,} requests or pushes under way. Run this again in a minute.",
            )
        )
    if found.unreadable:
        lines.append(
            language.plural(
                found.unreadable,
                "Not searched: {count:,} row sealed with another key than this. Run it with the key of serve.",
                "Not searched: {count:,} rows sealed with another key than this. Run it with the key of serve.",
            )
        )
    if not is_log_cut:
        lines.append(language.say("The database's log may still have it: another process was reading. Run this again."))
    return lines


def _to_json(number: PhoneNumber, found: Traces, *, is_log_cut: bool) -> dict[str, Any]:
    return {
        "number": number.masked,
        "removed": {table.name: len(ids) for table, ids in found.rows.items()},
        "audit_entries_without_number": len(found.audited),
        "under_way": found.under_way,
        "not_searched": found.unreadable,
        "log_cut": is_log_cut,
        "held_in_memory_minutes": MINUTES_HELD,
    }
