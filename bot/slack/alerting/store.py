"""Where alerts are kept: sealed, for all replicas. The one that judges writes them; whoever mutes one writes that alone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from bot.alerts.judge import REMEMBERED
from bot.slack.alerting.posted import from_bytes, mute_from_bytes, mute_to_bytes, to_bytes
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from bot.slack.alerting.posted import Mute, PostedAlert
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

KEEP = timedelta(days=7)  # after it was told, for its buttons
_PURPOSE = "alerts"

log = structlog.get_logger(__name__)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("told_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime, nullable=True),  # none: it lasts
    sa.Column("is_done", sa.Boolean, nullable=False),  # it is over, and all is said
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("mute", sa.LargeBinary, nullable=True),  # sealed
    sa.Index("ix_alerts_told_at", "told_at"),
)


class AlertStore:
    """The alerts of all replicas. Every method raises DatabaseError when the database fails."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def current(self) -> list[PostedAlert]:
        """Those that last, that were closed in the last hours, or of which something is still to be said; the oldest first."""
        lately = ALERTS.c.closed_at > self._clock() - REMEMBERED
        wanted = sa.select(ALERTS).where(sa.or_(ALERTS.c.closed_at.is_(None), lately, sa.not_(ALERTS.c.is_done)))
        return await self._read(wanted.order_by(ALERTS.c.told_at, ALERTS.c.id))

    async def find(self, alert_id: str) -> PostedAlert | None:
        """The alert with this id; None when it is not kept any more."""
        found = await self._read(sa.select(ALERTS).where(ALERTS.c.id == alert_id))
        return found[0] if found else None

    async def add(self, posted: PostedAlert) -> PostedAlert:
        """Keep a new alert. Returns it with its id."""
        alert = replace(posted.alert, id=secrets.token_urlsafe(12))
        kept = posted.of(alert)
        row = {"id": alert.id, "told_at": alert.told_at, **self._values(kept)}
        await self._database.write(lambda connection: connection.execute(sa.insert(ALERTS), row).rowcount)
        return kept

    async def save(self, posted: PostedAlert) -> None:
        """Write what has changed, but for its mute."""
        change = sa.update(ALERTS).where(ALERTS.c.id == posted.alert.id).values(self._values(posted))
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def mute(self, alert_id: str, mute: Mute | None) -> None:
        """Write who has muted it, or that nobody has."""
        sealed = None if mute is None else self._keyring.seal(mute_to_bytes(mute), _PURPOSE)
        change = sa.update(ALERTS).where(ALERTS.c.id == alert_id).values(mute=sealed)
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def purge(self) -> int:
        """Delete what was told a week ago; what still lasts is told anew then. Returns how many."""
        old = sa.delete(ALERTS).where(ALERTS.c.told_at < self._clock() - KEEP)
        return await self._database.write(lambda connection: connection.execute(old).rowcount)

    def _values(self, posted: PostedAlert) -> dict[str, object]:
        sealed = self._keyring.seal(to_bytes(posted), _PURPOSE)
        return {"closed_at": posted.alert.closed_at, "is_done": posted.is_done, "sealed": sealed}

    async def _read(self, query: sa.Select[tuple[object, ...]]) -> list[PostedAlert]:
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [posted for row in rows if (posted := self._opened(row)) is not None]

    def _opened(self, row: sa.RowMapping) -> PostedAlert | None:
        """The alert; one that was sealed with another key costs no other."""
        try:
            posted = from_bytes(self._keyring.open(row["sealed"], _PURPOSE))
            mute = None if row["mute"] is None else mute_from_bytes(self._keyring.open(row["mute"], _PURPOSE))
        except (WrongKeyError, ValueError, LookupError, TypeError) as error:
            log.warning("alerts.not_read", reason=type(error).__name__)
            return None
        alert = replace(posted.alert, id=row["id"])
        return replace(posted, alert=alert, is_done=row["is_done"], mute=mute)
