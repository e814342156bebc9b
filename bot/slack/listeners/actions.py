"""The buttons of an answer: each changes what is shown, in place. Whoever clicks, the answer's state is the store's."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.answer_actions import apply_action
from bot.slack.listeners.modals import open_modal
from bot.slack.requests.slack_request import current_visit
from bot.slack.state.answers import KEEP
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import buttons, modal
from bot.slack.views.notices import ALONE, LOOK_UP_AGAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.task_supervisor import TaskSupervisor
    from bot.slack.state.answers import AnswerRecord

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Click:
    """One press of a button, or one choice from the menu behind them."""

    action: str
    value: str  # of an answer's button: the answer's id
    user: str
    channel: str
    root: str | None  # the thread of the message that was clicked, or the one that it could begin
    ephemeral: bool
    trigger: str
    response_url: str

    @classmethod
    def of(cls, body: Mapping[str, Any], action: Mapping[str, Any]) -> Click:
        """Read Slack's payload."""
        name, value = action["action_id"], action.get("value", "")
        if name == buttons.MENU:
            name, value = buttons.read_option(action["selected_option"]["value"])
        container = body.get("container", {})
        return cls(
            action=name,
            value=value,
            user=body["user"]["id"],
            channel=body.get("channel", {}).get("id", ""),
            root=container.get("thread_ts") or container.get("message_ts"),
            ephemeral=bool(container.get("is_ephemeral")),
            trigger=body.get("trigger_id", ""),
            response_url=body.get("response_url", ""),
        )


def register(
    app: AsyncApp, desk: AnswerService, work: TaskSupervisor, reply_to: Callable[[Mapping[str, Any]], ResponseUrlResponder]
) -> None:
    """Listen to every button of an answer, and to the one that stands in for an answer that is gone."""

    async def listen(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(body)
        job = handle_click(desk, reply, Click.of(body, action))
        work.spawn(desk.guarded("action", reply, job), name="action")

    async def again(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(body)
        job = _look_up_again(desk, reply, Click.of(body, action))
        work.spawn(desk.guarded("action", reply, job), name="look up again")

    app.action(re.compile(rf"^{re.escape(buttons.PREFIX)}"))(listen)
    app.action(LOOK_UP_AGAIN)(again)


async def handle_click(desk: AnswerService, reply: ResponseUrlResponder, click: Click) -> str:
    """Do what the button says. Returns how it ended, for the metrics. Raises SlackRefusal."""
    shown, reader = await asyncio.gather(
        desk.answers.find(click.value), desk.readers.resolve(click.user, desk.timings.modal_wait)
    )
    if shown is None:
        root = ALONE if click.ephemeral else click.root or ALONE
        await reply.show(views.expired_answer(desk.command, root, language=reader.language))
        return "gone"
    match click.action:
        case buttons.SHARE:
            return await _share(desk, reply, click.value, shown, reader)
        case buttons.POST:
            draft = ModalDraft(channel=click.channel, response_url=click.response_url, answer_id=click.value)
            view = partial(modal.post_modal, language=reader.language)
            return await open_modal(desk, reply, click.trigger, draft, view, language=reader.language)
        case buttons.REVEAL:
            return await _reveal(desk, reply, click, shown, reader)
        case buttons.CUSTOMER:
            await reply.show(views.for_the_customer(await desk.report_of(shown), language=reader.language))
            return "answered"

    async def say_asking(progress: views.Message) -> None:  # what is known stays in view
        answer = await desk.render(click.value, shown, reader)
        await reply.edit(views.with_notice(progress, answer, language=desk.language_of(shown, reader)))

    changed = await apply_action(desk, click.value, shown, click.action, user=click.user, reader=reader, say_asking=say_asking)
    await reply.edit(await desk.render(click.value, changed, reader))
    return "answered"


async def _look_up_again(desk: AnswerService, reply: ResponseUrlResponder, click: Click) -> str:
    """Open the window for a lookup whose answer is gone. Its answer goes where the old one stood."""
    alone = click.value == ALONE
    draft = ModalDraft(
        channel=click.channel, thread_ts=None if alone else click.value, response_url=click.response_url, alone=alone
    )
    language = (await desk.readers.resolve(click.user, desk.timings.modal_wait)).language
    where = modal.ALONE if alone else modal.IN_THREAD
    view = partial(modal.lookup_modal, words="", count=None, where=where, language=language)
    return await open_modal(desk, reply, click.trigger, draft, view, language=language)


async def _reveal(
    desk: AnswerService, reply: ResponseUrlResponder, click: Click, shown: AnswerRecord, reader: ReaderLocale
) -> str:
    """Show whole numbers to whoever clicked, if they may; it is in the audit before they see any."""
    visit = current_visit()
    if visit is None:
        raise RuntimeError("nobody is known to have clicked")
    report = await desk.report_of(shown)
    refusal = await desk.gate.reveal(visit, shown.query.targets, [part.provider for part in report.coverage])
    if refusal is not None:
        await reply.show(desk.denial_message(refusal, reader.language))
        return f"refused: {refusal.reason.value}"
    await reply.show(views.revealed(report, await desk.stage(click.value, shown, reader)))
    return "revealed"


async def _share(
    desk: AnswerService, reply: ResponseUrlResponder, answer_id: str, shown: AnswerRecord, reader: ReaderLocale
) -> str:
    """Post the answer in the channel once, however often the button is pressed, and take the button away."""
    if not await desk.intake.acquire_key(f"share:{answer_id}", KEEP):
        return "shared before"
    marked = replace(shown, shared=True)
    await desk.answers.update(answer_id, marked)
    try:
        await desk.share(shown, reader)
    except SlackDeliveryError as refusal:
        log.info("slack.share_refused", reason=refusal.reason)
        if is_unconfirmed(refusal):  # it may stand there: the button stays used, and who shared is told to look
            why, answer = views.unconfirmed(language=reader.language), await desk.render(answer_id, marked, reader)
            await reply.edit(views.with_notice(why, answer, language=reader.language))
            return "unconfirmed"
        await desk.intake.release_key(f"share:{answer_id}")
        await desk.answers.update(answer_id, shown)
        answer = await desk.render(answer_id, shown, reader)
        why = views.delivery_failed(refusal.reason, desk.command, desk.bot_name, language=reader.language)
        await reply.edit(views.with_notice(why, answer, language=reader.language))
        return "refused"
    await reply.edit(await desk.render(answer_id, marked, reader))
    return "shared"
