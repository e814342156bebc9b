"""Codes that real answers had and the catalogue does not list, counted for each provider, so that somebody explains them.

Best effort: `saw` only counts in memory and can neither wait nor fail; `flush` writes, and a database that is away costs
nothing but a line in the log. No personal data: a provider, a code and how often, never whose message it was.

A code is text from outside. It is cut to 48 characters, what may be a number within it is hidden, and of one provider no more
than 200 codes are kept: those beyond are counted together, so that a flood of made-up codes neither fills the database nor
pushes out the real ones.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from bot.errors import DatabaseError
from bot.sanitize import single_line, truncate
from bot.storage import METADATA, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage import Database
    from bot.timing.clock import Clock

LONGEST_CODE = 48
LONGEST_PROVIDER = 32
MOST_CODES = 200  # of one provider
MOST_PENDING = 1_000  # counts in memory that wait for the database
KEEP = timedelta(days=180)  # without being met again
OTHERS = "(others)"  # stands for the codes of a provider beyond MOST_CODES
_MAY_BE_A_NUMBER = re.compile(r"\d(?:[\s().-]?\d){7,}")

log = structlog.get_logger(__name__)

UNKNOWN_CODES = sa.Table(
    "unknown_codes",
    METADATA,
    sa.Column("provider", sa.String(LONGEST_PROVIDER), primary_key=True),
    sa.Column("code", sa.String(LONGEST_CODE), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class UnlistedCode:
    """A code that is not listed, and how often it was met. Times are aware, in UTC."""

    provider: str
    code: str  # as `clean` leaves it, or OTHERS
    count: int
    first_at: datetime
    last_at: datetime


class UnlistedCodeCounter:
    """The counter. Every replica has one; they add up in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._pending: Counter[tuple[str, str]] = Counter()

    def count(self, provider: str, code: str) -> None:
        """Count a code that the catalogue does not list. Never waits, never raises; a code without any character is no code."""
        known = (provider[:LONGEST_PROVIDER], sanitize_code(code))
        if not known[1]:
            return
        if known not in self._pending and len(self._pending) >= MOST_PENDING:
            known = (known[0], OTHERS)
        self._pending[known] += 1

    async def flush(self) -> bool:
        """Write what was counted since. Returns whether it is written; if not, it is kept for the next time."""
        counts, self._pending = self._pending, Counter()
        if not counts:
            return True
        try:
            async with self._database.write() as connection:
                await self._add(connection, counts)
        except DatabaseError as error:
            for (provider, code), count in counts.items():
                self._put_back(provider, code, count)
            log.warning("unknown_codes.not_stored", reason=error.kind)
            return False
        return True

    async def top(self, limit: int = 10) -> tuple[UnlistedCode, ...]:
        """The codes that were met most often, most often first. Empty when the database cannot be read."""
        await self.flush()
        newest_first = (UNKNOWN_CODES.c["count"].desc(), UNKNOWN_CODES.c.last_at.desc(), UNKNOWN_CODES.c.code)
        try:
            async with self._database.read() as connection:
                rows = (await connection.execute(sa.select(UNKNOWN_CODES).order_by(*newest_first).limit(limit))).all()
        except DatabaseError as error:
            log.warning("unknown_codes.not_read", reason=error.kind)
            return ()
        return tuple(
            UnlistedCode(row.provider, row.code, row._mapping["count"], row.first_at, row.last_at)  # noqa: SLF001 - SQLAlchemy's public name for a column that a tuple's method hides
            for row in rows
        )

    async def purge(self) -> int:
        """Delete what was not met again for half a year. Returns how many codes. Raises DatabaseError."""
        async with self._database.write() as connection:
            old = UNKNOWN_CODES.c.last_at < self._clock() - KEEP
            return (await connection.execute(sa.delete(UNKNOWN_CODES).where(old))).rowcount

    def _put_back(self, provider: str, code: str, count: int) -> None:
        known = (provider, code)
        if known not in self._pending and len(self._pending) >= MOST_PENDING:
            known = (provider, OTHERS)
        self._pending[known] += count

    async def _add(self, connection: AsyncConnection, counts: Counter[tuple[str, str]]) -> None:
        listed = await connection.execute(sa.select(UNKNOWN_CODES.c.provider, UNKNOWN_CODES.c.code))
        known = {(row.provider, row.code) for row in listed}
        kept = Counter(provider for provider, code in known if code != OTHERS)
        totals: Counter[tuple[str, str]] = Counter()
        for (provider, code), count in counts.items():
            new = (provider, code) not in known and code != OTHERS
            full = new and kept[provider] >= MOST_CODES
            kept[provider] += new and not full
            totals[provider, OTHERS if full else code] += count
        now = self._clock()
        # In one order on every replica, so that two of them cannot wait for each other's rows.
        for (provider, code), count in sorted(totals.items()):
            await connection.execute(self._upsert(provider, code, count, now))

    def _upsert(self, provider: str, code: str, count: int, now: datetime) -> sa.Executable:
        values: dict[str, Any] = {"provider": provider, "code": code, "count": count, "first_at": now, "last_at": now}
        added = {"count": UNKNOWN_CODES.c["count"] + count, "last_at": now}
        insert = self._database.insert(UNKNOWN_CODES).values(values)
        return insert.on_conflict_do_update(index_elements=["provider", "code"], set_=added)


def sanitize_code(code: str) -> str:
    """A code as it may be kept: on one line, at most 48 characters, and without what may be somebody's number."""
    return truncate(_MAY_BE_A_NUMBER.sub("****", single_line(code, 2 * LONGEST_CODE)), LONGEST_CODE)
