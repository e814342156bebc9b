"""What somebody says to the bot, in a thread or in a direct message, and its answer in the same place.

A question gets one message: "asking …" is edited into the answer. What changes no question (`refresh`, `more`, `all`) edits the
answer that stands already, and the one who typed is told where. A new question, also one on top of the last, is a new message
that says what it builds on; the old answer stays as the record of what was known then.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

import structlog

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import Explain, Help, Lookup, Providers
from bot.model import Confidence
from bot.presentation.wording import STATUS_WORDS
from bot.slack import views
from bot.slack.answer_message import AnswerMessage, is_unconfirmed
from bot.slack.listeners import follow_ups
from bot.slack.listeners.answer_actions import apply_action, change_of
from bot.slack.listeners.follow_ups import ExplainRow, FollowUpAction
from bot.slack.requests.audit import trail
from bot.slack.state.answers import AnswerRecord
from bot.slack.views import buttons
from bot.slack.views.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Query
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale

_BUTTONS: Mapping[FollowUpAction, str] = {
    FollowUpAction.REFRESH: buttons.REFRESH,
    FollowUpAction.MORE: buttons.OLDER,
    FollowUpAction.NEWER: buttons.NEWER,
    FollowUpAction.ALL: buttons.SHOW_ALL,
}
_NAMES: Mapping[type, str] = {ExplainRow: "explain", Explain: "explain", Providers: "providers", Help: "help"}  # in the audit

log = structlog.get_logger(__name__)


async def handle_message(desk: AnswerService, place: AnswerMessage, text: str) -> str:
    """Answer what was said in `place`. Returns how it ended, for the metrics. Raises SlackRefusal."""
    last = await desk.latest_answer(place.thread)
    reader = await desk.readers.resolve(place.user)
    asker = replace(desk.parse_context(reader), last=last[1].query if last else None)
    try:
        said = follow_ups.parse_follow_up(text, asker)
    except UsageError as error:
        return await _misunderstood(desk, place, text, error, reader)
    trail().command = said.value if isinstance(said, FollowUpAction) else _NAMES.get(type(said), "lookup")
    if isinstance(said, FollowUpAction | ExplainRow):
        if last is None:
            raise RuntimeError("a follow-up was read though there is nothing to follow")
        if isinstance(said, FollowUpAction):
            return await _act(desk, place, said, last, reader)
        return await _explain_row(desk, place, said, last[1], reader)
    language = place.posted_language
    match said:
        case Lookup():
            return await answer_lookup(desk, place, said, reader, after=asker.last if said.follows else None)
        case Explain(code):
            await place.post(desk.explain(code, language))
        case Providers():
            await place.post(desk.providers(place.audience))
        case Help():
            await place.show(desk.help(_address(desk, place), reader.language))
        case _:
            assert_never(said)
    return "answered"


async def answer_lookup(
    desk: AnswerService, place: AnswerMessage, asked: Lookup, reader: ReaderLocale, *, after: Query | None = None
) -> str:
    """Look up and answer in `place`; where Slack takes no post, the asker gets it alone, with the reason. Raises SlackRefusal."""
    shown = AnswerRecord.first(asked, asked_by=place.user, channel=place.channel, public=not place.is_direct, after=after)
    # It is of its thread from now on, so that a follow-up finds it that comes before the answer does.
    shown = replace(shown, thread=place.thread if place.thread_ts or place.is_direct else None)
    answer_id = await desk.answers.add(shown)
    shown = replace(shown, report=await desk.look_up(asked.query, place.progress, desk.language_of(shown, reader), refresh=False))
    try:
        await place.post(await desk.render(answer_id, replace(shown, thread=place.thread), reader))
    except SlackDeliveryError as refusal:
        log.info("slack.answer_refused", reason=refusal.reason)
        if is_unconfirmed(refusal):  # it may stand there: not a second time
            await place.post_ephemeral(views.unconfirmed(language=reader.language))
            return "unconfirmed"
        private = replace(shown, public=False, thread=None)
        await desk.answers.update(answer_id, private)
        answer = await desk.render(answer_id, private, reader)
        why = views.delivery_failed(refusal.reason, desk.command, desk.bot_name, language=reader.language)
        await place.post_ephemeral(views.with_notice(why, answer, language=reader.language))
        return "refused"
    await desk.answers.update(answer_id, replace(shown, thread=place.thread, message_ts=place.message_ts))
    return "answered"


async def _misunderstood(desk: AnswerService, place: AnswerMessage, text: str, error: UsageError, reader: ReaderLocale) -> str:
    """Say what is not understood; to somebody who just talks in a direct message, what can be asked, once a day."""
    if place.is_direct and not follow_ups.is_addressed(text, desk.region):
        if not await desk.introductions.is_due(place.user):
            return "ignored"
        await place.show(desk.help(_address(desk, place), reader.language))
        return "introduced"
    await place.show(views.usage_error(error, _address(desk, place), language=reader.language))
    return "usage"


def _address(desk: AnswerService, place: AnswerMessage) -> str:
    """What stands before a command where it is typed."""
    return "" if place.is_direct else f"@{desk.bot_name}"


async def _once_posted(desk: AnswerService, answer_id: str, shown: AnswerRecord) -> AnswerRecord:
    """The answer once it is known which message shows it: a word said in the instant it appears comes before that is noted."""
    loop = asyncio.get_running_loop()
    until = loop.time() + desk.timings.posted_wait
    while shown.message_ts is None and loop.time() < until:
        await asyncio.sleep(desk.timings.posted_poll)
        shown = await desk.answers.find(answer_id) or shown
    return shown


async def _act(
    desk: AnswerService, place: AnswerMessage, act: FollowUpAction, last: tuple[str, AnswerRecord], reader: ReaderLocale
) -> str:
    """Change the last answer where it stands. When its message is gone, it stands below from now on."""
    answer_id = last[0]
    shown = await _once_posted(desk, *last)
    standing = replace(place, message_ts=shown.message_ts)

    async def say_asking(progress: views.Message) -> None:
        if standing.message_ts is None:
            await standing.progress(progress)
        else:  # what is known stays in view
            answer = await desk.render(answer_id, shown, reader)
            await standing.post(views.with_notice(progress, answer, language=desk.language_of(shown, reader)))

    changed = await apply_action(desk, answer_id, shown, _BUTTONS[act], user=place.user, reader=reader, say_asking=say_asking)
    await standing.post(await desk.render(answer_id, changed, reader))
    if standing.message_ts != shown.message_ts:
        await desk.answers.update(answer_id, replace(changed, message_ts=standing.message_ts))
        return "answered"
    try:
        link = await desk.panes.permalink(place.channel, standing.message_ts or "")
        await place.post_ephemeral(views.change_notice(change_of(_BUTTONS[act]), link, language=reader.language))
    except SlackDeliveryError as refusal:  # the answer itself is there
        log.info("slack.pointer_refused", reason=refusal.reason)
    return "answered"


async def _explain_row(
    desk: AnswerService, place: AnswerMessage, said: ExplainRow, shown: AnswerRecord, reader: ReaderLocale
) -> str:
    report = await desk.report_of(shown)
    rows = Page.of(report, shown.page).rows
    if said.row > len(rows):
        await place.show(views.no_such_row(said.row, len(rows), language=reader.language))
        return "usage"
    row, language = rows[said.row - 1], place.posted_language
    if row.explanation is None:
        await place.post(views.nothing_to_explain(said.row, STATUS_WORDS[row.status], language=language))
        return "answered"
    unlisted = row.explanation.confidence is Confidence.UNLISTED
    code = row.explanation.code
    similar = desk.service.catalogue.similar(code) if unlisted else ()
    titles = desk.titles(language)
    await place.post(views.explanations(code, [row.explanation], similar, titles, language=language))
    return "answered"
