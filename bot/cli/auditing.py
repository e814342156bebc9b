"""The audit as the terminal opens it: read by `audit`, and written into before a whole number is shown."""

from __future__ import annotations

import os
import pwd
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.errors import SettingsError, StoreError
from bot.i18n import phrase
from bot.receipts.opening import open_receipts
from bot.state import open_database
from bot.storage.audit_log import AuditEntry, AuditError, AuditLog
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.config import AppSettings
    from bot.i18n import Phrase
    from bot.model import Target

SURFACE = "terminal"


def entry_of(
    audit_log: AuditLog,
    command: str,
    outcome: str,
    targets: Iterable[Target] = (),
    providers: Iterable[str] = (),
    *,
    surface: str = SURFACE,
) -> AuditEntry:
    """An entry about whoever runs this process."""
    return AuditEntry(
        team="",
        user=os_user(),
        channel="",
        surface=surface,
        command=command,
        outcome=outcome,
        targets=tuple(audit_log.hash_target(target) for target in targets),
        providers=tuple(dict.fromkeys(providers)),
    )


class AuditedReveal:
    """Writes down who is about to see whole numbers. Nothing is to be shown before that."""

    def __init__(self, audit_log: AuditLog) -> None:
        self._audit_log = audit_log

    async def write(self, command: str, targets: Iterable[Target] = (), providers: Iterable[str] = ()) -> None:
        """Write that the person at this terminal sees whole numbers. Raises SettingsError when it cannot be written."""
        entry = entry_of(self._audit_log, command, "revealed", targets, providers)
        try:
            await self._audit_log.write(replace(entry, cached=False, reveal=True))
        except AuditError as error:
            raise _refused(error.problem) from error


@asynccontextmanager
async def open_audit(general: AppSettings, use: Literal["write", "find", "read"] = "write") -> AsyncIterator[AuditLog]:
    """The audit log: to write, to find a number's entries, or to read whichever there are.

    Raises SettingsError when the database or its key cannot be opened; where hashes of numbers are written or looked for, also if
    the database was written with another key, which they would not match.
    """
    keyring = general.keyring()
    async with open_database(general) as database:
        store = open_receipts(database, keyring, system_clock).store
        if use != "read":
            try:
                await (store.keep_proof() if use == "write" else store.check_key())
            except StoreError as error:
                raise SettingsError([error.problem]) from error
        yield AuditLog(database, keyring, system_clock)


@asynccontextmanager
async def open_reveal(general: AppSettings) -> AsyncIterator[AuditedReveal]:
    """The audit, opened before anybody is asked. Raises SettingsError, in one line, when it cannot be."""
    async with AsyncExitStack() as stack:
        try:
            audit_log = await stack.enter_async_context(open_audit(general))
        except SettingsError as error:
            raise _refused(error.lines[0]) from error
        yield AuditedReveal(audit_log)


def os_user() -> str:
    """Who runs this process, by the operating system and not by what the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as an id that has no name
        return f"uid {os.getuid()}"


def _refused(problem: Phrase) -> SettingsError:
    return SettingsError([phrase("No number is shown in full, because the audit cannot record it. {problem}", problem=problem)])
