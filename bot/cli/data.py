"""`smsstatus data`: what is kept, where, for how long, and how much of it there is now.

Exit statuses: 0 done; 2 the settings are wrong; 3 the database could not be read.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from bot.cli.localized_click import CliLocale, Command, fail, option, print_json
from bot.cli.runner import load, run
from bot.errors import DatabaseError
from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.config import AppSettings, Settings
    from bot.i18n import Language
    from bot.keeping.counting import Amount

UNREADABLE = 3

# The database is imported where it is needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    "data",
    cls=Command,
    about=phrase("Show what is kept, where and for how long. Numbers in it are sealed or hashed with your key."),
    closing=phrase("Remove what is kept of one number: smsstatus forget NUMBER"),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def data(locale: CliLocale, *, as_json: bool) -> None:
    """Print the kinds of data. Raises SystemExit with status 2 or 3 on errors."""
    settings = load(locale.language)
    try:
        place, found = run(_counted(settings.general), locale.language)
    except DatabaseError as error:
        fail([locale.language.say("The database cannot be read ({kind}): see {keys}", kind=error.kind, keys=_KEYS)], UNREADABLE)
    if as_json:
        print_json(_to_json(settings.general, place, found))
    else:
        _show(settings, place, found, locale.language)


_KEYS = "SMSSTATUS_DATABASE_URL, SMSSTATUS_DATA_DIR"


async def _counted(general: AppSettings) -> tuple[str, list[Amount]]:
    """The database's address without a password, and the amounts of its tables."""
    from bot.keeping.counting import amounts
    from bot.keeping.kinds import stored_kinds
    from bot.state import open_database

    async with open_database(general) as database:
        return database.shown, await amounts(database, stored_kinds(general))


def _show(settings: Settings, place: str, found: Sequence[Amount], language: Language) -> None:
    from bot.cli.console import show, show_lines
    from bot.cli.table_or_list import TableOrList
    from bot.keeping.kinds import held_kinds, stored_kinds

    general = settings.general
    what, kept, numbers = language.say("what"), language.say("kept for"), language.say("numbers")
    stored = TableOrList([what, language.say("table"), language.say("rows"), language.say("oldest"), kept, numbers])
    for kind, amount in zip(stored_kinds(general), found, strict=True):
        oldest = f"{amount.oldest.astimezone(general.zone):%Y-%m-%d}" if amount.oldest else "-"
        cells = [kind.table.name, f"{amount.rows:,}", oldest, kind.kept.said_in(language), kind.numbers.words.said_in(language)]
        stored.add([kind.what.said_in(language), *cells], " · ".join([kind.what.said_in(language), *cells]))
    held = TableOrList([what, kept, numbers])
    for group in held_kinds():
        cells = [one.said_in(language) for one in (group.what, group.kept, group.numbers.words)]
        held.add(cells, " · ".join(cells))
    show_lines([language.say("In the database {place}:", place=place)])
    show(stored)
    show_lines(["", language.say("In the memory of a running serve, within bounds:")])
    show(held)
    show_lines(["", *_elsewhere(general, language)])


def _elsewhere(general: AppSettings, language: Language) -> list[str]:
    return [
        language.say(
            "In {folder}: secret.key, unless SMSSTATUS_SECRET_KEY is set; with the key and the database, all of it can be read.",
            folder=general.data_dir,
        ),
        language.say("Not here: messages in Slack, the providers' records, your log files and backups."),
        language.say("Remove what is kept of one number: {command}", command="smsstatus forget NUMBER"),
    ]


def _to_json(general: AppSettings, place: str, found: Sequence[Amount]) -> dict[str, Any]:
    from bot.keeping.kinds import held_kinds, stored_kinds

    return {
        "database": place,
        "data_dir": str(general.data_dir),
        "stored": [
            {
                "table": kind.table.name,
                "what": kind.what.said_in(ENGLISH),
                "rows": amount.rows,
                "oldest": _time(amount.oldest),
                "kept": kind.kept.said_in(ENGLISH),
                "numbers": kind.numbers.value,
            }
            for kind, amount in zip(stored_kinds(general), found, strict=True)
        ],
        "memory": [
            {
                "name": group.name,
                "what": group.what.said_in(ENGLISH),
                "kept": group.kept.said_in(ENGLISH),
                "numbers": group.numbers.value,
            }
            for group in held_kinds()
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
