"""What is shown where: the state behind an answer's buttons and its thread, kept under an opaque random id.

Buttons carry the id and nothing else, so no number ever travels in a Slack payload of ours. The question is kept in the
database, sealed, as the words of the command language; the report only in memory, for turning pages without asking anyone.
After a restart, or on another replica, it is asked again.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from cachetools import LRUCache
from sqlalchemy.exc import SQLAlchemyError

from bot.database import METADATA, WrongKeyError
from bot.errors import UsageError
from bot.grammar import Asker, Lookup, parse, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.clock import Clock
    from bot.database import Database, Keyring
    from bot.model import Query, Report

KEEP = timedelta(days=30)
MAX_ROWS = 100_000  # of all the reports in memory

log = structlog.get_logger(__name__)

ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("thread", sa.LargeBinary(32), nullable=True),  # keyed hash of team, channel and the thread's root
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_answers_thread_updated_at", "thread", "updated_at"),
    sa.Index("ix_answers_expires_at", "expires_at"),
)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread in Slack, by its root message."""

    team: str
    channel: str
    root: str  # the root message's ts


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as it stands in Slack. `report` is None when it has to be asked again."""

    query: Query
    asked_by: str  # Slack user id
    channel: str  # Slack channel id
    report: Report | None = None
    page: int = 0
    public: bool = False
    shared: bool = False  # its Share button has been used
    thread: Thread | None = None  # the thread that it belongs to
    message_ts: str | None = None  # the message that shows it, when it was posted by the Web API


class Answers:
    """Where `Shown` values are kept: thirty days, on every replica."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Clock, providers: Iterable[str], *, max_rows: int = MAX_ROWS
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._providers = {name: name for name in providers}
        # What could not be written to the database works from here, as long as this process lives.
        self._recent: LRUCache[str, Shown] = LRUCache(max_rows, getsizeof=_rows)
        self._max_rows = max_rows

    async def add(self, shown: Shown) -> str:
        """Keep a new one and return its id, which cannot be guessed. Never raises: see `update`."""
        answer_id = secrets.token_urlsafe(12)
        await self.update(answer_id, shown)
        return answer_id

    async def update(self, answer_id: str, shown: Shown) -> None:
        """Replace the one with this id. When the database cannot be written it is kept in memory, and the log tells."""
        if _rows(shown) <= self._max_rows:
            self._recent[answer_id] = shown
        now = self._clock()
        row = {
            "thread": self._thread_key(shown.thread) if shown.thread else None,
            "expires_at": now + KEEP,
            "updated_at": now,
            "sealed": self._keyring.seal(self._written(shown), "answers"),
        }
        try:
            async with self._database.write() as connection:
                done = await connection.execute(sa.update(ANSWERS).where(ANSWERS.c.id == answer_id).values(row))
                if done.rowcount == 0:
                    await connection.execute(sa.insert(ANSWERS).values(id=answer_id, **row))
        except (SQLAlchemyError, OSError) as error:
            log.warning("answers.not_stored", reason=type(error).__name__)

    async def find(self, answer_id: str) -> Shown | None:
        """The one with this id; None when it is unknown or expired, or the database cannot be read."""
        stored = await self._select(ANSWERS.c.id == answer_id)
        recent: Shown | None = self._recent.get(answer_id)
        if stored is None:
            return recent
        # Another replica may have turned the page: what is stored leads, the report is ours if it is the same question's.
        if recent is not None and _same_question(recent.query, stored[1].query):
            return replace(stored[1], report=recent.report)
        return stored[1]

    async def latest_in(self, thread: Thread) -> tuple[str, Shown] | None:
        """The answer shown last in `thread`, with its id."""
        return await self._select(ANSWERS.c.thread == self._thread_key(thread))

    async def purge(self) -> int:
        """Delete what has expired. Returns how many. Raises SQLAlchemyError."""
        async with self._database.write() as connection:
            return (await connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.expires_at < self._clock()))).rowcount

    async def _select(self, where: sa.ColumnElement[bool]) -> tuple[str, Shown] | None:
        newest = sa.select(ANSWERS.c.id, ANSWERS.c.sealed).where(where, ANSWERS.c.expires_at >= self._clock())
        try:
            async with self._database.read() as connection:
                row = (await connection.execute(newest.order_by(ANSWERS.c.updated_at.desc()).limit(1))).first()
            return None if row is None else (row.id, self._read(self._keyring.open(row.sealed, "answers")))
        except (SQLAlchemyError, OSError, WrongKeyError, UsageError) as error:
            log.warning("answers.not_read", reason=type(error).__name__)
            return None

    def _thread_key(self, thread: Thread) -> bytes:
        return self._keyring.digest(f"{thread.team} {thread.channel} {thread.root}", "thread")

    def _asker(self) -> Asker:
        return Asker(now=self._clock(), zone=UTC, region="ZZ", providers=self._providers)

    def _written(self, shown: Shown) -> bytes:
        thread = shown.thread
        value: dict[str, Any] = {
            "words": write(Lookup(shown.query), self._asker()),
            "by": shown.asked_by,
            "channel": shown.channel,
            "page": shown.page,
            "public": shown.public,
            "shared": shown.shared,
            "thread": [thread.team, thread.channel, thread.root] if thread else None,
            "ts": shown.message_ts,
        }
        return json.dumps(value).encode()

    def _read(self, written: bytes) -> Shown:
        value = json.loads(written)
        command = parse(value["words"], self._asker())
        if not isinstance(command, Lookup):
            raise WrongKeyError("a stored answer is not a lookup")
        return Shown(
            query=command.query,
            asked_by=value["by"],
            channel=value["channel"],
            page=value["page"],
            public=value["public"],
            shared=value["shared"],
            thread=Thread(*value["thread"]) if value["thread"] else None,
            message_ts=value["ts"],
        )


def _same_question(one: Query, other: Query) -> bool:
    """Whether a report of `one` answers `other` too. An open window's end moves on between reading and writing."""
    return (one.targets, one.providers, one.window.since, one.window.open) == (
        other.targets,
        other.providers,
        other.window.since,
        other.window.open,
    )


def _rows(shown: Shown) -> int:
    return 1 + (len(shown.report.deliveries) if shown.report else 0)
