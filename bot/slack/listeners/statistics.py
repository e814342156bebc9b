"""Everybody's messages: the word `stats`, the button *Only this customer?* of a failure, and the buttons of the answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError
from bot.model.statistics import StatisticsQuestion
from bot.presentation.verdict import verdict
from bot.providers.systems import titles
from bot.slack import views
from bot.slack.answer_message import is_direct, is_unconfirmed
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import KEEP
from bot.slack.views.statistics import PREFIX, SHARE, read_question
from bot.statistics.plan import around_failures, failing_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import Stats
    from bot.model.statistics import StatisticsReport
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.reservations import Reservations
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.answer_record import AnswerRecord


@dataclass(frozen=True, slots=True)
class StatisticsButtons:
    """What the buttons need."""

    answers: AnswerService
    reservations: Reservations  # figures are shared once, however often the button is pressed


def register(app: AsyncApp, runner: RequestRunner, services: StatisticsButtons, responders: Responders) -> None:
    """Listen to the buttons of an answer about everybody."""

    async def listen(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        runner.start(ctx, responder, lambda: handle_click(ctx, services, responder, body, action))

    app.action(re.compile(rf"^{re.escape(PREFIX)}"))(listen)


def question_of(command: Stats) -> StatisticsQuestion:
    """What the command asks."""
    return StatisticsQuestion(command.window, command.providers)


def statistics_message(
    answers: AnswerService,
    report: StatisticsReport,
    reader: ReaderLocale,
    passed_over: Sequence[str] = (),
    *,
    public: bool = False,
    shared: bool = False,
    direct: bool = False,
    shared_by: str | None = None,
) -> views.Message:
    """The answer, for `reader`."""
    context = views.RenderContext(
        answer_id="",
        now=answers.clock(),
        zone=reader.zone,
        titles=titles(reader.language),
        public=public,
        shared=shared,
        direct=direct,
        shared_by=shared_by,
        passed_over=tuple(passed_over),
        language=reader.language,
        command=answers.identity.command,
    )
    return views.statistics(report, context)


async def answer_statistics(
    ctx: RequestContext, answers: AnswerService, responder: ResponseUrlResponder, command: Stats, reader: ReaderLocale
) -> RequestOutcome:
    """Answer the slash command: to the asker alone, or with `share` to the channel.

    Raises SlackDeliveryError, ClaimLostError.
    """
    report = await answers.count(ctx, question_of(command), responder.progress, reader.language)
    channel = ctx.request.channel
    if command.share and not is_direct(channel):
        try:
            await _share(ctx, answers, report, channel)
        except SlackDeliveryError as error:
            reason = answers.delivery_failed(error, reader.language)
            alone = statistics_message(answers, report, reader, command.ignored)
            await responder.show(views.with_notice(reason, alone, language=reader.language))
            return RequestOutcome.UNCONFIRMED if is_unconfirmed(error) else RequestOutcome.REFUSED
        return RequestOutcome.SHARED
    await responder.show(statistics_message(answers, report, reader, command.ignored, direct=is_direct(channel)))
    return RequestOutcome.ANSWERED


async def count_everybody(
    ctx: RequestContext, answers: AnswerService, responder: ResponseUrlResponder, record: AnswerRecord, reader: ReaderLocale
) -> RequestOutcome:
    """*Only this customer?*: count at the failing accounts, around the newest failure, for whoever pressed.

    Raises SlackDeliveryError, ClaimLostError.
    """
    failures = await answers.report_of(ctx, record)
    accounts = failing_accounts(failures)
    systems = tuple(dict.fromkeys(system for system, _ in accounts))
    window = around_failures(failures, answers.clock().replace(microsecond=0))
    question = StatisticsQuestion(window, systems, accounts, verdict(failures, reader.language).affected)
    report = await answers.count(ctx, question, responder.progress, reader.language)
    direct = is_direct(ctx.request.channel)
    await responder.show(statistics_message(answers, report, reader, direct=direct))
    return RequestOutcome.ANSWERED


async def handle_click(
    ctx: RequestContext,
    services: StatisticsButtons,
    responder: ResponseUrlResponder,
    body: Mapping[str, Any],
    action: Mapping[str, Any],
) -> RequestOutcome:
    """Count again in place, or post the figures for all. Raises SlackDeliveryError, ClaimLostError."""
    answers, channel = services.answers, ctx.request.channel
    reader = await answers.locales.resolve(ctx.request.user)
    question = read_question(action.get("value", ""), answers.clock())
    if question is None:
        await responder.show(views.expired_answer(answers.identity.command, language=reader.language))
        return RequestOutcome.GONE
    clicked: Mapping[str, Any] = body.get("container", {})
    public = not clicked.get("is_ephemeral") and not is_direct(channel)
    audience = answers.locales.of_channel(channel) if public else reader
    name = action.get("action_id", "")
    of_these = hashlib.sha256(action.get("value", "").encode()).hexdigest()[:16]
    key = f"share:stats:{channel}:{clicked.get('message_ts', '')}:{of_these}"
    if name == SHARE and not await services.reservations.acquire(ctx.claim, key, KEEP):
        return RequestOutcome.SHARED_BEFORE
    report = await answers.count(ctx, question, responder.edit_progress, audience.language, refresh=name != SHARE)
    if name != SHARE:
        await responder.edit(statistics_message(answers, report, audience, public=public, direct=is_direct(channel)))
        return RequestOutcome.ANSWERED
    try:
        await _share(ctx, answers, report, channel, thread_ts=clicked.get("thread_ts"))
    except SlackDeliveryError as error:
        if not is_unconfirmed(error):
            await services.reservations.release(key)
        reason = answers.delivery_failed(error, reader.language)
        alone = statistics_message(answers, report, reader)
        await responder.edit(views.with_notice(reason, alone, language=reader.language))
        return RequestOutcome.UNCONFIRMED if is_unconfirmed(error) else RequestOutcome.REFUSED
    await responder.edit(statistics_message(answers, report, reader, shared=True))
    return RequestOutcome.SHARED


async def _share(
    ctx: RequestContext, answers: AnswerService, report: StatisticsReport, channel: str, *, thread_ts: str | None = None
) -> None:
    """Post the figures in the channel, or in the thread. Raises SlackDeliveryError, ClaimLostError."""
    audience = answers.locales.of_channel(channel)
    message = statistics_message(answers, report, audience, public=True, shared_by=ctx.request.user)
    await answers.poster.post(channel, message, thread_ts, claim=ctx.claim)
