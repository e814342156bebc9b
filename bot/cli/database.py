"""The database in the terminal: `smsstatus database [status | upgrade | downgrade | backup]`.

Exit statuses: 0 done, and for status: the schema is the one of this version; 1 it is not, or nothing was changed; 2 the words or
the settings are wrong, or the database cannot be opened.
"""

from __future__ import annotations

import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.localized_click import CliLocale, Group, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, load, run
from bot.errors import DatabaseError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config import AppSettings
    from bot.i18n import Language
    from bot.storage.database import Database

T = TypeVar("T")

DIFFERENT = NOTHING_DONE = 1

# The database is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.group(
    cls=Group,
    default="status",
    about=phrase("The database: its schema, upgrade, downgrade, backup."),
    closing=phrase("Without a command: status."),
)
def database() -> None:
    """The commands of the database."""


@database.command(
    about=phrase("Show the schema of the database and that of this version. Changes nothing."),
    closing=phrase("Exit status: 0 they are the same, 1 they differ, 2 the database cannot be opened."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def status(locale: CliLocale, *, as_json: bool) -> None:
    """Print both revisions. Raises SystemExit with status 1 if they differ, 2 if the database cannot be opened."""
    from bot.cli.console import show_lines
    from bot.storage.migration import newest_revision

    (shown, revision), newest = _run(_schema, locale), newest_revision()
    if as_json:
        print_json({"database": shown, "schema": revision, "newest": newest})
    else:
        compared = _compared(revision, newest, locale.language)
        show_lines([locale.language.say("Database: {database}", database=shown), compared])
    if revision != newest:
        sys.exit(DIFFERENT)


@database.command(about=phrase("Upgrade the schema to that of this version. serve does it when it starts."))
@click.pass_obj
def upgrade(locale: CliLocale) -> None:
    """Migrate. Raises SystemExit with status 2 if the database cannot be opened or locked."""
    from bot.storage.migration import migrate, newest_revision

    _run(migrate, locale)
    click.echo(locale.language.say("Schema {revision}: that of this version.", revision=newest_revision()))


@database.command(
    about=phrase("Downgrade the schema for an older version. What that one cannot hold is deleted."),
    closing=phrase("Exit status: 0 done, 1 nothing was changed. Which version has which schema: docs/upgrade.md"),
)
@argument("revision")
@option("--yes", is_flag=True, about=phrase("Do not ask."))
@click.pass_obj
def downgrade(locale: CliLocale, *, revision: str, yes: bool) -> None:
    """Go back. Raises SystemExit with status 1 if that was not wanted, 2 for wrong words or a database that cannot be had."""
    from bot.storage.migration import downgrade as go_back
    from bot.storage.migration import revisions

    language = locale.language
    if revision not in revisions():
        first, *_, example, last = revisions()
        line = language.say(
            "This version has no schema {revision}, only {first} to {last}. Example: smsstatus database downgrade {example}",
            revision=revision,
            first=first,
            last=last,
            example=example,
        )
        fail([line], WRONG_INPUT)
    _, found = _run(_schema, locale)
    if found is None:
        fail([language.say("No tables yet. serve makes them when it starts.")], NOTHING_DONE)
    if found <= revision:
        fail([language.say("Schema {found} is not newer than {revision}.", found=found, revision=revision)], NOTHING_DONE)
    if found in revisions() and not yes:
        _ask(found, revision, language)
    _run(lambda opened: go_back(opened.url, revision), locale)
    click.echo(
        language.say("Schema {revision}. Start the version that has it: this one would upgrade it again.", revision=revision)
    )


@database.command(
    about=phrase("Copy a SQLite database to a new file while serve runs. PostgreSQL: use pg_dump."),
    closing=phrase("The key is not in it: back it up elsewhere. To restore: docs/upgrade.md"),
)
@argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(locale: CliLocale, *, file: Path) -> None:
    """Write the copy. Raises SystemExit with status 1 if it cannot be written, 2 for a database that is no SQLite file."""
    from bot.cli.console import show_lines

    language, general = locale.language, load(locale.language).general
    _run(lambda opened: _back_up(opened, file, language), locale)
    key = "SMSSTATUS_SECRET_KEY" if general.secret_key is not None else str(general.data_dir / "secret.key")
    said = language.say("Copied to {file}. Keep the key somewhere else: {key}", file=file, key=key)
    show_lines([said])


def _compared(revision: str | None, newest: str, language: Language) -> str:
    """The two in a sentence, and what to do."""
    if revision is None:
        return language.say("No tables yet. serve makes them when it starts.")
    if revision == newest:
        return language.say("Schema {revision}: that of this version.", revision=revision)
    if revision < newest:
        return language.say(
            "Schema {revision}, this version has {newest}. serve upgrades it when it starts, or: smsstatus database upgrade",
            revision=revision,
            newest=newest,
        )
    return language.say(
        "Schema {revision} is newer: this version has {newest}. Run the newer version, or with it: "
        "smsstatus database downgrade {newest}",
        revision=revision,
        newest=newest,
    )


def _ask(found: str, revision: str, language: Language) -> None:
    """Have the loss confirmed. Raises SystemExit with status 1 if it is not."""
    from bot.cli.console import show_lines
    from bot.storage.migration import losses

    lost = [one.said_in(language) for one in losses(found, revision)]
    if lost:
        show_lines([language.say("This deletes: {lost}.", lost=language.comma_list(lost))], err=True)
    try:
        wanted = click.confirm(language.say("Downgrade from {found} to {revision}?", found=found, revision=revision), err=True)
    except click.Abort:  # nobody is there to answer
        fail([language.say("Nothing was changed. Without a terminal add --yes.")], NOTHING_DONE)
    if not wanted:
        fail([language.say("Nothing was changed.")], NOTHING_DONE)


async def _schema(opened: Database) -> tuple[str, str | None]:
    from bot.storage.migration import schema_revision

    return opened.shown, await schema_revision(opened)


async def _back_up(opened: Database, to: Path, language: Language) -> None:
    """Raises DatabaseError, and SystemExit if the copy cannot be written."""
    import asyncio

    from bot.errors.os_errors import describe_os_error
    from bot.storage.sqlite_backup import back_up

    if opened.file is None:
        line = language.say('PostgreSQL has its own: pg_dump --format=custom --file={file} "$SMSSTATUS_DATABASE_URL"', file=to)
        fail([line], WRONG_INPUT)
    if not opened.file.exists():
        fail([language.say("There is no database yet: {file}", file=opened.file)], NOTHING_DONE)
    try:
        await asyncio.to_thread(back_up, opened.file, to)
    except OSError as error:
        fail([language.say("{file} cannot be written: {reason}", file=to, reason=describe_os_error(error))], NOTHING_DONE)


def _run(job: Callable[[Database], Awaitable[T]], locale: CliLocale) -> T:
    """What `job` returns. Raises SystemExit with status 2."""
    return run(_on_database(load(locale.language).general, job), locale.language)


async def _on_database(general: AppSettings, job: Callable[[Database], Awaitable[T]]) -> T:
    """Raises SettingsError if the database cannot be opened or used."""
    from bot.storage.connection_errors import startup_error
    from bot.storage.database import Database

    async with aclosing(Database(general.database_url)) as opened:
        try:
            return await job(opened)
        except DatabaseError as error:
            raise startup_error(error, opened, general.database_key) from error
