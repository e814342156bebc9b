"""An answer posted where it was asked for; where Slack takes no post, the asker gets it alone, with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.requests.context import RequestOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.state.answer_record import AnswerRecord


async def post(answers: AnswerService, message: AnswerMessage, answer: views.Message, reader: ReaderLocale) -> RequestOutcome:
    """Post what nothing is kept of. Raises SlackDeliveryError, ClaimLostError."""

    async def same() -> views.Message:
        return answer

    try:
        await message.post(answer)
    except SlackDeliveryError as error:
        return await _alone(answers, message, error, reader, same)
    return RequestOutcome.ANSWERED


async def post_answer(
    answers: AnswerService,
    message: AnswerMessage,
    answer_id: str,
    record: AnswerRecord,
    reader: ReaderLocale,
    *,
    render: Callable[[AnswerRecord], Awaitable[views.Message]],
) -> RequestOutcome:
    """Post an answer and keep it as it is shown. Raises SlackDeliveryError, ClaimLostError."""

    async def private() -> views.Message:
        alone = replace(record, public=False, thread=None)
        await answers.store.update(answer_id, alone)
        return await render(alone)

    try:
        await message.post(await render(replace(record, thread=message.thread)))
    except SlackDeliveryError as error:
        return await _alone(answers, message, error, reader, private)
    await answers.store.update(answer_id, replace(record, thread=message.thread, message_ts=message.message_ts))
    return RequestOutcome.ANSWERED


async def _alone(
    answers: AnswerService,
    message: AnswerMessage,
    error: SlackDeliveryError,
    reader: ReaderLocale,
    answer: Callable[[], Awaitable[views.Message]],
) -> RequestOutcome:
    """Tell the asker why Slack took no post, and the answer below it, unless it may have been posted: not a second time."""
    reason = answers.delivery_failed(error, reader.language)
    if is_unconfirmed(error):
        await message.post_ephemeral(views.unconfirmed(language=reader.language))
        return RequestOutcome.UNCONFIRMED
    await message.post_ephemeral(views.with_notice(reason, await answer(), language=reader.language))
    return RequestOutcome.REFUSED
