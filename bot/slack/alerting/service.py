"""Shows alerts: in their channel, and to whoever presses a button. Times and language are the channel's, or the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import SlackDeliveryError
from bot.providers.systems import titles
from bot.slack.messaging.claims import Claim, DeliveryOutcome, classify_outcome
from bot.slack.views import alerts as views

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from bot.alerts.reader import HistoryReader
    from bot.slack.alerting.posted import PostedAlert
    from bot.slack.alerting.store import AlertStore
    from bot.slack.locales import LocaleResolver, ReaderLocale
    from bot.slack.messaging.poster import Poster
    from bot.slack.views import Message
    from bot.timing.clock import Clock
    from bot.timing.quiet_hours import QuietHours

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """Where alerts are told, and when nobody is notified."""

    channel: str
    quiet_hours: QuietHours | None
    zone: tzinfo

    def is_quiet(self, now: datetime) -> bool:
        """Whether nobody is to be notified now."""
        return self.quiet_hours is not None and self.quiet_hours.cover(now, self.zone)


@dataclass(frozen=True, slots=True)
class AlertService:
    """What the alerter and the buttons need of alerts."""

    reader: HistoryReader
    store: AlertStore
    poster: Poster
    locales: LocaleResolver
    policy: AlertPolicy
    clock: Clock

    async def message(self, posted: PostedAlert, now: datetime) -> Message:
        """The message of an alert as it is now, or when it ended. Raises StoreError."""
        alert = posted.alert
        evidence = await self.reader.evidence(alert, alert.ended_at or now)
        view = self.view(self.locales.of_channel(posted.channel), now)
        if not alert.is_open:
            return views.ended_message(alert, evidence, view)
        mute = posted.mute if posted.is_muted(now) else None
        return views.alert_message(alert, evidence, view, None if mute is None else views.MutedBy(mute.user, mute.until))

    def channel_view(self, now: datetime) -> views.AlertReader:
        """How something is shown in the channel."""
        return self.view(self.locales.of_channel(self.policy.channel), now)

    def view(self, audience: ReaderLocale, now: datetime) -> views.AlertReader:
        """How something is shown to `audience`."""
        return views.AlertReader(audience.zone, now, titles(audience.language), audience.language)

    async def edit(self, posted: PostedAlert, message: Message) -> bool:
        """Whether all is done that can be: an edit that Slack refuses for good is not tried again. Never raises."""
        try:
            await self.poster.update(posted.channel, posted.ts, message, claim=None)
        except SlackDeliveryError as error:
            log.info("alert.not_edited", reason=error.reason)
            return classify_outcome(error, Claim()) is DeliveryOutcome.FINAL
        return True

    async def reply(self, posted: PostedAlert, message: Message) -> None:
        """Say something in the thread of an alert, once. Never raises."""
        try:
            await self.poster.post(posted.channel, message, posted.ts, claim=None)
        except SlackDeliveryError as error:
            log.warning("alert.reply_not_posted", reason=error.reason)
