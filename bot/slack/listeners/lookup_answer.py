"""A lookup answered by one message: "asking …" is edited into the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.grammar import MAX_TARGETS
from bot.slack.listeners.batches import answer_batch
from bot.slack.listeners.posting import post_answer
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.views.watches import final_already

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.grammar import Lookup
    from bot.model import Query
    from bot.slack import views
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext


async def answer_lookup(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    command: Lookup,
    reader: ReaderLocale,
    *,
    previous: Query | None = None,
    notes: Sequence[str] = (),
    is_final: bool = False,
) -> RequestOutcome:
    """Look up and answer by `message`; where Slack takes no post, the asker gets it alone, with the reason.

    `is_final`: it was to be watched, and nothing is left to wait for, which is said above it.

    Raises SlackDeliveryError, ClaimLostError.
    """
    if len(command.query.targets) > MAX_TARGETS:
        return await answer_batch(ctx, answers, message, command, reader, notes=notes, previous=previous)
    record = AnswerRecord.first(
        command, asked_by=message.user, channel=message.channel, public=not message.is_direct, previous=previous
    )
    record = replace(record, notes=tuple(notes))
    # It is of its thread from now on, so that a follow-up finds it that comes before the answer does.
    record = replace(record, thread=message.thread if message.thread_ts or message.is_direct else None)
    answer_id = await answers.store.add(record)
    language = answers.language_of(record, reader)
    report = await answers.look_up(ctx, command.query, message.progress, language, refresh=False)
    record = replace(record, report=report)

    async def render(shown: AnswerRecord) -> views.Message:
        answer = await answers.render(ctx, answer_id, shown, reader)
        return final_already(answer, language=language) if is_final and report.coverage else answer

    ctx.audit.expected = RequestOutcome.ANSWERED
    return await post_answer(answers, message, answer_id, record, reader, render=render)
