"""Counts the codes in real answers that the catalogue does not list, by provider, so that they can be added to it.

Best effort: `count` only counts in memory and can neither wait nor fail; `flush` writes, and an unavailable database costs
nothing but a line in the log. No personal data: a provider, a code and a count.

A code is untrusted text. It is truncated to 48 characters, what may be a phone number within it is masked, and of one provider
at most 200 codes are stored: those beyond are counted together, so that a flood of made-up codes neither fills the database nor
displaces the real ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from bot.errors import DatabaseError
from bot.sanitize import mask_code, single_line, truncate
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.database import Database
    from bot.timing.clock import Clock

MAX_CODE = 48
MAX_PROVIDER = 32
MAX_CODES = 200  # of one provider
MAX_PENDING = 1_000  # counts in memory that wait for the database
RETENTION = timedelta(days=180)  # since a code was last seen
OTHERS = "(others)"  # stands for the codes of a provider beyond MAX_CODES

log = structlog.get_logger(__name__)

UNKNOWN_CODES = sa.Table(
    "unknown_codes",
    METADATA,
    sa.Column("provider", sa.String(MAX_PROVIDER), primary_key=True),
    sa.Column("code", sa.String(MAX_CODE), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class UnlistedCode:
    """An unlisted code and how often it was seen. Times are aware, in UTC."""

    provider: str
    code: str  # sanitized by `sanitize_code`, or OTHERS
    count: int
    first_at: datetime
    last_at: datetime


class UnlistedCodeCounter:
    """The counter of unlisted codes. Every replica has one; they add up in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._pending: Counter[tuple[str, str]] = Counter()

    def count(self, provider: str, code: str) -> None:
        """Count a code that the catalogue does not list. Never waits, never raises; a blank code is ignored."""
        if code := sanitize_code(code):
            self._add_pending(provider[:MAX_PROVIDER], code, 1)

    async def flush(self) -> bool:
        """Write the pending counts. Returns whether they are written; if not, they stay pending."""
        counts, self._pending = self._pending, Counter()
        if not counts:
            return True
        try:
            await self._database.write(lambda connection: self._add(connection, counts))
        except DatabaseError as error:
            for (provider, code), count in counts.items():
                self._add_pending(provider, code, count)
            log.warning("unlisted_codes.not_stored", reason=error.kind)
            return False
        return True

    async def top(self, limit: int = 10) -> tuple[UnlistedCode, ...]:
        """The most frequent codes, most frequent first. Empty if the database cannot be read."""
        await self.flush()
        newest_first = (UNKNOWN_CODES.c["count"].desc(), UNKNOWN_CODES.c.last_at.desc(), UNKNOWN_CODES.c.code)
        most = sa.select(UNKNOWN_CODES).order_by(*newest_first).limit(limit)
        try:
            rows = await self._database.read(lambda connection: connection.execute(most).all())
        except DatabaseError as error:
            log.warning("unlisted_codes.not_read", reason=error.kind)
            return ()
        return tuple(
            UnlistedCode(row.provider, row.code, row._mapping["count"], row.first_at, row.last_at)  # noqa: SLF001 - SQLAlchemy's public name for a column that a tuple's method hides
            for row in rows
        )

    async def purge(self) -> int:
        """Delete the codes not seen for half a year and return their number. Raises DatabaseError."""
        old = sa.delete(UNKNOWN_CODES).where(UNKNOWN_CODES.c.last_at < self._clock() - RETENTION)
        return await self._database.write(lambda connection: connection.execute(old).rowcount)

    def _add_pending(self, provider: str, code: str, count: int) -> None:
        is_full = (provider, code) not in self._pending and len(self._pending) >= MAX_PENDING
        self._pending[provider, OTHERS if is_full else code] += count

    def _add(self, connection: Connection, counts: Counter[tuple[str, str]]) -> None:
        rows = connection.execute(sa.select(UNKNOWN_CODES.c.provider, UNKNOWN_CODES.c.code))
        known = {(row.provider, row.code) for row in rows}
        stored = Counter(provider for provider, code in known if code != OTHERS)
        totals: Counter[tuple[str, str]] = Counter()
        for (provider, code), count in counts.items():
            is_new = (provider, code) not in known and code != OTHERS
            is_full = is_new and stored[provider] >= MAX_CODES
            stored[provider] += is_new and not is_full
            totals[provider, OTHERS if is_full else code] += count
        now = self._clock()
        # In one order on every replica, so that two of them cannot deadlock.
        for (provider, code), count in sorted(totals.items()):
            connection.execute(self._upsert(provider, code, count, now))

    def _upsert(self, provider: str, code: str, count: int, now: datetime) -> sa.Executable:
        values: dict[str, Any] = {"provider": provider, "code": code, "count": count, "first_at": now, "last_at": now}
        added = {"count": UNKNOWN_CODES.c["count"] + count, "last_at": now}
        insert = self._database.insert(UNKNOWN_CODES).values(values)
        return insert.on_conflict_do_update(index_elements=["provider", "code"], set_=added)


def sanitize_code(code: str) -> str:
    """Sanitize a code: one line, at most 48 characters, with what may be a phone number masked."""
    return truncate(mask_code(single_line(code, 2 * MAX_CODE)), MAX_CODE)
