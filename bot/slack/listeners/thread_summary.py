"""The summary of a thread's lookups: to the asker alone, and on a press of its button for everybody in the thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.answer_message import is_direct, is_unconfirmed
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import KEEP
from bot.slack.views.timeline import MOST_LOOKUPS, TimelineEntry

if TYPE_CHECKING:
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.reservations import Reservations
    from bot.slack.state.answer_record import AnswerRecord, Thread


@dataclass(frozen=True, slots=True)
class ThreadSummaries:
    """Makes summaries, of what the store keeps: nobody is asked again."""

    answers: AnswerService
    client: ViewClient

    async def of(self, ctx: RequestContext, thread: Thread, reader: ReaderLocale, *, shareable: bool) -> views.Message | None:
        """The summary of `thread` for `reader`; None when no lookup of it is known."""
        found = await self.answers.store.newest_in(thread, MOST_LOOKUPS)
        if not found and thread.ts and is_direct(thread.channel):
            thread = replace(thread, ts="")
            found = await self.answers.store.newest_in(thread, MOST_LOOKUPS)
        answered = [record for _, record in found if record.found_first is not None]
        if not answered:
            return None
        for record in answered:
            ctx.audit.record_shown(record.query)
        entries = await asyncio.gather(*map(self._entry, answered))
        ordered = sorted(entries, key=lambda entry: entry.first.as_of)
        return views.thread_summary(ordered, found[0][0], zone=reader.zone, language=reader.language, shareable=shareable)

    async def _entry(self, record: AnswerRecord) -> TimelineEntry:
        if record.found_first is None:
            raise ValueError("nothing was found yet")
        link = await self.client.permalink(record.channel, record.message_ts) if record.message_ts else ""
        first = record.found_first
        return TimelineEntry(record.query, record.relative_length, first, record.found_last or first, link)


async def show_summary(
    ctx: RequestContext,
    summaries: ThreadSummaries,
    responder: ResponseUrlResponder,
    *,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    """The summary of the thread of `record`, for whoever pressed the button. Raises SlackDeliveryError, ClaimLostError."""
    ctx.audit.command = "summary"
    summary = await summaries.of(ctx, record.thread, reader, shareable=True) if record.thread else None
    await responder.show(summary or views.no_summary(language=reader.language))
    return RequestOutcome.ANSWERED


async def share_summary(
    ctx: RequestContext,
    summaries: ThreadSummaries,
    responder: ResponseUrlResponder,
    reservations: Reservations,
    *,
    answer_id: str,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Post the summary in its thread, once for what it tells, in the channel's language and zone.

    Raises SlackDeliveryError, ClaimLostError.
    """
    ctx.audit.command, answers, thread = "summary", summaries.answers, record.thread
    told = record.found_last.as_of.isoformat() if record.found_last else ""
    key = f"summary:{answer_id}:{told}"
    if not await reservations.acquire(ctx.claim, key, KEEP):
        return RequestOutcome.SHARED_BEFORE
    channel = answers.locales.of_channel(record.channel)
    summary = await summaries.of(ctx, thread, channel, shareable=False) if thread else None
    if summary is None or thread is None:
        await responder.show(views.no_summary(language=reader.language))
        return RequestOutcome.GONE
    try:
        await answers.poster.post(thread.channel, summary, thread.ts or None, claim=ctx.claim)
    except SlackDeliveryError as error:
        if not is_unconfirmed(error):
            await reservations.release(key)
        await responder.show(answers.delivery_failed(error, reader.language))
        return RequestOutcome.REFUSED
    await responder.edit(views.shared_summary(language=reader.language))
    return RequestOutcome.SHARED
