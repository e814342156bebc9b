"""A batch: one message with its progress and *Cancel*, which becomes the answer; a person runs one at a time.

What is done is told whenever it ends, by itself, by *Cancel* or because the app stops. Of one that was killed the rest is known,
for it is written down now and then: whoever takes the request up says where it was cut. Either way the rest is behind a button.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.grammar import Lookup
from bot.lookup.batch import Batch, BatchEnd
from bot.presentation.batches import end_words, trimmed_words
from bot.slack import views
from bot.slack.listeners.posting import post_answer
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.views import batch as batch_views

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.i18n import Language
    from bot.model import Query, Report
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders

    Show = Callable[[views.Message], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What came of a batch."""

    report: Report
    end: BatchEnd | None
    rest: AnswerRecord | None  # holds the targets that are not done, if there are any
    is_trimmed: bool = False

    def said(self, total: int, language: Language) -> tuple[str, ...]:
        """Why it ended early, if it did, and that it has not all rows, if so."""
        ended = end_words(self.end, len(self.report.query.targets), total, language) if self.end else ""
        return tuple(words for words in (ended, trimmed_words(language) if self.is_trimmed else "") if words)


def register(app: AsyncApp, runner: RequestRunner, answers: AnswerService, responders: Responders) -> None:
    """Listen to *Cancel* and *Go on*."""

    async def cancel(ack: AsyncAck, ctx: RequestContext, action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        runner.start(ctx, responder, lambda: cancel_batch(ctx, answers, responder, action.get("value", "")))

    async def go_on(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        container = body.get("container", {})
        channel = ctx.request.channel or ctx.request.user
        thread_ts = container.get("thread_ts") or (None if channel.startswith("D") else container.get("message_ts"))
        message = responders.message(ctx, channel, thread_ts=thread_ts, ephemeral_thread_ts=container.get("thread_ts"))
        alone = responders.by_response_url(ctx) if container.get("is_ephemeral") else None
        runner.start(ctx, message, lambda: go_on_with_rest(ctx, answers, message, action.get("value", ""), alone=alone))

    app.action(batch_views.CANCEL)(cancel)
    app.action(batch_views.GO_ON)(go_on)


async def cancel_batch(
    ctx: RequestContext, answers: AnswerService, responder: ResponseUrlResponder, answer_id: str
) -> RequestOutcome:
    """End a batch: whoever may ask where it runs may. Its message becomes the answer.

    Raises SlackDeliveryError, ClaimLostError.
    """
    ctx.audit.command = "cancel"
    if answers.runs.cancel(answer_id):
        await ctx.claim.confirm()
        return RequestOutcome.ANSWERED
    record, reader = await asyncio.gather(answers.store.find(answer_id), answers.locales.resolve(ctx.request.user))
    # What is left to do is noted while it runs: another replica has it, or had it when it was killed.
    is_elsewhere = record is not None and record.report is None and bool(record.rest)
    if is_elsewhere and await answers.runs.cancel_elsewhere(ctx.claim, answer_id):
        await responder.show(batch_views.batch_stopping(language=reader.language))
        return RequestOutcome.ANSWERED
    await responder.show(batch_views.batch_gone(language=reader.language))
    return RequestOutcome.GONE


async def go_on_with_rest(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    answer_id: str,
    *,
    alone: ResponseUrlResponder | None = None,
) -> RequestOutcome:
    """Look up the targets that a batch did not come to. Raises SlackDeliveryError, ClaimLostError."""
    record = await answers.store.find(answer_id)
    reader = await answers.locales.resolve(message.user)
    if record is None or not record.rest:
        await (alone or message).show(views.expired_answer(answers.identity.command, language=reader.language))
        return RequestOutcome.GONE
    command = Lookup(replace(answers.reaching_now(record.query), targets=record.rest))
    if alone is not None:
        return await answer_batch_alone(ctx, answers, alone, command, reader, channel=message.channel)
    return await answer_batch(ctx, answers, message, command, reader)


async def answer_batch(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    command: Lookup,
    reader: ReaderLocale,
    *,
    notes: Sequence[str] = (),
    previous: Query | None = None,
) -> RequestOutcome:
    """Look up a list and answer by `message`; where Slack takes no post, the asker gets it alone, with the reason.

    Raises SlackDeliveryError, ClaimLostError.
    """
    answer_id = answers.store.id_for(ctx.claim.request_id)
    language = message.posted_language
    if (cut := await _cut_before(ctx, answers, answer_id)) is not None:
        message.message_ts = cut.message_ts
        await message.post(_cut_message(answer_id, cut, language))
        return RequestOutcome.ANSWERED
    record = AnswerRecord.first(
        command, asked_by=message.user, channel=message.channel, public=not message.is_direct, previous=previous
    )
    thread = message.thread if message.thread_ts or message.is_direct else None
    record = replace(record, thread=thread, notes=tuple(notes), rest=command.query.targets)
    found = await _run(
        ctx, answers, answer_id, record, show=message.show_progress, language=language, posted_ts=message.posted_ts
    )
    if found is None:
        await message.show(batch_views.batch_busy(language=message.language))
        return RequestOutcome.REFUSED
    shown = _ended(record, found, language)

    async def render(record: AnswerRecord) -> views.Message:
        return await _rendered(ctx, answers, answer_id, record, reader=reader)

    return await post_answer(answers, message, answer_id, shown, reader, render=render)


async def answer_batch_alone(
    ctx: RequestContext,
    answers: AnswerService,
    responder: ResponseUrlResponder,
    command: Lookup,
    reader: ReaderLocale,
    *,
    channel: str,
    notes: Sequence[str] = (),
) -> RequestOutcome:
    """Look up a list for the asker's eyes only. Its progress is said once: Slack takes five messages by a `response_url`.

    Raises SlackDeliveryError, ClaimLostError.
    """
    answer_id, language = answers.store.id_for(ctx.claim.request_id), reader.language
    if (cut := await _cut_before(ctx, answers, answer_id)) is not None:
        await responder.show(_cut_message(answer_id, cut, language))
        return RequestOutcome.ANSWERED
    record = AnswerRecord.first(command, asked_by=ctx.request.user, channel=channel)
    record = replace(record, notes=tuple(notes), rest=command.query.targets)
    found = await _run(ctx, answers, answer_id, record, show=responder.progress, language=language, edits=False)
    if found is None:
        await responder.show(batch_views.batch_busy(language=language))
        return RequestOutcome.REFUSED
    shown = _ended(record, found, language)
    await answers.store.update(answer_id, shown)
    await responder.show(await _rendered(ctx, answers, answer_id, shown, reader=reader))
    return RequestOutcome.ANSWERED


async def _not_posted() -> None:
    """What is for the asker's eyes only is no message that could be edited."""


async def _run(
    ctx: RequestContext,
    answers: AnswerService,
    answer_id: str,
    record: AnswerRecord,
    *,
    show: Show,
    language: Language,
    posted_ts: Callable[[], Awaitable[str | None]] = _not_posted,
    edits: bool = True,
) -> BatchAnswer | None:
    """Run the batch of `record`, telling its progress and writing down its rest. None: the person runs another one."""
    batch, timings = Batch(record.query), answers.timings
    if not answers.runs.begin(answer_id, record.asked_by, batch):
        return None
    running = asyncio.create_task(answers.lookups.run_batch(batch, asker=record.asked_by))
    is_told, next_note, known = False, 0.0, None
    try:
        while not running.done():
            ts = await posted_ts()
            progress, rest = _progress_of(batch, answer_id, record, language), batch.rest
            if batch.seconds >= next_note or ts != known:  # before it is shown: what is shown is known to the next process
                known, next_note = ts, batch.seconds + timings.batch_written
                await answers.store.update(answer_id, replace(record, rest=rest, message_ts=known))
            if edits or not is_told:
                is_told = True
                await _show(show, progress)
            await asyncio.wait({running}, timeout=timings.batch_progress * answers.runs.count)
            await answers.runs.hear(answer_id)
        report = running.result()
    finally:
        answers.runs.end(answer_id)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    ctx.audit.record_lookup(report)
    return BatchAnswer(report, batch.end, replace(record, rest=batch.rest) if batch.end else None, batch.is_trimmed)


def _progress_of(batch: Batch, answer_id: str, record: AnswerRecord, language: Language) -> views.Message:
    return batch_views.batch_progress(record.query.targets, batch.progress, answer_id, record.notes, language=language)


async def _show(show: Show, progress: views.Message) -> None:
    try:
        await show(progress)
    except SlackDeliveryError as error:  # the answer itself may still get through
        log.warning("slack.progress_refused", reason=error.reason)


def _ended(record: AnswerRecord, found: BatchAnswer, language: Language) -> AnswerRecord:
    """The record of the answer: about what is done, and the rest."""
    said = found.said(len(record.query.targets), language)
    notes = (*said, *record.notes)
    done = replace(found.report.query, only=record.query.only)
    query = done if done.targets else record.query
    return replace(record, query=query, report=found.report, notes=notes, rest=found.rest.rest if found.rest else ())


async def _rendered(
    ctx: RequestContext, answers: AnswerService, answer_id: str, record: AnswerRecord, *, reader: ReaderLocale
) -> views.Message:
    """The answer; where nothing is done there is none, only the rest."""
    if record.report is not None and record.report.query.targets:
        return await answers.render(ctx, answer_id, record, reader)
    said, *notes = record.notes
    return batch_views.batch_ended(said, answer_id, notes, language=answers.language_of(record, reader))


async def _cut_before(ctx: RequestContext, answers: AnswerService, answer_id: str) -> AnswerRecord | None:
    """What is left of this very request's batch, if another process began it and was killed."""
    if ctx.request.taken_at is None:
        return None
    record = await answers.store.find(answer_id)
    return record if record is not None and record.rest else None


def _cut_message(answer_id: str, record: AnswerRecord, language: Language) -> views.Message:
    """That a batch was cut, how far it was, and the button for the rest."""
    total = len(record.query.targets)
    words = end_words(BatchEnd.CUT, total - len(record.rest), total, language)
    lost = language.say("What was found until then is not kept.") if len(record.rest) < total else ""
    return batch_views.batch_ended(language.sentences((words, lost)), answer_id, record.notes, language=language)
