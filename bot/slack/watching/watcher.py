"""The watcher: looks when a look is due, edits the card when something changed, and says the outcome once.

Each process has one. Which of them looks at a watch is decided by the lease in the store; who says the outcome by
`begin_telling`, just before Slack is called. A receipt that is pushed to this process makes the watches of its number due at
once; one that another process takes is found at the next look, two minutes later at the most.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.errors import DatabaseError, SlackDeliveryError
from bot.lookup.watch_schedule import next_look, waiting_since, waits_for
from bot.lookup.watched_report import look
from bot.slack.messaging.claims import Claim, ClaimLostError, DeliveryOutcome, classify_outcome
from bot.slack.requests.context import RequestContext, RequestOutcome
from bot.slack.state.answer_record import AnswerRecord, Thread
from bot.slack.views import watches as watch_views
from bot.slack.watching.service import WatchService, fingerprint, view_of
from bot.slack.watching.watch import Watch, WatchState
from bot.timing.background import beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from bot.model import Report, Target
    from bot.slack import views
    from bot.slack.answer_service import AnswerService
    from bot.slack.requests.audit import AuditRecorder
    from bot.slack.watching.store import WatchStore

AT_ONCE = 20  # looks of one process
BETWEEN_EDITS = timedelta(seconds=30)
BETWEEN_LOOKS = timedelta(seconds=5)  # where pushes make watches due
TELL_AGAIN = timedelta(seconds=30)  # after Slack surely did not take the outcome
TOLD_LATE = timedelta(hours=1)  # after the end, when Slack has not taken the outcome for so long
MOST_HEARD = 10_000
STOP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Watcher:
    """Looks at what is watched, from `running` until that block is left."""

    def __init__(self, answers: AnswerService, store: WatchStore, recorder: AuditRecorder) -> None:
        self._service = WatchService(answers, store, self.wake)
        self._store = store
        self._answers = answers
        self._recorder = recorder
        self._due = asyncio.Event()
        self._heard: set[Target] = set()
        self._looks: dict[str, tuple[Watch, asyncio.Task[None]]] = {}

    def wake(self) -> None:
        """Something may be due."""
        self._due.set()

    def hear(self, targets: Collection[Target]) -> None:
        """Receipts of these came in."""
        if len(self._heard) < MOST_HEARD:
            self._heard.update(targets)
        self._due.set()

    @asynccontextmanager
    async def running(self, every: float) -> AsyncIterator[None]:
        """Look at what is due, every so many seconds or when it is woken, until the block is left."""

        async def rounds() -> None:
            while True:
                try:
                    await self._round()
                except DatabaseError as error:
                    log.warning("watches.not_read", reason=error.kind)
                except Exception:  # one round that fails must not be the last
                    log.exception("watches.round_failed")
                try:
                    async with asyncio.timeout(every):
                        await self._due.wait()
                except TimeoutError:
                    pass

        try:
            async with beside(rounds()):
                yield
        finally:
            await self._stop()

    async def _round(self) -> None:
        self._due.clear()
        if self._heard:
            await self._hasten()
        room = AT_ONCE - len(self._looks)
        for watch in await self._store.lease_due(room) if room > 0 else ():
            look = asyncio.create_task(self._safely(watch), name=f"watch {watch.id}")
            self._looks[watch.id] = watch, look
            look.add_done_callback(partial(self._ended, watch.id))

    def _ended(self, watch_id: str, look: asyncio.Task[None]) -> None:
        if watch_id in self._looks and self._looks[watch_id][1] is look:  # and not the next one, which may have begun
            del self._looks[watch_id]

    async def _hasten(self) -> None:
        """What a pushed receipt is about is due at once, but not again within a few seconds."""
        heard, self._heard = self._heard, set()
        numbers = {target.number.e164 for target in heard if target.number}
        ids = {target.message_id for target in heard if target.message_id}

        def is_heard(watch: Watch) -> bool:
            return any(
                target.message_id in ids if target.message_id else target.number is not None and target.number.e164 in numbers
                for target in watch.waiting_targets
            )

        now = self._answers.clock()
        found = [watch for watch in await self._store.all_open() if is_heard(watch)]
        fresh = {watch.id for watch in found if watch.looked_at is None or now - watch.looked_at >= BETWEEN_LOOKS}
        if fresh:
            await self._store.hasten(fresh, now)
        if later := {watch.id for watch in found} - fresh:
            await self._store.hasten(later, now + BETWEEN_LOOKS)

    async def _stop(self) -> None:
        """Let the looks under way end, for a moment; the next process has the others at once."""
        under_way = list(self._looks.values())
        tasks = [task for _, task in under_way]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        left = [watch for watch, task in under_way if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._store.hand_back(left)
        except DatabaseError as error:
            log.warning("watches.not_handed_back", reason=error.kind)

    async def _safely(self, watch: Watch) -> None:
        try:
            await self._look(watch)
        except DatabaseError as error:  # its lease ends, and somebody looks again
            log.warning("watches.not_stored", reason=error.kind)
        except ClaimLostError:
            log.info("watch.taken_by_another")
        except Exception:  # a bug costs this look: its lease ends, and the other watches go on
            log.exception("watch.look_failed")

    async def _look(self, watch: Watch) -> None:
        """Ask for what is still waited for. Raises DatabaseError, ClaimLostError."""
        ctx = RequestContext(watch.asker.request(watch.asked_in))
        await self._answers.locales.resolve(watch.asker.user)
        denial = await self._answers.authorizer.authorize(ctx.request)
        if denial is not None:
            log.warning("watch.denied", reason=denial.reason.value)
            await self._store.end(watch, WatchState.STOPPED)
            reader = self._service.reader(self._service.audience(watch.place, watch.asker.user))
            await self._service.edit_card(watch, watch_views.stopped(watch.query, reader))
            return
        report = await look(
            self._answers.lookups, watch.query, watch.waiting_targets, self._answers.clock(), asker=watch.asker.user
        )
        now = self._answers.clock()
        waiting = waits_for(report)
        is_over = now >= watch.ends_at
        if watch.state is WatchState.TELLING:  # it was said, or may have been: the card alone is left to do
            await self._finish(ctx, watch, report, is_final=not waiting)
        elif not waiting or is_over:
            await self._tell(ctx, watch, report, is_final=not waiting)
        else:
            indexes = tuple(index for index, target in enumerate(watch.query.targets) if target in waiting)
            watch = replace(watch, waiting=indexes, looked_at=now)
            watch = await self._edited(watch, report)
            due = next_look(waiting_since(report, watch.begun_at), now, watch.ends_at) or watch.ends_at
            await self._store.keep(watch, due)

    async def _edited(self, watch: Watch, report: Report) -> Watch:
        """The card, when it has something new to say and was not edited a moment ago."""
        now, says = self._answers.clock(), fingerprint(report)
        is_soon = watch.shown_at is not None and now - watch.shown_at < BETWEEN_EDITS
        if says == watch.shown or is_soon or not await self._service.edit_card(watch, self._service.card(watch, report)):
            return watch
        return replace(watch, shown=says, shown_at=now)

    async def _tell(self, ctx: RequestContext, watch: Watch, report: Report, *, is_final: bool) -> None:
        """Say the outcome, or that the time is up, once. Raises DatabaseError, ClaimLostError."""
        claim = ctx.claim
        claim.grant((watch.id, watch.owner, 1), lambda _: self._begin(watch))
        try:
            await self._post(watch, report, claim, is_final=is_final)
        except SlackDeliveryError as error:
            outcome = classify_outcome(error, claim)
            is_late = self._answers.clock() > watch.ends_at + TOLD_LATE
            if outcome is DeliveryOutcome.LATER and not is_late:
                log.warning("watch.outcome_postponed", reason=error.reason)
                await self._store.tell_later(watch, self._answers.clock() + TELL_AGAIN)
                return
            if outcome is DeliveryOutcome.UNCERTAIN:
                log.warning("watch.outcome_unconfirmed", reason=error.reason)
            else:
                log.error("watch.outcome_lost", reason=error.reason)  # noqa: TRY400 - the reason says it all
            ctx.audit.denial = error.reason
            await self._finish(ctx, watch, report, is_final=is_final, outcome=RequestOutcome.LOST)
            return
        await self._finish(ctx, watch, report, is_final=is_final)

    async def _begin(self, watch: Watch) -> None:
        """From here on nobody else says it. Raises ClaimLostError."""
        try:
            if await self._store.begin_telling(watch):
                return
        except DatabaseError as error:
            log.warning("watches.not_stored", reason=error.kind)
        raise ClaimLostError("another process has this watch, or it was stopped")

    async def _post(self, watch: Watch, report: Report, claim: Claim, *, is_final: bool) -> None:
        """In the thread, or where Slack refuses that, to the asker alone. Raises SlackDeliveryError, ClaimLostError."""
        poster, user = self._answers.poster, watch.asker.user
        reader = self._service.reader(self._service.audience(watch.place, user))
        message = self._outcome(watch, report, reader, is_final=is_final)
        try:
            await poster.post(watch.place.channel, message, watch.place.root, claim=claim)
        except SlackDeliveryError as error:
            if watch.place.is_direct or classify_outcome(error, claim) is not DeliveryOutcome.FINAL:
                raise
            log.info("watch.outcome_moved", reason=error.reason)
            own = self._service.reader(self._answers.locales.cached(user))
            message = self._outcome(watch, report, own, is_final=is_final)
            moved = watch_views.moved(watch.place.channel, error.reason, message, language=own.language)
            await poster.post(user, moved, claim=claim)

    def _outcome(self, watch: Watch, report: Report, reader: watch_views.WatchReader, *, is_final: bool) -> views.Message:
        user = watch.asker.user
        if is_final:
            return watch_views.outcome(report, user, reader)
        return watch_views.time_up(view_of(watch), report, user, watch.ends_at - watch.begun_at, reader)

    async def _finish(
        self,
        ctx: RequestContext,
        watch: Watch,
        report: Report,
        *,
        is_final: bool,
        outcome: RequestOutcome = RequestOutcome.ANSWERED,
    ) -> None:
        """It is over: the card becomes the answer, and the audit has who was told of what. Raises DatabaseError."""
        ctx.audit.command = "watch"
        ctx.audit.record_lookup(report)
        ctx.audit.record_shown(watch.query)
        await self._recorder.record(ctx, outcome)
        await self._show_answer(ctx, watch, report, is_final=is_final)
        await self._store.end(watch)

    async def _show_answer(self, ctx: RequestContext, watch: Watch, report: Report, *, is_final: bool) -> None:
        place, answers = watch.place, self._answers
        if place.card_ts is None:
            return
        thread = Thread(answers.identity.team, place.channel, place.root or "")
        record = AnswerRecord(
            report.query,
            watch.asker.user,
            place.channel,
            report,
            public=not place.is_direct,
            thread=thread,
            message_ts=place.card_ts,
            relative_length=watch.query.window.length if watch.query.window.open else None,  # as it was asked
        )
        answer_id = await answers.store.add(record)
        reader = answers.locales.cached(watch.asker.user)
        answer = await answers.render(ctx, answer_id, record, reader)
        language = answers.language_of(record, reader)
        await self._service.edit_card(watch, watch_views.ended(answer, is_final=is_final, language=language))
