"""The windows: opened with a draft, and answered when they are sent off.

What is wrong in an input is said below it while the window stays open, so it has to be known for the ack; the lookup comes after.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import structlog

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import EXAMPLES, Lookup, parse
from bot.i18n import phrase
from bot.model import Query, Window
from bot.slack import views
from bot.slack.answer_message import AnswerMessage
from bot.slack.listeners.conversation import answer_lookup
from bot.slack.state.answers import AnswerRecord
from bot.slack.state.drafts import new_draft_id
from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import ParseContext
    from bot.i18n import Language, Phrase
    from bot.slack.answer_service import AnswerService, Responder
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.task_supervisor import TaskSupervisor
    from bot.slack.state.drafts import ModalDraft

    ReplyTo = Callable[[Mapping[str, Any]], ResponseUrlResponder]

_LINKED = re.compile(r"/archives/(?P<channel>[A-Z0-9]{3,30})/p(?P<seconds>\d{6,12})(?P<micros>\d{6})")
_TS = re.compile(r"\d{6,12}\.\d{6}")
_NOT_A_LINK = phrase("This is no link to a message. Open the menu of a message in the thread and choose “Copy link”.")
_GONE = phrase("This window has been open too long. Close it and begin again.")
CLOSED_CHANNEL = phrase("This app does not answer in that channel.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """The thread that a message's link leads to."""

    channel: str
    ts: str


def register(app: AsyncApp, desk: AnswerService, work: TaskSupervisor, reply_to: ReplyTo) -> None:
    """Listen to windows that are sent off."""

    async def lookup(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        draft, reader = await _kept_for(desk, body, view)
        problem = _GONE if draft is None else validate_targets(view, desk.parse_context(reader))
        if draft is None or problem:
            await _refuse(ack, modal.TARGETS, problem or _GONE, reader)
            return
        await ack()
        place = answer_message_for_modal(desk, body, draft, reply_to)
        job = look_up(desk, place, view, place.fallback_responder if draft.alone else None)
        work.spawn(desk.guarded("modal", place, job), name="modal")

    async def post(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        draft, reader = await _kept_for(desk, body, view)
        linked = parse_permalink(_entered(view, modal.LINK) or "")
        problem = _GONE if draft is None else _NOT_A_LINK if linked is None else _closed_channel(desk, linked)
        if draft is None or linked is None or problem:
            await _refuse(ack, modal.LINK, problem or _GONE, reader)
            return
        await ack()
        place = answer_message_for_modal(desk, body, replace(draft, channel=draft.channel or linked.channel), reply_to)
        work.spawn(desk.guarded("modal", place, post_answer(desk, place, draft.answer_id, linked)), name="post in thread")

    app.view(modal.LOOKUP)(lookup)
    app.view(modal.POST)(post)


async def _kept_for(
    desk: AnswerService, body: Mapping[str, Any], view: Mapping[str, Any]
) -> tuple[ModalDraft | None, ReaderLocale]:
    """The draft behind a window, and who sent it off: another process than the one that opened it may not know them yet."""
    draft = desk.drafts.get(view["private_metadata"])
    return await asyncio.gather(draft, desk.readers.resolve(body["user"]["id"], desk.timings.modal_wait))


async def _refuse(ack: AsyncAck, block_id: str, problem: Phrase, reader: ReaderLocale) -> None:
    """Say below an input what is wrong with it."""
    await ack(response_action="errors", errors={block_id: problem.said_in(reader.language)[: modal.MAX_INPUT]})


async def open_empty(desk: AnswerService, place: AnswerMessage, trigger_id: str, draft: ModalDraft) -> str:
    """Open a window to ask anything, answered where its asker wants. Returns how it ended. Raises SlackRefusal."""
    language = (await desk.readers.resolve(place.user, desk.timings.modal_wait)).language
    view = partial(modal.lookup_modal, words="", count=None, where=modal.CHOSEN, language=language)
    return await open_modal(desk, place, trigger_id, draft, view, language=language)


async def open_modal(
    desk: AnswerService,
    teller: Responder,
    trigger_id: str,
    draft: ModalDraft,
    view: Callable[[str], Mapping[str, Any]],
    *,
    language: Language,
) -> str:
    """Open a window for `draft`, which is stored meanwhile. Returns how it ended. Raises SlackRefusal."""
    draft_id = new_draft_id()
    opened, _ = await asyncio.gather(
        desk.panes.open(trigger_id, view(draft_id)), desk.drafts.put(draft_id, draft), return_exceptions=True
    )
    if isinstance(opened, SlackDeliveryError):
        log.info("slack.window_refused", reason=opened.reason)
        await teller.show(views.delivery_failed(opened.reason, desk.command, desk.bot_name, language=language))
        return "refused"
    if isinstance(opened, BaseException):
        raise opened
    return "opened"


def answer_message_for_modal(desk: AnswerService, body: Mapping[str, Any], draft: ModalDraft, reply_to: ReplyTo) -> AnswerMessage:
    """Where the answer goes: the draft's thread, or the conversation that was chosen in the window."""
    user = body["user"]["id"]
    channel, url = draft.channel, draft.response_url
    if not channel:
        channel = _entered(body["view"], modal.PLACE) or user
        urls = body.get("response_urls") or []
        url = next((each["response_url"] for each in urls if each.get("channel_id") == channel), "")
    way_back = reply_to({"response_url": url, "channel_id": channel, "user_id": user}) if url else None
    return AnswerMessage(
        desk.poster,
        desk.readers,
        desk.team,
        channel,
        user,
        thread_ts=draft.thread_ts,
        ephemeral_thread_ts=draft.thread_ts,
        fallback_responder=way_back,
    )


async def look_up(
    desk: AnswerService, place: AnswerMessage, view: Mapping[str, Any], alone: ResponseUrlResponder | None = None
) -> str:
    """Answer what the window asks, in `place` or to the asker `alone`. Returns how it ended. Raises SlackRefusal."""
    reader = await desk.readers.resolve(place.user)
    try:
        command = _read(view, desk.parse_context(reader))
    except UsageError as error:  # it passed with the configured zone, and does not with the asker's own
        await place.show(views.usage_error(error, desk.command, language=reader.language))
        return "usage"
    if alone is None:
        return await answer_lookup(desk, place, command, reader)
    report = await desk.look_up(command.query, alone.show, reader.language, refresh=False)
    shown = replace(AnswerRecord.first(command, asked_by=place.user, channel=place.channel), report=report)
    await alone.show(await desk.render(await desk.answers.add(shown), shown, reader))
    return "answered"


async def post_answer(desk: AnswerService, place: AnswerMessage, answer_id: str, linked: ThreadRef) -> str:
    """Post a kept answer in the thread that was linked. Returns how it ended. Raises SlackRefusal."""
    shown = await desk.answers.find(answer_id)
    reader = await desk.readers.resolve(place.user)
    if shown is None:
        await place.post_ephemeral(views.expired_answer(desk.command, language=reader.language))
        return "gone"
    try:
        await desk.share(shown, reader, channel=linked.channel, root=linked.ts)
    except SlackDeliveryError as refusal:
        log.info("slack.share_refused", reason=refusal.reason)
        await place.post_ephemeral(views.delivery_failed(refusal.reason, desk.command, desk.bot_name, language=reader.language))
        return "refused"
    permalink = await desk.panes.permalink(linked.channel, linked.ts)
    await place.post_ephemeral(modal.posted(permalink, language=reader.language))
    return "shared"


def validate_targets(view: Mapping[str, Any], asker: ParseContext) -> Phrase | None:
    """What is wrong with the words in the window; None when they are understood."""
    try:
        _read(view, asker)
    except UsageError as error:
        return one_line_error(error)
    return None


def one_line_error(error: UsageError) -> Phrase:
    """What is not understood and what would be, in one line, for where there is no room for a message."""
    if error.example is None:
        return error.problem
    return phrase("{problem} Try: {example}", problem=error.problem, example=error.example)


def parse_permalink(text: str) -> ThreadRef | None:
    """The thread that the link to a message leads to: the message's own when it is no reply."""
    parts = urlsplit(text.strip().strip("<>").split("|")[0])
    found = _LINKED.fullmatch(parts.path)
    if found is None or parts.scheme not in {"https", "http"}:
        return None
    root = parse_qs(parts.query).get("thread_ts", [f"{found['seconds']}.{found['micros']}"])[0]
    return ThreadRef(found["channel"], root) if _TS.fullmatch(root) else None


def _read(view: Mapping[str, Any], asker: ParseContext) -> Lookup:
    """The lookup of the window's words; what they do not say of the window, the choice below them says. Raises UsageError."""
    now = asker.moment
    chosen = Window(now - modal.WINDOWS[_entered(view, modal.WINDOW) or modal.DEFAULT_WINDOW], now)
    command = parse(_entered(view, modal.TARGETS) or "", replace(asker, last=Query((), chosen)))
    if not isinstance(command, Lookup):
        typed = bool((_entered(view, modal.TARGETS) or "").strip())
        problem = phrase("There is no number and no message id.")
        if typed:
            problem = phrase("Only numbers and message ids can be looked up here.")
        raise UsageError(problem, word="", example=EXAMPLES[0])
    return command


def _closed_channel(desk: AnswerService, linked: ThreadRef) -> Phrase | None:
    return None if desk.gate.authorize_channel(linked.channel) is None else CLOSED_CHANNEL


def _entered(view: Mapping[str, Any], block_id: str) -> str | None:
    """What stands in one input of the window."""
    entered = view["state"]["values"].get(block_id, {}).get(block_id, {})
    option = entered.get("selected_option")
    value = option["value"] if option else entered.get("selected_conversation") or entered.get("value")
    return str(value) if value else None
