"""The two shortcuts: of a message, which finds what it is about, and the global one. Both open a modal at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.grammar import MAX_TARGETS, extract_targets, write_targets
from bot.slack.listeners.message_text import extract_texts
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.model import Target
    from bot.slack.listeners.modals import Modals
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext, RequestOutcome
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders

OF_MESSAGE, ANYWHERE = "sms_status_message", "sms_status"


def register(app: AsyncApp, runner: RequestRunner, modals: Modals, responders: Responders) -> None:
    """Listen to both shortcuts."""

    async def of_message(ack: AsyncAck, ctx: RequestContext, shortcut: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        runner.start(ctx, responder, lambda: ask_about_message(ctx, modals, responder, shortcut))

    async def anywhere(ack: AsyncAck, ctx: RequestContext, shortcut: dict[str, Any]) -> None:
        await ack()
        responder = responders.message(ctx, ctx.request.user)  # there is no conversation but the one with the bot
        runner.start(ctx, responder, lambda: modals.open_empty(ctx, responder, shortcut.get("trigger_id", ""), ModalDraft()))

    app.message_shortcut(OF_MESSAGE)(of_message)
    app.global_shortcut(ANYWHERE)(anywhere)


async def ask_about_message(
    ctx: RequestContext, modals: Modals, responder: ResponseUrlResponder, shortcut: Mapping[str, Any]
) -> RequestOutcome:
    """Open the modal with what the message is about. Raises SlackDeliveryError, ClaimLostError."""
    message, answers = shortcut.get("message", {}), modals.answers
    draft = ModalDraft(
        channel=ctx.request.channel,
        thread_ts=message.get("thread_ts") or message.get("ts") or shortcut.get("message_ts"),
        response_url=shortcut.get("response_url", ""),
    )
    targets = preferred(extract_targets(extract_texts(message), answers.identity.region))
    words = words_that_fit(targets)
    language = (await answers.locales.resolve(ctx.request.user, answers.timings.modal_wait)).language
    audience = modal.Audience.ANYWHERE
    if draft.channel:
        audience = modal.Audience.THREAD if message.get("thread_ts") else modal.Audience.MESSAGE
    view = modals.lookup_view(audience, language, words=words, found=targets)
    return await modals.open(ctx, responder, shortcut.get("trigger_id", ""), draft, view, language=language)


def preferred(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """The numbers where there are any: the ids beside them are as often those of something else."""
    return tuple(target for target in targets if target.number) or targets


def words_that_fit(targets: tuple[Target, ...]) -> str:
    """The words of as many targets as a lookup and the window's input take."""
    count = min(len(targets), MAX_TARGETS)
    while len(words := write_targets(targets[:count])) > modal.MAX_INPUT:
        count -= 1
    return words
