"""Opens watches, and shows their cards: what every surface does about them. Times and languages are those of whoever reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import DatabaseError, SlackDeliveryError
from bot.lookup.watch_schedule import SHORTEST_GAP, next_look, waiting_since, waits_for
from bot.providers.systems import titles
from bot.slack.views import watches as views
from bot.slack.watching.watch import Asker, Place, Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.model import Query, Report
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext
    from bot.slack.views import Message
    from bot.slack.watching.store import Opened, WatchStore

EXTENSION = timedelta(minutes=10)  # of the button below a watch whose time is up

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WatchService:
    """What the surfaces need of watches."""

    answers: AnswerService
    store: WatchStore
    wake: Callable[[], None]  # the watcher of this process: something may be due sooner than it knows

    async def open(
        self, ctx: RequestContext, query: Query, within: timedelta, place: Place, report: Report | None
    ) -> Opened | None:
        """Keep a watch, having seen `report`, if there is one; None when it cannot be kept."""
        now = self.answers.clock().replace(microsecond=0)
        wanted = Watch(query, Asker.of(ctx.request), ctx.request.channel, place, now, now + within, shown_at=now)
        if report is not None:
            targets = waits_for(report)
            waiting = tuple(index for index, target in enumerate(query.targets) if target in targets)
            wanted = replace(wanted, waiting=waiting, shown=fingerprint(report))
        try:
            return await self.store.open(wanted, self._first_look(wanted, report))
        except DatabaseError as error:
            log.warning("watches.not_stored", reason=error.kind)
            return None

    async def place(self, watch: Watch, place: Place, report: Report | None) -> None:
        """Note where the card is; from now on anybody may look. Never raises: without it the watch goes on without its card."""
        try:
            await self.store.keep(replace(watch, place=place), self._first_look(watch, report))
        except DatabaseError as error:
            log.warning("watches.not_stored", reason=error.kind)
        self.wake()

    async def withdraw(self, watch: Watch) -> None:
        """The card could not be shown anywhere: there is no watch. Never raises."""
        try:
            await self.store.stop(watch)
        except DatabaseError as error:
            log.warning("watches.not_stored", reason=error.kind)

    async def edit_card(self, watch: Watch, message: Message) -> bool:
        """Edit the card, if there is one; whether that worked. Never raises."""
        if watch.place.card_ts is None:
            return False
        try:
            await self.answers.poster.update(watch.place.channel, watch.place.card_ts, message, claim=None)
        except SlackDeliveryError as error:
            log.info("watch.card_not_edited", reason=error.reason)
            return False
        return True

    async def post_direct(self, user: str, message: Message) -> Place:
        """Post a card to the asker alone. Raises SlackDeliveryError."""
        channel, ts = await self.answers.poster.post_direct(user, message, claim=None)
        return Place(channel, None, ts)

    def audience(self, place: Place, user: str) -> ReaderLocale:
        """For whom a card or an outcome is written."""
        locales = self.answers.locales
        return locales.cached(user) if place.is_direct else locales.of_channel(place.channel)

    def reader(self, audience: ReaderLocale, asked_by: str | None = None) -> views.WatchReader:
        """How something is shown to `audience`."""
        language = audience.language
        return views.WatchReader(
            zone=audience.zone, now=self.answers.clock(), titles=titles(language), language=language, asked_by=asked_by
        )

    def card(self, watch: Watch, report: Report | None, passed_over: tuple[str, ...] = ()) -> Message:
        """The card of an open watch."""
        asked_by = None if watch.place.is_direct else watch.asker.user
        reader = self.reader(self.audience(watch.place, watch.asker.user), asked_by)
        return views.card(view_of(watch), report, reader, passed_over)

    @staticmethod
    def _first_look(watch: Watch, report: Report | None) -> datetime:
        """At once, unless somebody has just looked."""
        now = watch.begun_at
        if report is None or now - report.as_of >= SHORTEST_GAP:
            return now
        return next_look(waiting_since(report, now), now, watch.ends_at) or watch.ends_at


def view_of(watch: Watch) -> views.WatchView:
    """A watch as it is shown."""
    return views.WatchView(watch.id, watch.query, watch.ends_at)


def fingerprint(report: Report) -> str:
    """What a card says of a report, as far as a change of it matters."""
    counts = ",".join(f"{status.value}={count}" for status, count in report.counts.items() if count)
    return f"{report.outcome.value} {counts}"
