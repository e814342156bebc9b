"""The modals: opened with a draft, and answered when they are submitted.

What is wrong in an input is said below it while the modal stays open, so it has to be known for the ack; the lookup comes after.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import EXAMPLES, MAX_TARGETS, Lookup, parse
from bot.i18n import phrase
from bot.model import Query, Window
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.batches import answer_batch_alone
from bot.slack.listeners.entered import ThreadRef, chosen_thread, entered, entered_files
from bot.slack.listeners.lists import read_files, read_pasted
from bot.slack.listeners.lookup_answer import answer_lookup
from bot.slack.listeners.readings import Readings
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.drafts import ModalDraft, new_draft_id
from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import ParseContext
    from bot.i18n import Language, Phrase
    from bot.model import Target
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.lists import ListedLookup
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner, Responder
    from bot.slack.responders import Responders
    from bot.slack.state.drafts import DraftStore
    from bot.slack.transport.files import FileDownloads

MOST_THREADS = 5
_DIRECT = "D"  # begins the id of a direct message
_NOT_A_LINK = phrase("This isn't a link to a message. Open the menu of a message in the thread and choose “Copy link”.")
GONE = phrase("This window has been open too long. Close it and begin again.")
CLOSED_CHANNEL = phrase("This app does not answer in that channel.")


@dataclass(frozen=True, slots=True)
class Modals:
    """Opens modals, and keeps what each is about until it is submitted."""

    answers: AnswerService
    drafts: DraftStore
    views: ViewClient
    downloads: FileDownloads

    @property
    def readings(self) -> Readings:
        """Offers the readings of what was typed in a window and turns out not to be understood."""
        return Readings(self.answers, self.drafts)

    async def open(
        self,
        ctx: RequestContext,
        responder: Responder,
        trigger_id: str,
        draft: ModalDraft,
        view: Callable[[str], Mapping[str, Any]],
        *,
        language: Language,
    ) -> RequestOutcome:
        """Open a modal for `draft`, which is stored meanwhile. Raises SlackDeliveryError, ClaimLostError."""
        draft_id = new_draft_id()
        opening = self.views.open(trigger_id, view(draft_id), claim=ctx.claim)
        opened, _ = await asyncio.gather(opening, self.drafts.put(draft_id, draft), return_exceptions=True)
        if isinstance(opened, SlackDeliveryError):
            await responder.show(self.answers.delivery_failed(opened, language))
            return RequestOutcome.REFUSED
        if isinstance(opened, BaseException):
            raise opened
        return RequestOutcome.OPENED

    def lookup_view(
        self, audience: modal.Audience, language: Language, *, words: str = "", found: Sequence[Target] | None = None
    ) -> Callable[[str], Mapping[str, Any]]:
        """The lookup form, as `open` takes it."""
        files = self.answers.identity.reads_files
        return partial(modal.lookup_modal, words=words, found=found, audience=audience, files=files, language=language)

    async def open_empty(self, ctx: RequestContext, responder: Responder, trigger_id: str, draft: ModalDraft) -> RequestOutcome:
        """Open a modal to ask anything: answered in the draft's direct message, or where its asker wants.

        Raises SlackDeliveryError, ClaimLostError.
        """
        answers = self.answers
        language = (await answers.locales.resolve(ctx.request.user, answers.timings.modal_wait)).language
        audience = modal.Audience.DIRECT if draft.channel else modal.Audience.ANYWHERE
        view = self.lookup_view(audience, language)
        return await self.open(ctx, responder, trigger_id, draft, view, language=language)

    async def open_correction(
        self, ctx: RequestContext, responder: Responder, trigger_id: str, draft: ModalDraft, *, response_url: str
    ) -> RequestOutcome:
        """Open a modal with the draft's words, to be put right; it is answered where they were said.

        Raises SlackDeliveryError, ClaimLostError.
        """
        language = (await self.answers.locales.resolve(ctx.request.user, self.answers.timings.modal_wait)).language
        audience = modal.Audience.ALONE if draft.alone else modal.Audience.THREAD
        if draft.channel.startswith(_DIRECT):
            audience = modal.Audience.DIRECT
        words = draft.words[: modal.MAX_INPUT]
        view = partial(modal.lookup_modal, words=words, found=None, audience=audience, language=language)
        draft = replace(draft, response_url=response_url, words="")
        return await self.open(ctx, responder, trigger_id, draft, view, language=language)

    async def open_post(
        self, ctx: RequestContext, responder: Responder, trigger_id: str, draft: ModalDraft, reader: ReaderLocale
    ) -> RequestOutcome:
        """Open the modal to post the draft's answer in a thread. Raises SlackDeliveryError, ClaimLostError."""
        threads = [
            modal.ThreadChoice(f"{thread.channel} {thread.ts}", thread.channel, record.query.targets, asked_at)
            for thread, record, asked_at in await self.answers.store.latest_threads_of(ctx.request.user, MOST_THREADS)
        ]
        now, language = self.answers.clock(), reader.language
        view = partial(modal.post_modal, threads=threads, zone=reader.zone, now=now, language=language)
        return await self.open(ctx, responder, trigger_id, draft, view, language=language)

    async def submitted(self, ctx: RequestContext, view: Mapping[str, Any]) -> tuple[ModalDraft | None, ReaderLocale]:
        """The draft behind a modal, and who submitted it: another process than the one that opened it may know neither yet."""
        draft = self.drafts.get(view.get("private_metadata", ""))
        return await asyncio.gather(draft, self.answers.locales.resolve(ctx.request.user, self.answers.timings.modal_wait))


def register(app: AsyncApp, runner: RequestRunner, modals: Modals, responders: Responders) -> None:
    """Listen to modals being submitted."""
    answers = modals.answers

    async def lookup(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], view: dict[str, Any]) -> None:
        draft, reader = await modals.submitted(ctx, view)
        problem = GONE if draft is None else await validate_targets(view, answers.parse_context(reader))
        if draft is None or problem:
            await reject(ack, modal.TARGETS, problem or GONE, reader)
            return
        await ack()
        message = answer_message_for_modal(ctx, body, draft, responders)
        only_me = draft.alone or entered(view, modal.WHO) == modal.ONLY_ME
        # Not in the draft's thread, which may have its root only: there Slack shows no message to one person.
        alone = responders.by_response_url(ctx, draft.response_url, draft.channel) if only_me and draft.channel else None
        runner.start(ctx, message, lambda: look_up(ctx, modals, message, view, alone))

    async def post(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], view: dict[str, Any]) -> None:
        draft, reader = await modals.submitted(ctx, view)
        thread = chosen_thread(view)
        if draft is None or thread is None:
            await reject(ack, modal.LINK, GONE if draft is None else _NOT_A_LINK, reader)
            return
        if answers.authorizer.authorize_channel(thread.channel) is not None:
            await reject(ack, modal.LINK, CLOSED_CHANNEL, reader)
            return
        await ack()
        message = answer_message_for_modal(ctx, body, replace(draft, channel=draft.channel or thread.channel), responders)
        answer_id = draft.answer_id
        runner.start(ctx, message, lambda: post_answer(ctx, modals, message, answer_id, thread))

    app.view(modal.LOOKUP)(lookup)
    app.view(modal.POST)(post)


async def reject(ack: AsyncAck, block_id: str, problem: Phrase, reader: ReaderLocale) -> None:
    """Say below an input what is wrong with it."""
    await ack(response_action="errors", errors={block_id: problem.said_in(reader.language)[: modal.MAX_INPUT]})


def answer_message_for_modal(
    ctx: RequestContext, body: Mapping[str, Any], draft: ModalDraft, responders: Responders
) -> AnswerMessage:
    """Where the answer goes: the draft's thread, the conversation that was chosen in the modal, or the direct message."""
    channel, url = draft.channel, draft.response_url
    if not channel:
        chosen = entered(body["view"], modal.PLACE) if entered(body["view"], modal.WHO) != modal.ONLY_ME else None
        channel = chosen or ctx.request.user
        urls = body.get("response_urls", [])
        url = next((each.get("response_url", "") for each in urls if each.get("channel_id") == channel), "")
    return responders.message(
        ctx,
        channel,
        thread_ts=draft.thread_ts,
        ephemeral_thread_ts=draft.thread_ts,
        fallback=responders.by_response_url(ctx, url, channel) if url else None,
    )


async def look_up(
    ctx: RequestContext,
    modals: Modals,
    message: AnswerMessage,
    view: Mapping[str, Any],
    alone: ResponseUrlResponder | None = None,
) -> RequestOutcome:
    """Answer what the modal asks, by `message` or to the asker `alone`. Raises SlackDeliveryError, ClaimLostError."""
    answers = modals.answers
    reader = await answers.locales.resolve(message.user)
    asker = answers.parse_context(reader, ctx.delay)
    try:
        listed = await _read_list(modals, view, asker)
        command = _read(view, asker) if listed is None else listed.command
    except UsageError as error:  # in a file; or it passed with the configured zone, and does not with the asker's own
        words = entered(view, modal.TARGETS) or ""
        draft = ModalDraft(channel=message.channel, thread_ts=message.thread_ts, alone=alone is not None, words=words)
        await message.show(await modals.readings.offer(error, asker, answers.identity.command, draft, reader))
        return RequestOutcome.USAGE
    notes = () if listed is None else listed.notes(reader.language if alone else message.posted_language)
    if alone is None:
        return await answer_lookup(ctx, answers, message, command, reader, notes=notes)
    if len(command.query.targets) > MAX_TARGETS:
        return await answer_batch_alone(ctx, answers, alone, command, reader, channel=message.channel, notes=notes)
    report = await answers.look_up(ctx, command.query, alone.progress, reader.language, refresh=False)
    record = AnswerRecord.first(command, asked_by=message.user, channel=message.channel)
    record = replace(record, report=report, notes=notes)
    ctx.audit.expected = RequestOutcome.ANSWERED
    await alone.show(await answers.render(ctx, await answers.store.add(record, claim=ctx.claim), record, reader))
    return RequestOutcome.ANSWERED


async def post_answer(
    ctx: RequestContext, modals: Modals, message: AnswerMessage, answer_id: str, thread: ThreadRef
) -> RequestOutcome:
    """Post a kept answer in the thread that was linked. Raises SlackDeliveryError, ClaimLostError."""
    answers = modals.answers
    record = await answers.store.find(answer_id)
    reader = await answers.locales.resolve(message.user)
    if record is None or record.is_lost:
        await message.post_ephemeral(views.expired_answer(answers.identity.command, language=reader.language))
        return RequestOutcome.GONE
    try:
        await answers.share(ctx, record, reader, channel=thread.channel, thread_ts=thread.ts)
    except SlackDeliveryError as error:
        await message.post_ephemeral(answers.delivery_failed(error, reader.language))
        return RequestOutcome.UNCONFIRMED if is_unconfirmed(error) else RequestOutcome.REFUSED
    permalink = await modals.views.permalink(thread.channel, thread.ts)
    await message.post_ephemeral(modal.posted(permalink, language=reader.language))
    return RequestOutcome.SHARED


async def validate_targets(view: Mapping[str, Any], context: ParseContext) -> Phrase | None:
    """What is wrong with the words in the modal; None when they are understood. A file is read after the ack."""
    if entered_files(view):
        return None
    try:
        _read(view, context)
    except UsageError as error:
        try:
            return None if await read_pasted(entered(view, modal.TARGETS) or "", context) else one_line_error(error)
        except UsageError as wrong_list:
            return one_line_error(wrong_list)
    return None


async def _read_list(modals: Modals, view: Mapping[str, Any], context: ParseContext) -> ListedLookup | None:
    """The lookup of the file, or of a long list that was pasted; None where there is neither. Raises UsageError."""
    words, since = entered(view, modal.TARGETS) or "", entered(view, modal.WINDOW) or modal.DEFAULT_WINDOW
    if files := entered_files(view):
        return await read_files(modals.downloads, files, words, context, since=since)
    return await read_pasted(words, context, since=since)


def one_line_error(error: UsageError) -> Phrase:
    """Usage error and corrected example on one line, for input hints. Numbers are masked: the input has them."""
    if error.masked_example is None:
        return error.masked_problem
    return phrase("{problem} Try: {example}", problem=error.masked_problem, example=error.masked_example)


def _read(view: Mapping[str, Any], context: ParseContext) -> Lookup:
    """The lookup of the modal's words; what they do not say of the time window, the choice below them says. Raises UsageError."""
    now = context.moment
    length = modal.WINDOWS.get(entered(view, modal.WINDOW) or "", modal.WINDOWS[modal.DEFAULT_WINDOW])
    chosen = Window(now - length, now)
    command = parse(entered(view, modal.TARGETS) or "", replace(context, last=Query((), chosen)))
    if not isinstance(command, Lookup):
        typed = bool((entered(view, modal.TARGETS) or "").strip())
        problem = phrase("Add a number or a message ID.")
        if typed:
            problem = phrase("Only numbers and message ids can be looked up here.")
        raise UsageError(problem, word="", example=EXAMPLES[0])
    return command
