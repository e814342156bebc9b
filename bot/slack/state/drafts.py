"""Drafts of open modals, and of buttons that run a command: where the answer will go, kept under an opaque random id.

The window's `private_metadata`, or the button's value, is the id and nothing else. A draft holds a `response_url`, which is as
good as a password for half an hour, so it is sealed like everything that is kept.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from cachetools import LRUCache

from bot.errors import DatabaseError
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

KEEP = timedelta(days=1)
MAX_REMEMBERED = 2_000

log = structlog.get_logger(__name__)

DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_drafts_expires_at", "expires_at"),
)


@dataclass(frozen=True, slots=True)
class ModalDraft:
    """Where the answer will go, and the way back to the person if it cannot go there."""

    channel: str = ""  # empty: to be chosen in the window
    thread_ts: str | None = None  # the thread there; None: the answer begins one
    response_url: str = ""
    answer_id: str = ""  # the answer that is to be posted; empty: there is a lookup to be made
    alone: bool = False  # the answer is for the person's eyes only
    words: str = ""  # the command that a button runs; empty: it is to be typed in the window


def new_draft_id() -> str:
    """An id that cannot be guessed. It is made first, so that the window opens while the draft is being stored."""
    return secrets.token_urlsafe(12)


class DraftStore:
    """Where drafts are kept: for a day, on every replica."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._recent: LRUCache[str, ModalDraft] = LRUCache(MAX_REMEMBERED)

    async def put(self, draft_id: str, draft: ModalDraft) -> None:
        """Keep a new one. When the database cannot be written it is kept in memory, and the log tells."""
        self._recent[draft_id] = draft
        sealed = self._keyring.seal(_to_json(draft), "drafts")
        row = {"id": draft_id, "expires_at": self._clock() + KEEP, "sealed": sealed}
        try:
            await self._database.write(lambda connection: connection.execute(sa.insert(DRAFTS).values(row)).rowcount)
        except DatabaseError as error:
            log.warning("drafts.not_stored", reason=error.kind)

    async def get(self, draft_id: str) -> ModalDraft | None:
        """The one with this id; None when it is unknown or expired."""
        recent: ModalDraft | None = self._recent.get(draft_id)
        if recent is not None:
            return recent
        query = sa.select(DRAFTS.c.sealed).where(DRAFTS.c.id == draft_id, DRAFTS.c.expires_at >= self._clock())
        try:
            sealed = await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())
        except DatabaseError as error:
            log.warning("drafts.not_read", reason=error.kind)
            return None
        try:
            return None if sealed is None else _from_json(self._keyring.open(sealed, "drafts"))
        except (WrongKeyError, ValueError, LookupError, TypeError) as error:
            log.warning("drafts.not_read", reason=type(error).__name__)
            return None

    def drop_held(self) -> None:
        """Hold none in memory any more."""
        self._recent.clear()

    async def purge(self) -> int:
        """Delete what has expired. Returns how many. Raises DatabaseError."""
        expired = sa.delete(DRAFTS).where(DRAFTS.c.expires_at < self._clock())
        return await self._database.write(lambda connection: connection.execute(expired).rowcount)


def _to_json(draft: ModalDraft) -> bytes:
    values = asdict(draft)
    values["root"] = values.pop("thread_ts")  # the key of 0.1.0, which other replicas may run
    return json.dumps(values).encode()


def _from_json(written: bytes) -> ModalDraft:
    values = json.loads(written)
    return ModalDraft(thread_ts=values.pop("root"), **values)
