"""The state of posted answers, behind their buttons and threads, kept under an opaque random id.

Buttons carry the id and nothing else, so no number ever travels in a Slack payload of ours. The question is kept in the
database, sealed, as the words of the command language; the report only in memory, for turning pages without asking anyone.
After a restart, or on another replica, it is asked again.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from cachetools import LRUCache

from bot.errors import DatabaseError, UsageError
from bot.model.held_bytes import TARGET_BYTES, report_bytes
from bot.slack.messaging.claims import CarriedWrite, nothing
from bot.slack.state.answer_codec import AnswerCodec
from bot.slack.state.findings import Finding
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Query
    from bot.slack.messaging.claims import Claim
    from bot.slack.state.answer_record import AnswerRecord, Thread
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

KEEP = timedelta(days=30)
STORE_SECONDS = 0.5
READ_SECONDS = 1.0
MAX_AHEAD = 2_000
MAX_BYTES = 6 * 2**20  # of all the reports in memory: some 1,500 of three messages
RECORD_BYTES = 1_500  # of an answer besides its report: the question, the thread, the cache's own

log = structlog.get_logger(__name__)

ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("thread", sa.LargeBinary(32), nullable=True),  # keyed hash of team, channel and the thread's root
    sa.Column("asker", sa.LargeBinary(32), nullable=True),  # keyed hash of the user
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_answers_thread_updated_at", "thread", "updated_at"),
    sa.Index("ix_answers_asker_updated_at", "asker", "updated_at"),
    sa.Index("ix_answers_expires_at", "expires_at"),
)


class AnswerStore:
    """Where `AnswerRecord` values are kept: thirty days, on every replica."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Clock, providers: Iterable[str], *, max_bytes: int = MAX_BYTES
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._codec = AnswerCodec(clock, providers)
        # Built once: to build it takes longer than SQLite takes to run it.
        insert = database.insert(ANSWERS)
        replaced = {column.name: insert.excluded[column.name] for column in ANSWERS.c if not column.primary_key}
        self._upsert = insert.on_conflict_do_update(index_elements=["id"], set_=replaced)
        # What could not be written to the database works from here, as long as this process lives.
        self._recent: LRUCache[str, AnswerRecord] = LRUCache(max_bytes, getsizeof=_bytes)
        self._max_bytes = max_bytes
        self._writing: set[asyncio.Task[None]] = set()
        self._ahead: LRUCache[str, asyncio.Future[None]] = LRUCache(MAX_AHEAD)  # by answer: its newest write, until it is done
        self._carried: LRUCache[str, AnswerRecord] = LRUCache(MAX_AHEAD)  # that are written when they begin to be shown

    async def add(self, shown: AnswerRecord, *, claim: Claim | None = None) -> str:
        """Keep a new one and return its id, which cannot be guessed. Never raises: see `update`."""
        answer_id = secrets.token_urlsafe(12)
        await self.update(answer_id, shown, claim=claim)
        return answer_id

    def id_for(self, request_id: str) -> str:
        """The id of the answer to a request of the inbox, the same for whoever takes that up; nobody else can tell it."""
        if not request_id:
            return secrets.token_urlsafe(12)
        return urlsafe_b64encode(self._keyring.digest(request_id, "answer")[:12]).decode()

    async def update(self, answer_id: str, shown: AnswerRecord, *, claim: Claim | None = None) -> None:
        """Replace the one with this id. When the database cannot be written it is kept in memory, and the log tells.

        With `claim` it is written when the answer begins, which nobody sees before.
        """
        if shown.report is not None and shown.report.query.targets:  # a batch may be cut before its first target
            found = Finding.of(shown.report)
            shown = replace(shown, found_first=shown.found_first or found, found_last=found)
        self._recent.pop(answer_id, None)
        if _bytes(shown) <= self._max_bytes:
            self._recent[answer_id] = shown
        if claim is not None and self._carry(claim, answer_id, shown):
            return
        # A database that is slow must not keep the answer waiting; what is written later is written all the same.
        await asyncio.wait({self._write(answer_id, shown)}, timeout=STORE_SECONDS)

    async def flush(self, seconds: float) -> None:
        """Wait for what is still being written, at most `seconds`."""
        if self._writing:
            await asyncio.wait(set(self._writing), timeout=seconds)

    def _carry(self, claim: Claim, answer_id: str, shown: AnswerRecord) -> bool:
        """Have it written with the beginning of the answer; whether that will be."""
        if answer_id in self._ahead:  # an older state must not overtake a newer one
            return False
        writing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def is_newest() -> bool:
            return self._carried.get(answer_id) is shown

        def prepare() -> Callable[[Connection], object]:
            if not is_newest():
                return nothing
            row, self._ahead[answer_id] = self._row(answer_id, shown), writing
            return lambda connection: connection.execute(self._upsert, row)

        def ended(claim: Claim) -> None:
            self._end_write(answer_id, writing)
            writing.set_result(None)
            if not is_newest():
                return
            del self._carried[answer_id]
            if claim.is_lost:  # whoever answers has stored another state
                self._recent.pop(answer_id, None)
            elif not claim.is_written:
                self._write(answer_id, shown)

        if not claim.carry(f"answer {answer_id}", CarriedWrite(prepare, ended)):
            return False
        self._carried[answer_id] = shown
        return True

    def _write(self, answer_id: str, shown: AnswerRecord) -> asyncio.Task[None]:
        self._carried.pop(answer_id, None)
        writing = asyncio.create_task(self._store(answer_id, shown, after=self._ahead.get(answer_id)))
        self._ahead[answer_id] = writing
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return writing

    async def _store(self, answer_id: str, shown: AnswerRecord, *, after: asyncio.Future[None] | None) -> None:
        if after is not None:  # an older state must not overtake a newer one
            await asyncio.wait({after})
        row = self._row(answer_id, shown)
        try:
            # Not synced: what its request writes next, the beginning of the answer or the audit's entry, syncs it too.
            await self._database.write(lambda connection: connection.execute(self._upsert, row).rowcount, synced=False)
        except DatabaseError as error:
            log.warning("answers.not_stored", reason=error.kind)
            return  # what is in memory stays ahead of what is stored
        self._end_write(answer_id, asyncio.current_task())

    def _end_write(self, answer_id: str, writing: asyncio.Future[None] | None) -> None:
        if self._ahead.get(answer_id) is writing:
            del self._ahead[answer_id]

    def _row(self, answer_id: str, shown: AnswerRecord) -> dict[str, Any]:
        now = self._clock()
        return {
            "id": answer_id,
            "thread": self._thread_key(shown.thread) if shown.thread else None,
            "asker": self._asker_key(shown.asked_by),
            "expires_at": now + KEEP,
            "updated_at": now,
            "sealed": self._keyring.seal(self._codec.written(shown), "answers"),
        }

    async def find(self, answer_id: str) -> AnswerRecord | None:
        """The one with this id; None when it is unknown, expired or forgotten. From memory when the database cannot be read."""
        recent: AnswerRecord | None = self._recent.get(answer_id)
        if recent is not None and self._is_ahead(answer_id):
            return recent
        try:
            stored = await self._select(ANSWERS.c.id == answer_id)
        except DatabaseError as error:
            log.warning("answers.not_read", reason=error.kind)
            return recent
        if stored is None:
            self._recent.pop(answer_id, None)  # whoever removed it there means it
            return None
        # Another replica may have turned the page: what is stored leads, the report is ours if it is the same question's.
        if recent is not None and _same_question(recent.query, stored[1].query):
            return replace(stored[1], report=recent.report)
        return stored[1]

    def _is_ahead(self, answer_id: str) -> bool:
        """Whether what is in memory is newer than what is stored."""
        return answer_id in self._ahead or answer_id in self._carried

    async def latest_in(self, thread: Thread) -> tuple[str, AnswerRecord] | None:
        """The answer shown last in `thread`, with its id. None also when the database cannot be read."""
        try:
            return await self._select(ANSWERS.c.thread == self._thread_key(thread))
        except DatabaseError as error:
            log.warning("answers.not_read", reason=error.kind)
            return None

    async def latest_of(self, user: str, limit: int) -> list[tuple[str, AnswerRecord]]:
        """The last `limit` different lookups of `user` with their ids, the newest first. Never raises."""
        found: dict[object, tuple[str, AnswerRecord]] = {}
        for answer_id, shown, _ in await self._newest_of(user, 5 * limit):
            found.setdefault(_repeatable(shown), (answer_id, shown))
        return list(found.values())[:limit]

    async def newest_in(self, thread: Thread, limit: int) -> list[tuple[str, AnswerRecord]]:
        """The last `limit` answers of `thread` with their ids, the newest first. Never raises."""
        found = await self._newest(ANSWERS.c.thread == self._thread_key(thread), limit)
        return [(answer_id, shown) for answer_id, shown, _ in found]

    async def latest_threads_of(self, user: str, limit: int) -> list[tuple[Thread, AnswerRecord, datetime]]:
        """The last `limit` threads outside direct messages in which `user` asked, the newest first. Never raises."""
        found: dict[Thread, tuple[Thread, AnswerRecord, datetime]] = {}
        for _, shown, asked_at in await self._newest_of(user, 5 * limit):
            if shown.public and shown.thread is not None and shown.thread.ts and shown.message_ts is not None:
                found.setdefault(shown.thread, (shown.thread, shown, asked_at))
        return list(found.values())[:limit]

    async def _newest_of(self, user: str, limit: int) -> list[tuple[str, AnswerRecord, datetime]]:
        return await self._newest(ANSWERS.c.asker == self._asker_key(user), limit)

    async def _newest(self, where: sa.ColumnElement[bool], limit: int) -> list[tuple[str, AnswerRecord, datetime]]:
        kept = sa.select(ANSWERS.c.id, ANSWERS.c.sealed, ANSWERS.c.updated_at).where(where, ANSWERS.c.expires_at >= self._clock())
        newest = kept.order_by(ANSWERS.c.updated_at.desc()).limit(limit)
        try:
            rows = await self._database.read(lambda connection: connection.execute(newest).all(), within=READ_SECONDS)
        except DatabaseError as error:
            log.warning("answers.not_read", reason=error.kind)
            return []
        return [(row.id, shown, row.updated_at) for row in rows if (shown := self._opened(row.sealed)) is not None]

    def drop_reports(self) -> None:
        """Hold no report any more; a record that is not in the database yet is written first, and dropped the next time."""
        for answer_id in [one for one in self._recent if not self._is_ahead(one)]:
            del self._recent[answer_id]

    async def purge(self) -> int:
        """Delete what has expired. Returns how many. Raises DatabaseError."""
        expired = sa.delete(ANSWERS).where(ANSWERS.c.expires_at < self._clock())
        return await self._database.write(lambda connection: connection.execute(expired).rowcount)

    async def _select(self, where: sa.ColumnElement[bool]) -> tuple[str, AnswerRecord] | None:
        """The newest of these. Raises DatabaseError."""
        found = sa.select(ANSWERS.c.id, ANSWERS.c.sealed).where(where, ANSWERS.c.expires_at >= self._clock())
        newest = found.order_by(ANSWERS.c.updated_at.desc()).limit(1)
        row = await self._database.read(lambda connection: connection.execute(newest).first(), within=READ_SECONDS)
        if row is None:
            return None
        shown = self._opened(row.sealed)
        return None if shown is None else (row.id, shown)

    def _opened(self, sealed: bytes) -> AnswerRecord | None:
        try:
            return self._codec.read(self._keyring.open(sealed, "answers"))
        except (WrongKeyError, UsageError, ValueError, LookupError) as error:
            log.warning("answers.not_read", reason=type(error).__name__)
            return None

    def _thread_key(self, thread: Thread) -> bytes:
        return self._keyring.digest(f"{thread.team} {thread.channel} {thread.ts}", "thread")

    def _asker_key(self, user: str) -> bytes:
        return self._keyring.digest(user, "asker")


def _same_question(one: Query, other: Query) -> bool:
    """Whether a report of `one` answers `other` too. An open window's end moves on between reading and writing."""
    return (one.targets, one.providers, one.window.since, one.window.open) == (
        other.targets,
        other.providers,
        other.window.since,
        other.window.open,
    )


def _repeatable(shown: AnswerRecord) -> object:
    """What makes two lookups the same to repeat."""
    query = shown.query
    return (query.targets, query.providers, query.only, shown.relative_length or query.window)


def _bytes(shown: AnswerRecord) -> int:
    targets = len(shown.query.targets) + len(shown.rest) + (len(shown.previous.targets) if shown.previous else 0)
    words = sum(map(sys.getsizeof, (*shown.passed_over, *shown.notes)))
    return RECORD_BYTES + TARGET_BYTES * targets + words + (report_bytes(shown.report) if shown.report else 0)
