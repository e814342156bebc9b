"""The alerter: judges the receipts of everybody every minute, and has one message in the channel for each cause.

Each process has one; which of them judges is decided by a lease, as for a queue that is drained. What it finds is written down
before it is told, so a process that takes over goes on with the same messages. A post of which Slack does not say whether it took
it is tried once more: to be told twice is better here than not to be told.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.alerts.alert import Ending
from bot.alerts.judge import judge_minute
from bot.errors import DatabaseError, SlackDeliveryError, StoreError
from bot.slack.alerting.posted import PostedAlert
from bot.slack.messaging.claims import Claim, DeliveryOutcome, classify_outcome
from bot.slack.views import alerts as views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from bot.observability.metrics import Metrics
    from bot.receipts.lease import Lease
    from bot.slack.alerting.service import AlertService

BETWEEN_EDITS = timedelta(minutes=2)
MOST_UNCONFIRMED = 2
STOP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Alerter:
    """Judges and tells, from `running` until that block is left."""

    def __init__(self, service: AlertService, lease: Lease, metrics: Metrics) -> None:
        self._service = service
        self._store = service.store
        self._lease = lease
        self._metrics = metrics
        self._listening_since = service.clock()
        self._judged: datetime | None = None

    @asynccontextmanager
    async def running(self, every: float) -> AsyncIterator[None]:
        """Judge each minute, looking every so many seconds whether one has passed, until the block is left."""
        stopping = asyncio.Event()

        async def rounds() -> None:
            while not stopping.is_set():
                try:
                    await self._round()
                except (DatabaseError, StoreError) as error:
                    log.warning("alerts.not_judged", reason=str(error))
                except Exception:  # one round that fails must not be the last
                    log.exception("alerts.round_failed")
                try:
                    async with asyncio.timeout(every):
                        await stopping.wait()
                except TimeoutError:
                    pass

        task = asyncio.create_task(rounds(), name="alerts")
        try:
            yield
        finally:
            stopping.set()  # not in the middle of a round: a message that is posted is to be written down
            await asyncio.wait({task}, timeout=STOP_SECONDS)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            try:
                await self._lease.release()
            except StoreError as error:
                log.warning("alerts.lease_not_released", reason=str(error))

    async def _round(self) -> None:
        """Judge, if this process is the one that does and a minute has passed. Raises DatabaseError, StoreError."""
        if await self._lease.acquire() is None:
            return
        now = self._service.clock().replace(second=0, microsecond=0)
        if now == self._judged:
            return
        history = await self._service.reader.read(now)
        known = {posted.alert.id: posted for posted in await self._store.current()}
        for alert in judge_minute(history, [posted.alert for posted in known.values()], self._listening_since):
            if alert.id in known:
                known[alert.id] = known[alert.id].of(alert)
                await self._store.save(known[alert.id])
            else:
                posted = await self._store.add(PostedAlert(alert, self._service.policy.channel))
                known[posted.alert.id] = posted
                log.info("alert.opened", trouble=alert.trouble.value, system=alert.cause.system, carrier=alert.cause.carrier)
        self._judged = now
        await self._tell(list(known.values()), now)
        self._metrics.observe_judged(now.timestamp(), sum(posted.alert.is_open for posted in known.values()))

    async def _tell(self, alerts: Sequence[PostedAlert], now: datetime) -> None:
        """Post, edit and end what is to be said; hold back what would notify somebody at the wrong time."""
        is_quiet = self._service.policy.is_quiet(now)
        muted = [one.alert.cause for one in alerts if one.is_muted(now)]
        missed = []
        for posted in alerts:
            is_muted = any(cause.covers(posted.alert.cause) for cause in muted)
            if posted.is_done:
                continue
            if posted.ts:
                await self._follow(posted, now, is_held=is_quiet or is_muted)
            elif posted.alert.is_open:
                if not is_quiet and not is_muted and posted.attempts < MOST_UNCONFIRMED:
                    await self._post(posted, now)
            elif is_muted or posted.alert.ending is Ending.FOLDED:
                await self._store.save(replace(posted, is_done=True))
            elif not is_quiet:
                missed.append(posted)
        if missed:
            await self._tell_missed(missed, now)

    async def _post(self, posted: PostedAlert, now: datetime) -> None:
        message = await self._service.message(posted, now)
        try:
            ts = await self._service.poster.post(posted.channel, message, claim=None)
        except SlackDeliveryError as error:
            log.warning("alert.not_posted", reason=error.reason)
            if classify_outcome(error, Claim()) is DeliveryOutcome.UNCERTAIN:
                await self._store.save(replace(posted, attempts=posted.attempts + 1))
            return
        await self._store.save(replace(posted, ts=ts, shown_at=now))

    async def _follow(self, posted: PostedAlert, now: datetime, *, is_held: bool) -> None:
        """Edit the message of an alert that lasts, now and then; end that of one that is over."""
        if not posted.alert.is_open:
            await self._end(posted, now, is_held=is_held)
            return
        mute = posted.mute
        if mute is not None and not posted.is_muted(now):
            await self._store.mute(posted.alert.id, None)
            posted = replace(posted, mute=None, shown_at=None)
            if not is_held:
                still = views.still_reply(posted.alert, mute.user, self._service.channel_view(now))
                await self._service.reply(posted, still)
        if posted.shown_at is not None and now - posted.shown_at < BETWEEN_EDITS:
            return
        if await self._service.edit(posted, await self._service.message(posted, now)):
            await self._store.save(replace(posted, shown_at=now))

    async def _end(self, posted: PostedAlert, now: datetime, *, is_held: bool) -> None:
        if not await self._service.edit(posted, await self._service.message(posted, now)):
            return
        await self._store.save(replace(posted, is_done=True, shown_at=now))
        if not is_held and posted.alert.ending is not Ending.FOLDED:
            await self._service.reply(posted, views.ended_reply(posted.alert, self._service.channel_view(now)))

    async def _tell_missed(self, missed: Sequence[PostedAlert], now: datetime) -> None:
        """One message for all that nobody was told of while it lasted."""
        message = views.missed_message([one.alert for one in missed], self._service.channel_view(now))
        try:
            await self._service.poster.post(self._service.policy.channel, message, claim=None)
        except SlackDeliveryError as error:
            log.warning("alert.not_posted", reason=error.reason)
            if classify_outcome(error, Claim()) is DeliveryOutcome.LATER:
                return
        for posted in missed:
            await self._store.save(replace(posted, is_done=True))
