"""The audit log: who looked up what, when and where. Append-only.

An entry has Slack's ids (in the terminal the operating system's name of the user) and keyed hashes of the targets, never a number
or a text. The database rejects changes of an entry; entries are deleted after the retention (`purge`). The entries about a number
can be found by its hash, with the key, until it is forgotten: then `n:forgotten` stands in the place of the hash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.errors import DatabaseError, SmsStatusError
from bot.i18n import ENGLISH, phrase
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from sqlalchemy import Connection

    from bot.i18n import Phrase
    from bot.model import PhoneNumber, Target
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

PAGE = 500  # entries read at once
MAX_COMMAND, MAX_OUTCOME, MAX_ID = 64, 64, 32
FORGOTTEN = "n:forgotten"  # a number whose hash was taken out

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("team", sa.String(MAX_ID), nullable=False),
    sa.Column("user", sa.String(MAX_ID), nullable=False),
    sa.Column("channel", sa.String(MAX_ID), nullable=False),
    sa.Column("surface", sa.String(32), nullable=False),
    sa.Column("command", sa.String(MAX_COMMAND), nullable=False),
    sa.Column("targets", sa.JSON, nullable=False),
    sa.Column("providers", sa.JSON, nullable=False),
    sa.Column("outcome", sa.String(MAX_OUTCOME), nullable=False),
    sa.Column("cached", sa.Boolean, nullable=True),
    sa.Column("reveal", sa.Boolean, nullable=False),
    sa.Index("ix_audit_at", "at"),
)
_INSERT = sa.insert(AUDIT)


class AuditError(SmsStatusError):
    """The audit log cannot be written or read: the database is unavailable, full or read-only."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action of one person."""

    team: str  # Slack ids; empty where there is none
    user: str
    channel: str
    surface: str  # of Slack: "command", "action", "mention", …; or "terminal"
    command: str  # its kind: "lookup", "explain", a button's name, …
    outcome: str  # "answered", "refused: guest", …
    targets: tuple[str, ...] = ()  # `AuditLog.hash_target` of each
    providers: tuple[str, ...] = ()
    cached: bool | None = None  # whether the whole answer came from the cache; None without a lookup
    reveal: bool = False  # whether whole numbers were shown
    at: datetime | None = None  # set when it is written

    def to_json(self) -> dict[str, Any]:
        """The JSON object of `smsstatus audit export`."""
        return {
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if self.at else None,
            "team": self.team,
            "user": self.user,
            "channel": self.channel,
            "surface": self.surface,
            "command": self.command,
            "targets": list(self.targets),
            "providers": list(self.providers),
            "outcome": self.outcome,
            "cached": self.cached,
            "reveal": self.reveal,
        }


COLUMNS = tuple(AuditEntry(team="", user="", channel="", surface="", command="", outcome="").to_json())
"""The names of an entry's fields, in order."""


class AuditLog:
    """The audit log, in the database that all replicas share."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    def hash_target(self, target: Target) -> str:
        """A keyed hash of one target, in hex. A number and its message id are hashed apart, so that the number alone finds it.

        `n:…` for a number, `i:…` for an id, `n:… i:…` for both.
        """
        parts = []
        if target.number is not None:
            parts.append(self.hash_number(self._keyring, target.number))
        if target.message_id is not None:
            parts.append("i:" + self._keyring.digest(f"id:{target.message_id}", "audit").hex())
        return " ".join(parts)

    @staticmethod
    def hash_number(keyring: Keyring, number: PhoneNumber) -> str:
        """The part of `hash_target` that stands for a number."""
        return "n:" + keyring.digest(number.e164, "audit").hex()

    @staticmethod
    def without(hashed: str, target: str) -> str:
        """What `hash_target` gave, without the number of that hash: an id that stood beside it stays."""
        return " ".join(FORGOTTEN if part == hashed else part for part in target.split())

    @staticmethod
    def row(entry: AuditEntry, at: datetime) -> dict[str, Any]:
        """`entry` as a row of the table, dated `at`."""
        return {
            "at": at,
            "team": entry.team[:MAX_ID],
            "user": entry.user[:MAX_ID],
            "channel": entry.channel[:MAX_ID],
            "surface": entry.surface,
            "command": entry.command[:MAX_COMMAND],
            "targets": list(entry.targets),
            "providers": list(entry.providers),
            "outcome": entry.outcome[:MAX_OUTCOME],
            "cached": entry.cached,
            "reveal": entry.reveal,
        }

    async def write(self, entry: AuditEntry) -> None:
        """Append `entry`, dated now; one that is dated only if it is not there. It is committed when this returns.

        Raises AuditError.
        """
        append = self.appending(entry) if entry.at is None else self._appending_once(entry, entry.at)
        try:
            await self._database.write(append)
        except DatabaseError as error:
            raise AuditError(phrase("the audit cannot be written ({kind})", kind=error.kind)) from error

    def dated(self, entry: AuditEntry) -> AuditEntry:
        """`entry` as of now: by its date it is known again."""
        return replace(entry, at=self._clock())

    def appending(self, entry: AuditEntry) -> Callable[[Connection], object]:
        """What appends `entry`, dated now if it is not dated, in a transaction of the caller's."""
        row = self.row(entry, entry.at or self._clock())
        return lambda connection: connection.execute(_INSERT, row).rowcount

    def _appending_once(self, entry: AuditEntry, at: datetime) -> Callable[[Connection], object]:
        row, append = self.row(entry, at), self.appending(entry)

        def append_once(connection: Connection) -> object:
            of_that_moment = connection.execute(sa.select(AUDIT).where(AUDIT.c.at == at)).mappings()
            is_there = any(all(one[name] == value for name, value in row.items()) for one in of_that_moment)
            return None if is_there else append(connection)

        return append_once

    async def entries(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        target: Target | None = None,
        reveals: bool = False,
    ) -> AsyncIterator[AuditEntry]:
        """The entries with `since` <= at < `until`, oldest first. Raises AuditError.

        `target` selects those about its number (and id, if it has one), `reveals` those that showed whole numbers.
        """
        wanted = set(self.hash_target(target).split()) if target else set()
        filters: list[sa.ColumnElement[bool]] = [AUDIT.c.reveal] if reveals else []
        filters += [AUDIT.c.at >= since] if since else []
        filters += [AUDIT.c.at < until] if until else []
        filters += [AUDIT.c.user == user] if user else []
        last = 0
        while rows := await self._page(filters, last):
            for row in rows:
                last = row.id
                if wanted <= {part for hashes in row.targets for part in hashes.split()}:
                    yield _entry(row)

    async def has(self, command: str, *, since: datetime) -> bool:
        """Whether there is an entry of this kind with `since` <= at. Raises AuditError."""
        query = sa.select(AUDIT.c.id).where(AUDIT.c.at >= since, AUDIT.c.command == command).limit(1)
        try:
            return await self._database.read(lambda connection: connection.execute(query).first()) is not None
        except DatabaseError as error:
            raise AuditError(phrase("the audit cannot be read ({kind})", kind=error.kind)) from error

    async def purge(self, before: datetime) -> int:
        """Delete the entries older than `before` and return their number. Raises AuditError."""
        old = sa.delete(AUDIT).where(AUDIT.c.at < before)
        try:
            return await self._database.write(lambda connection: connection.execute(old).rowcount)
        except DatabaseError as error:
            raise AuditError(phrase("the audit cannot be purged ({kind})", kind=error.kind)) from error

    async def _page(self, filters: Iterable[sa.ColumnElement[bool]], last: int) -> list[sa.Row[Any]]:
        query = sa.select(AUDIT).where(AUDIT.c.id > last, *filters).order_by(AUDIT.c.id).limit(PAGE)
        try:
            return await self._database.read(lambda connection: list(connection.execute(query).all()))
        except DatabaseError as error:
            raise AuditError(phrase("the audit cannot be read ({kind})", kind=error.kind)) from error


def _entry(row: sa.Row[Any]) -> AuditEntry:
    return AuditEntry(
        team=row.team,
        user=row.user,
        channel=row.channel,
        surface=row.surface,
        command=row.command,
        outcome=row.outcome,
        targets=tuple(row.targets),
        providers=tuple(row.providers),
        cached=row.cached,
        reveal=row.reveal,
        at=row.at,
    )
