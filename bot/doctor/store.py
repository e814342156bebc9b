"""The database: whether it can be written, and the codes that it counts which the catalogue does not list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health, next_step
from bot.errors import DatabaseError, UnavailableError
from bot.storage.connection_errors import database_reason
from bot.storage.unlisted_codes import UnlistedCodeCounter
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.storage.database import Database


async def check_database(opened: Database | UnavailableError, titles: Mapping[str, str], language: Language) -> list[Check]:
    """Check that the database can be written, and report codes that providers sent and the catalogue does not list."""
    name = language.say("Database")
    if isinstance(opened, UnavailableError):
        return [Check(name, Health.FAILED, opened.said_in(language)[0], next_step(opened, language))]
    try:
        await opened.check()
    except DatabaseError as error:
        said = language.say("cannot be written ({error})", error=database_reason(error))
        return [Check(name, Health.FAILED, said, language.say("See {setting}", setting="SMSSTATUS_DATABASE_URL"))]
    checks = [Check(name, Health.OK, language.say("can be written"))]
    if met := await UnlistedCodeCounter(opened, system_clock).top(5):
        codes = language.comma_list(
            language.say(
                "{code} × {count} ({provider})", code=one.code, count=one.count, provider=titles.get(one.provider, one.provider)
            )
            for one in met
        )
        said = language.say("met, and not in our table: {codes}", codes=codes)
        step = language.say("Explain them in the overlay: {setting}", setting="SMSSTATUS_CODES_OVERLAY")
        checks.append(Check(language.say("Codes"), Health.WARNING, said, step))
    return checks
