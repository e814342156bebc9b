"""The two shortcuts: of a message, which finds what it is about, and the global one. Both open the window of modal.py at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.grammar import MAX_TARGETS, extract_targets, write_targets
from bot.slack.answer_message import AnswerMessage
from bot.slack.listeners.message_text import extract_texts
from bot.slack.listeners.modals import open_empty, open_modal
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.model import Target
    from bot.slack.answer_service import AnswerService
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.task_supervisor import TaskSupervisor

OF_MESSAGE, ANYWHERE = "sms_status_message", "sms_status"


def register(
    app: AsyncApp, desk: AnswerService, work: TaskSupervisor, reply_to: Callable[[Mapping[str, Any]], ResponseUrlResponder]
) -> None:
    """Listen to both shortcuts."""

    async def of_message(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(shortcut)
        job = ask_about_message(desk, reply, shortcut)
        work.spawn(desk.guarded("shortcut", reply, job), name="message shortcut")

    async def anywhere(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        await ack()
        user = shortcut["user"]["id"]
        teller = AnswerMessage(
            desk.poster, desk.readers, desk.team, user, user
        )  # there is no conversation but the one with the bot
        job = open_empty(desk, teller, shortcut["trigger_id"], ModalDraft())
        work.spawn(desk.guarded("shortcut", teller, job), name="global shortcut")

    app.message_shortcut(OF_MESSAGE)(of_message)
    app.global_shortcut(ANYWHERE)(anywhere)


async def ask_about_message(desk: AnswerService, reply: ResponseUrlResponder, shortcut: Mapping[str, Any]) -> str:
    """Open the window with what the message is about. Returns how it ended. Raises SlackRefusal."""
    message = shortcut["message"]
    draft = ModalDraft(
        channel=shortcut["channel"]["id"],
        thread_ts=message.get("thread_ts") or message["ts"],
        response_url=shortcut["response_url"],
    )
    targets = extract_targets(extract_texts(message), desk.region)
    words = words_that_fit(targets)
    language = (await desk.readers.resolve(shortcut["user"]["id"], desk.timings.modal_wait)).language
    view = partial(modal.lookup_modal, words=words, count=len(targets), where=modal.IN_THREAD, language=language)
    return await open_modal(desk, reply, shortcut["trigger_id"], draft, view, language=language)


def words_that_fit(targets: tuple[Target, ...]) -> str:
    """The words of as many targets as a lookup and the window's input take."""
    count = min(len(targets), MAX_TARGETS)
    while len(words := write_targets(targets[:count])) > modal.MAX_INPUT:
        count -= 1
    return words
