"""The buttons of an answer: each changes what is shown, in place. Whoever clicks, the answer's state comes from the store."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError
from bot.i18n import get_language
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.answer_actions import apply_action
from bot.slack.listeners.answer_file import share_csv
from bot.slack.listeners.checks import CheckClick, check_suspect
from bot.slack.listeners.click import Click
from bot.slack.listeners.statistics import count_everybody
from bot.slack.listeners.thread_summary import share_summary, show_summary
from bot.slack.listeners.watches import watch_answer
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import KEEP
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import buttons, modal
from bot.slack.views.notices import ALONE, LOOK_UP_AGAIN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.modals import Modals
    from bot.slack.listeners.thread_summary import ThreadSummaries
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.messaging.uploader import Uploader
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.reservations import Reservations
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.answer_record import AnswerRecord
    from bot.slack.watching.service import WatchService


@dataclass(frozen=True, slots=True)
class AnswerButtons:
    """What the buttons need beside answers."""

    answers: AnswerService
    modals: Modals
    uploader: Uploader
    summaries: ThreadSummaries
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
    if record is None or record.is_lost:
        thread_ts = ALONE if click.ephemeral else click.thread_ts or ALONE
        await responder.show(views.expired_answer(answers.identity.command, thread_ts, language=reader.language))
        return RequestOutcome.GONE
    press = Press(ctx, services, responder, click, record, reader)
    return await _HANDLERS.get(click.action, _change)(press)


@dataclass(frozen=True, slots=True)
class Press:
    """A click on a button of an answer that is still kept."""

    ctx: RequestContext
    services: AnswerButtons
    responder: ResponseUrlResponder
    click: Click
    record: AnswerRecord
    reader: ReaderLocale

    @property
    def answers(self) -> AnswerService:
        """What looks up and renders."""
        return self.services.answers


async def _change(press: Press) -> RequestOutcome:
    """Change what the answer shows, in its place."""
    ctx, answers, responder, click, record = press.ctx, press.answers, press.responder, press.click, press.record

    async def progress(announcement: views.Message) -> None:  # what is known stays in view
        answer = await answers.render(ctx, click.value, record, press.reader)
        language = answers.language_of(record, press.reader)
        await responder.edit_progress(views.with_notice(announcement, answer, language=language))

    ctx.audit.expected = RequestOutcome.ANSWERED
    changed = await apply_action(
        ctx, answers, click.value, record, click.action, user=click.user, reader=press.reader, progress=progress
    )
    await responder.edit(await answers.render(ctx, click.value, changed, press.reader))
    return RequestOutcome.ANSWERED


async def _post(press: Press) -> RequestOutcome:
    """Open the window that asks for the thread."""
    click = press.click
    draft = ModalDraft(channel=click.channel, response_url=click.response_url, answer_id=click.value)
    return await press.services.modals.open_post(press.ctx, press.responder, click.trigger, draft, press.reader)


async def _text_for_customer(press: Press) -> RequestOutcome:
    """Show whoever clicked what to tell the customer."""
    read_by = get_language(press.answers.identity.customer_language or press.reader.language.code)
    report = await press.answers.report_of(press.ctx, press.record)
    await press.responder.show(views.for_the_customer(report, language=press.reader.language, read_by=read_by))
    return RequestOutcome.ANSWERED


async def _check(press: Press) -> RequestOutcome:
    """Check the signature or the template that the failures point to."""
    click = press.click
    draft = ModalDraft(channel=click.channel, thread_ts=click.reply_in, response_url=click.response_url, alone=True)
    check = CheckClick(click.action == buttons.SIGNATURE, click.trigger, draft, press.reader)
    return await check_suspect(press.ctx, press.services.modals, press.responder, check, record=press.record)


async def _watch(press: Press) -> RequestOutcome:
    return await watch_answer(press.ctx, press.services.watches, press.responder, press.record, press.reader)


async def _count(press: Press) -> RequestOutcome:
    return await count_everybody(press.ctx, press.answers, press.responder, press.record, press.reader)


async def _attach(press: Press) -> RequestOutcome:
    uploader = press.services.uploader
    return await share_csv(
        press.ctx, press.answers, uploader, press.responder, press.click, record=press.record, reader=press.reader
    )


async def _summarize(press: Press) -> RequestOutcome:
    return await show_summary(press.ctx, press.services.summaries, press.responder, record=press.record, reader=press.reader)


async def _share_summary(press: Press) -> RequestOutcome:
    return await share_summary(
        press.ctx,
        press.services.summaries,
        press.responder,
        press.services.reservations,
        answer_id=press.click.value,
        record=press.record,
        reader=press.reader,
    )


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
    view = services.modals.lookup_view(audience, language)
    return await services.modals.open(ctx, responder, click.trigger, draft, view, language=language)


async def _reveal(press: Press) -> RequestOutcome:
    """Show whole numbers to whoever clicked, if they may; it is in the audit before they see any."""
    ctx, answers, responder, record, reader = press.ctx, press.answers, press.responder, press.record, press.reader
    report = await answers.report_of(ctx, record)
    providers = [part.provider for part in report.coverage]
    denial = await answers.authorizer.authorize_reveal(ctx.request, record.query.targets, providers)
    if denial is not None:
        ctx.audit.denial = denial.reason.value
        await responder.show(answers.denial_message(denial, reader.language))
        return RequestOutcome.REFUSED
    await responder.show(views.revealed(report, await answers.render_context(ctx, press.click.value, record, reader)))
    return RequestOutcome.REVEALED


async def _share(press: Press) -> RequestOutcome:
    """Post the answer in the channel once, however often the button is pressed, and take the button away."""
    ctx, services, responder, record, reader = press.ctx, press.services, press.responder, press.record, press.reader
    answers, answer_id = services.answers, press.click.value
    key = f"share:{answer_id}"
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


_HANDLERS: Mapping[str, Callable[[Press], Awaitable[RequestOutcome]]] = {
    buttons.SHARE: _share,
    buttons.POST: _post,
    buttons.REVEAL: _reveal,
    buttons.CSV: _attach,
    buttons.SUMMARY: _summarize,
    buttons.SHARE_SUMMARY: _share_summary,
    buttons.CUSTOMER: _text_for_customer,
    buttons.SIGNATURE: _check,
    buttons.TEMPLATE: _check,
    buttons.EVERYBODY: _count,
    buttons.WATCH: _watch,
}
"""What leaves the answer as it is; every other button changes what it shows."""
