"""The buttons of readings: each runs its words as if they had been typed, and the answer takes the place of the message.

Where there is no reading, one button opens a window with the words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.slack import views
from bot.slack.listeners.commands import handle_command
from bot.slack.listeners.conversation import handle_message
from bot.slack.requests.context import RequestOutcome
from bot.slack.views.notices import CORRECT
from bot.slack.views.readings import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.listeners.conversation import Conversations
    from bot.slack.listeners.modals import Modals
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.drafts import ModalDraft


def register(app: AsyncApp, runner: RequestRunner, conversations: Conversations, modals: Modals, responders: Responders) -> None:
    """Listen to the buttons of readings, and to the one that opens a window."""

    async def listen(ack: AsyncAck, ctx: RequestContext, action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx, in_place=True)
        draft_id = action.get("value", "")
        runner.start(ctx, responder, lambda: run_reading(ctx, conversations, responders, responder, draft_id))

    async def correct(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        runner.start(ctx, responder, lambda: open_correction(ctx, modals, responder, body, action.get("value", "")))

    app.action(re.compile(rf"^{re.escape(PREFIX)}"))(listen)
    app.action(CORRECT)(correct)


async def open_correction(
    ctx: RequestContext, modals: Modals, responder: ResponseUrlResponder, body: Mapping[str, Any], draft_id: str
) -> RequestOutcome:
    """Open a window with the words that are kept under `draft_id`. Raises SlackDeliveryError, ClaimLostError."""
    draft = await modals.drafts.get(draft_id)
    if draft is None:
        reader = await modals.answers.locales.resolve(ctx.request.user)
        await responder.show(views.expired_answer(modals.answers.identity.command, language=reader.language))
        return RequestOutcome.GONE
    url, trigger = body.get("response_url", ""), body.get("trigger_id", "")
    return await modals.open_correction(ctx, responder, trigger, draft, response_url=url)


async def run_reading(
    ctx: RequestContext,
    conversations: Conversations,
    responders: Responders,
    responder: ResponseUrlResponder,
    draft_id: str,
) -> RequestOutcome:
    """Run the words that are kept under `draft_id`. Raises SlackDeliveryError, ClaimLostError."""
    answers, readings = conversations.answers, conversations.readings
    draft = await readings.drafts.get(draft_id)
    if draft is None:
        reader = await answers.locales.resolve(ctx.request.user)
        await responder.show(views.expired_answer(answers.identity.command, language=reader.language))
        return RequestOutcome.GONE
    if draft.alone:
        outcome = await handle_command(ctx, conversations, responder, draft.words)
        if outcome is RequestOutcome.SHARED:
            await responder.show(views.shared(language=responder.language))
        return outcome
    return await _say(ctx, conversations, responders, responder, draft)


async def _say(
    ctx: RequestContext,
    conversations: Conversations,
    responders: Responders,
    responder: ResponseUrlResponder,
    draft: ModalDraft,
) -> RequestOutcome:
    """Run the words in the thread or direct message where they were meant; what one person alone saw gives way."""
    clicked: Mapping[str, Any] = ctx.request.body.get("container", {})
    alone = bool(clicked.get("is_ephemeral"))
    message = responders.message(ctx, draft.channel, thread_ts=draft.thread_ts, fallback=responder if alone else None)
    if message.is_direct and not alone:
        message.message_ts = clicked.get("message_ts")
    outcome = await handle_message(ctx, conversations, message, draft.words)
    if message.message_ts is not None and alone:
        await responder.show(views.answered_below(language=responder.language))
    return outcome
