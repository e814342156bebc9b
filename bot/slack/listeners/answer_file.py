"""The CSV of an answer, as a file: below the answer where many read it, or in the direct message of the one who alone saw it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError
from bot.presentation.report_csv import csv_name, report_to_csv
from bot.slack import views
from bot.slack.answer_message import is_direct
from bot.slack.messaging.uploader import TextFile
from bot.slack.requests.context import RequestOutcome

if TYPE_CHECKING:
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.click import Click
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.messaging.uploader import Uploader
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.answer_record import AnswerRecord

_NO_SCOPE = "missing_scope"


async def share_csv(
    ctx: RequestContext,
    answers: AnswerService,
    uploader: Uploader,
    responder: ResponseUrlResponder,
    click: Click,
    *,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Attach the messages, all pages of them, numbers masked. Raises SlackDeliveryError, ClaimLostError.

    `files:write` is an optional scope: without it, one sentence says so, and what prints the same.
    """
    report = await answers.report_of(ctx, record)
    ctx.audit.command = "csv"
    ctx.audit.record_shown(record.query)
    context = await answers.render_context(ctx, click.value, record, reader)
    # Beside the loop: of thousands of messages it takes a second.
    text = await asyncio.to_thread(
        report_to_csv, report, context.titles, zone=context.zone, now=context.now, language=context.language
    )
    file = TextFile(csv_name(report), views.csv_comment(report, context), text.encode())
    alone = click.ephemeral and not is_direct(click.channel)
    try:
        if alone:
            await uploader.share_with(click.user, file, claim=ctx.claim)
        else:
            await uploader.share(click.channel, file, None if click.ephemeral else click.thread_ts, claim=ctx.claim)
    except SlackDeliveryError as error:
        lacking = error.reason == _NO_SCOPE
        await responder.show(
            views.csv_needs_scope(language=reader.language) if lacking else answers.delivery_failed(error, reader.language)
        )
        return RequestOutcome.REFUSED
    if alone:
        await responder.show(views.csv_sent(language=reader.language))
    return RequestOutcome.SHARED
