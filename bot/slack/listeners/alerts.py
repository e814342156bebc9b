"""The buttons of an alert: figures and failures for whoever presses; *Mute 1 h* for all, which the message says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import DatabaseError, StoreError
from bot.model import Window
from bot.model.statistics import StatisticsQuestion
from bot.slack.alerting.posted import Mute
from bot.slack.answer_message import is_direct
from bot.slack.listeners.statistics import statistics_message
from bot.slack.requests.context import RequestOutcome
from bot.slack.views import alerts as views
from bot.statistics.plan import DEFAULT_WINDOW

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.alerts.alert import Alert
    from bot.slack.alerting.posted import PostedAlert
    from bot.slack.alerting.service import AlertService
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders

MUTED = timedelta(hours=1)
MOST_FAILURES = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertButtons:
    """What the buttons need."""

    answers: AnswerService
    alerts: AlertService


def register(app: AsyncApp, runner: RequestRunner, services: AlertButtons, responders: Responders) -> None:
    """Listen to the buttons of alerts."""

    async def listen(ack: AsyncAck, ctx: RequestContext, action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        name, alert_id = action["action_id"], action.get("value", "")
        runner.start(ctx, responder, lambda: handle_click(ctx, services, responder, name, alert_id))

    app.action(re.compile(rf"^{re.escape(views.PREFIX)}"))(listen)


async def handle_click(
    ctx: RequestContext, services: AlertButtons, responder: ResponseUrlResponder, name: str, alert_id: str
) -> RequestOutcome:
    """Do what a button says. Raises SlackDeliveryError, ClaimLostError."""
    reader = await services.answers.locales.resolve(ctx.request.user)
    try:
        posted = await services.alerts.store.find(alert_id)
        if posted is None:
            await responder.show(views.gone(language=reader.language))
            return RequestOutcome.GONE
        match name:
            case views.STATS:
                return await _count(ctx, services, responder, posted.alert, reader)
            case views.MUTE:
                return await _mute(ctx, services, responder, posted, reader)
            case _:
                return await _list_failures(services, responder, posted.alert, reader)
    except (DatabaseError, StoreError) as error:
        log.warning("alerts.not_read", reason=str(error))
        await responder.show(views.unavailable(language=reader.language))
        return RequestOutcome.REFUSED


async def _count(
    ctx: RequestContext, services: AlertButtons, responder: ResponseUrlResponder, alert: Alert, reader: ReaderLocale
) -> RequestOutcome:
    """As `stats via …` of the last two hours does."""
    answers = services.answers
    now = answers.clock().replace(microsecond=0)
    providers = (alert.cause.system,) if alert.cause.system else ()
    question = StatisticsQuestion(Window(now - DEFAULT_WINDOW, now), providers)
    report = await answers.count(ctx, question, responder.progress, reader.language)
    await responder.show(statistics_message(answers, report, reader, direct=is_direct(ctx.request.channel)))
    return RequestOutcome.ANSWERED


async def _list_failures(
    services: AlertButtons, responder: ResponseUrlResponder, alert: Alert, reader: ReaderLocale
) -> RequestOutcome:
    """The newest failures, masked. Raises StoreError."""
    now = services.alerts.clock()
    evidence = await services.alerts.reader.evidence(alert, alert.ended_at or now, MOST_FAILURES)
    await responder.show(views.failures_message(alert, evidence, services.alerts.view(reader, now), MOST_FAILURES))
    return RequestOutcome.ANSWERED


async def _mute(
    ctx: RequestContext, services: AlertButtons, responder: ResponseUrlResponder, posted: PostedAlert, reader: ReaderLocale
) -> RequestOutcome:
    """Nobody is notified of it for an hour; the message says who wanted that. Raises DatabaseError, StoreError."""
    if not posted.alert.is_open:
        await responder.show(views.over_already(language=reader.language))
        return RequestOutcome.GONE
    alerts, now = services.alerts, services.alerts.clock()
    mute = Mute(ctx.request.user, now + MUTED)
    await alerts.store.mute(posted.alert.id, mute)
    await responder.edit(await alerts.message(replace(posted, mute=mute), now))
    return RequestOutcome.ANSWERED
