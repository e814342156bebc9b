"""The buttons of an answer: each changes what is shown, in place. Whoever clicks, the answer's state comes from the store."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError
from bot.i18n import get_language
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.answer_actions import apply_action
from bot.slack.listeners.checks import CheckClick, check_suspect
from bot.slack.listeners.watches import watch_answer
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import KEEP
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import buttons, modal
from bot.slack.views.notices import ALONE, LOOK_UP_AGAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.modals import Modals
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.reservations import Reservations
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.answers import AnswerRecord
    from bot.slack.watching.service import WatchService


@dataclass(frozen=True, slots=True)
class Click:
    """One press of a button, or one choice from the menu behind them."""

    action: str
    value: str  # of an answer's button: the answer's id
    user: str
    channel: str
    thread_ts: str | None  # the thread of the message that was clicked, or the one that it could begin
    ephemeral: bool
    trigger: str
    response_url: str

    @classmethod
    def of(cls, body: Mapping[str, Any], action: Mapping[str, Any]) -> Click:
        """Read Slack's payload."""
        name, value = action["action_id"], action.get("value", "")
        if name == buttons.MENU:
            name, value = buttons.read_option(action.get("selected_option", {}).get("value", ""))
        container = body.get("container", {})
        return cls(
            action=name,
            value=value,
            user=body.get("user", {}).get("id", ""),
            channel=body.get("channel", {}).get("id", "") or container.get("channel_id", ""),
            thread_ts=container.get("thread_ts") or container.get("message_ts"),
            ephemeral=bool(container.get("is_ephemeral")),
            trigger=body.get("trigger_id", ""),
            response_url=body.get("response_url", ""),
        )


@dataclass(frozen=True, slots=True)
class AnswerButtons:
    """What the buttons need beside answers."""

    answers: AnswerService
    modals: Modals
    watches: WatchService
    reservations: Reservations  # an answer is shared once, whoever presses


def register(app: AsyncApp, runner: RequestRunner, services: AnswerButtons, responders: Responders) -> None:
    """Listen to every button of an answer, and to the one that takes the place of an answer that is gone."""

    async def listen(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        responder, click = responders.by_response_url(ctx), Click.of(body, action)
        runner.start(ctx, responder, lambda: handle_click(ctx, services, responder, click))

    async def look_up_again(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        responder, click = responders.by_response_url(ctx), Click.of(body, action)
        runner.start(ctx, responder, lambda: _look_up_again(ctx, services, responder, click))

    app.action(re.compile(rf"^{re.escape(buttons.PREFIX)}"))(listen)
    app.action(LOOK_UP_AGAIN)(look_up_again)


async def handle_click(
    ctx: RequestContext, services: AnswerButtons, responder: ResponseUrlResponder, click: Click
) -> RequestOutcome:
    """Do what the button says. Raises SlackDeliveryError, ClaimLostError."""
    answers = services.answers
    record, reader = await asyncio.gather(
        answers.store.find(click.value), answers.locales.resolve(click.user, answers.timings.modal_wait)
    )
    if record is None:
        thread_ts = ALONE if click.ephemeral else click.thread_ts or ALONE
        await responder.show(views.expired_answer(answers.identity.command, thread_ts, language=reader.language))
        return RequestOutcome.GONE
    match click.action:
        case buttons.SHARE:
            return await _share(ctx, services, responder, click.value, record=record, reader=reader)
        case buttons.POST:
            draft = ModalDraft(channel=click.channel, response_url=click.response_url, answer_id=click.value)
            return await services.modals.open_post(ctx, responder, click.trigger, draft, reader)
        case buttons.REVEAL:
            return await _reveal(ctx, answers, responder, click, record=record, reader=reader)
        case buttons.CUSTOMER:
            read_by = get_language(answers.identity.customer_language or reader.language.code)
            report = await answers.report_of(ctx, record)
            await responder.show(views.for_the_customer(report, language=reader.language, read_by=read_by))
            return RequestOutcome.ANSWERED
        case buttons.WATCH:
            return await watch_answer(ctx, services.watches, responder, record, reader)
        case buttons.SIGNATURE | buttons.TEMPLATE:
            draft = ModalDraft(channel=click.channel, response_url=click.response_url, alone=True)
            check = CheckClick(click.action == buttons.SIGNATURE, click.trigger, draft, reader)
            return await check_suspect(ctx, services.modals, responder, check, record=record)

    async def progress(announcement: views.Message) -> None:  # what is known stays in view
        answer = await answers.render(ctx, click.value, record, reader)
        language = answers.language_of(record, reader)
        await responder.edit_progress(views.with_notice(announcement, answer, language=language))

    changed = await apply_action(
        ctx, answers, click.value, record, click.action, user=click.user, reader=reader, progress=progress
    )
    await responder.edit(await answers.render(ctx, click.value, changed, reader))
    return RequestOutcome.ANSWERED


async def _look_up_again(
    ctx: RequestContext, services: AnswerButtons, responder: ResponseUrlResponder, click: Click
) -> RequestOutcome:
    """Open the modal for a lookup whose answer is gone. Its answer goes where the old one was."""
    alone = click.value == ALONE
    thread_ts = None if alone else click.value or click.thread_ts
    draft = ModalDraft(channel=click.channel, thread_ts=thread_ts, response_url=click.response_url, alone=alone)
    answers = services.answers
    language = (await answers.locales.resolve(click.user, answers.timings.modal_wait)).language
    audience = modal.Audience.ALONE if alone else modal.Audience.THREAD
    view = partial(modal.lookup_modal, words="", found=None, audience=audience, language=language)
    return await services.modals.open(ctx, responder, click.trigger, draft, view, language=language)


async def _reveal(
    ctx: RequestContext,
    answers: AnswerService,
    responder: ResponseUrlResponder,
    click: Click,
    *,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Show whole numbers to whoever clicked, if they may; it is in the audit before they see any."""
    report = await answers.report_of(ctx, record)
    providers = [part.provider for part in report.coverage]
    denial = await answers.authorizer.authorize_reveal(ctx.request, record.query.targets, providers)
    if denial is not None:
        ctx.audit.denial = denial.reason.value
        await responder.show(answers.denial_message(denial, reader.language))
        return RequestOutcome.REFUSED
    await responder.show(views.revealed(report, await answers.render_context(ctx, click.value, record, reader)))
    return RequestOutcome.REVEALED


async def _share(
    ctx: RequestContext,
    services: AnswerButtons,
    responder: ResponseUrlResponder,
    answer_id: str,
    *,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Post the answer in the channel once, however often the button is pressed, and take the button away."""
    answers, key = services.answers, f"share:{answer_id}"
    if not await services.reservations.acquire(ctx.claim, key, KEEP):
        return RequestOutcome.SHARED_BEFORE
    shared = replace(record, shared=True)
    await answers.store.update(answer_id, shared)
    try:
        await answers.share(ctx, record, reader)
    except SlackDeliveryError as error:
        reason = answers.delivery_failed(error, reader.language)
        if is_unconfirmed(error):  # it may have been posted: the button stays used, and who shared is told to look
            reason, answer = views.unconfirmed(language=reader.language), await answers.render(ctx, answer_id, shared, reader)
            await responder.edit(views.with_notice(reason, answer, language=reader.language))
            return RequestOutcome.UNCONFIRMED
        await services.reservations.release(key)
        await answers.store.update(answer_id, record)
        answer = await answers.render(ctx, answer_id, record, reader)
        await responder.edit(views.with_notice(reason, answer, language=reader.language))
        return RequestOutcome.REFUSED
    await responder.edit(await answers.render(ctx, answer_id, shared, reader))
    return RequestOutcome.SHARED
