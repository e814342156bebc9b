"""The database: whether it can be written, its schema, the free space, and the codes it counts that the catalogue lacks."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health, next_step
from bot.errors import DatabaseError, SettingsError, StoreError
from bot.storage.connection_errors import database_reason
from bot.storage.migration import newest_revision, schema_revision
from bot.storage.unlisted_codes import UnlistedCodeCounter
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.i18n import Language
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database

MIB = 1024 * 1024
LITTLE, TOO_LITTLE = 1024 * MIB, 100 * MIB  # bytes: a busy day of receipts; what a migration and its log may take
_GIB = 1024 * MIB


def free_space(folder: Path) -> int:
    """The free bytes of the disk that a folder is on. Raises OSError."""
    return shutil.disk_usage(folder).free


async def check_database(
    opened: Database | SettingsError,
    titles: Mapping[str, str],
    language: Language,
    *,
    free: Callable[[Path], int] = free_space,
) -> list[Check]:
    """Check that the database can be written, its schema and its disk, and report codes that the catalogue does not list."""
    name = language.say("Database")
    if isinstance(opened, SettingsError):
        return [Check(name, Health.FAILED, opened.said_in(language)[0], next_step(opened, language))]
    try:
        await opened.check()
        revision = await schema_revision(opened)
        return [
            *_schema(name, revision, language),
            *await _disk(opened, free, language),
            *await _unlisted(opened, titles, language),
        ]
    except DatabaseError as error:
        said = language.say("cannot be written ({error})", error=database_reason(error))
        return [Check(name, Health.FAILED, said, language.say("See {setting}", setting="SMSSTATUS_DATABASE_URL"))]


async def check_key(store: ReceiptStore, language: Language) -> list[Check]:
    """A finding where the database was written with another key; nothing where it was not, or does not say."""
    try:
        await store.check_key()
    except StoreError as error:
        step = language.say("Set the key of before: it is in secret.key of the data folder, or in SMSSTATUS_SECRET_KEY of serve")
        return [Check(language.say("Database"), Health.FAILED, error.problem.said_in(language), step)]
    return []


def _schema(name: str, revision: str | None, language: Language) -> list[Check]:
    newest = newest_revision()
    if revision == newest:
        return [Check(name, Health.OK, language.say("can be written; schema {revision}", revision=revision))]
    said = language.say("its schema is {revision}, this version's {newest}", revision=revision or "–", newest=newest)
    return [Check(name, Health.FAILED, said, language.say("Restart serve: it brings the schema up to date"))]


async def _disk(opened: Database, free: Callable[[Path], int], language: Language) -> list[Check]:
    """The free space beside a SQLite file; that of a server is its own operator's to see."""
    if opened.file is None:
        return []
    try:
        there = await asyncio.to_thread(free, opened.file.parent)
    except OSError:
        return []
    said = language.say("{amount:,.1f} GiB free", amount=there / _GIB)
    if there >= LITTLE:
        return [Check(language.say("Disk"), Health.OK, said)]
    health = Health.FAILED if there < TOO_LITTLE else Health.WARNING
    step = language.say("Free some in the data folder, or keep receipts shorter: {setting}", setting="SMSSTATUS_RECEIPT_DAYS")
    return [Check(language.say("Disk"), health, said, step)]


async def _unlisted(opened: Database, titles: Mapping[str, str], language: Language) -> list[Check]:
    met = await UnlistedCodeCounter(opened, system_clock).top(5)
    if not met:
        return []
    codes = language.comma_list(
        language.say(
            "{code} × {count} ({provider})", code=one.code, count=one.count, provider=titles.get(one.provider, one.provider)
        )
        for one in met
    )
    said = language.say("met, and not in our table: {codes}", codes=codes)
    step = language.say("Explain them in the overlay: {setting}", setting="SMSSTATUS_CODES_OVERLAY")
    return [Check(language.say("Codes"), Health.WARNING, said, step)]
