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

from bot.errors import SlackRefusal, UsageError
from bot.grammar import Explain, Help, Lookup, Providers
from bot.model import Confidence
from bot.presentation.wording import STATUS_WORDS
from bot.slack import views
from bot.slack.answer_message import Place, is_open
from bot.slack.listeners import follow_ups
from bot.slack.listeners.answer_actions import change, change_of
from bot.slack.listeners.follow_ups import Act, ExplainRow
from bot.slack.request_audit import trail
from bot.slack.state.answers import Shown
from bot.slack.views import buttons
from bot.slack.views.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Query
    from bot.slack.answer_service import Desk
    from bot.slack.locales import Reader

_BUTTONS: Mapping[Act, str] = {
    Act.REFRESH: buttons.REFRESH,
    Act.MORE: buttons.OLDER,
    Act.NEWER: buttons.NEWER,
    Act.ALL: buttons.SHOW_ALL,
}
_NAMES: Mapping[type, str] = {ExplainRow: "explain", Explain: "explain", Providers: "providers", Help: "help"}  # in the audit

log = structlog.get_logger(__name__)


async def answer_words(desk: Desk, place: Place, text: str) -> str:
    """Answer what was said in `place`. Returns how it ended, for the metrics. Raises SlackRefusal."""
    last = await desk.last_in(place.thread)
    reader = await desk.readers.of(place.user)
    asker = replace(desk.asker(reader), last=last[1].query if last else None)
    try:
        said = follow_ups.read(text, asker)
    except UsageError as error:
        return await _misunderstood(desk, place, text, error, reader)
    trail().command = said.value if isinstance(said, Act) else _NAMES.get(type(said), "lookup")
    if isinstance(said, Act | ExplainRow):
        if last is None:
            raise RuntimeError("a follow-up was read though there is nothing to follow")
        if isinstance(said, Act):
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


async def answer_lookup(desk: Desk, place: Place, asked: Lookup, reader: Reader, *, after: Query | None = None) -> str:
    """Look up and answer in `place`; where Slack takes no post, the asker gets it alone, with the reason. Raises SlackRefusal."""
    shown = Shown.first(asked, asked_by=place.user, channel=place.channel, public=not place.direct, after=after)
    # It is of its thread from now on, so that a follow-up finds it that comes before the answer does.
    shown = replace(shown, thread=place.thread if place.root or place.direct else None)
    answer_id = await desk.answers.add(shown)
    shown = replace(shown, report=await desk.look_up(asked.query, place.progress, desk.language_of(shown, reader), refresh=False))
    try:
        await place.post(await desk.render(answer_id, replace(shown, thread=place.thread), reader))
    except SlackRefusal as refusal:
        log.info("slack.answer_refused", reason=refusal.reason)
        if is_open(refusal):  # it may stand there: not a second time
            await place.whisper(views.unconfirmed(language=reader.language))
            return "unconfirmed"
        private = replace(shown, public=False, thread=None)
        await desk.answers.update(answer_id, private)
        answer = await desk.render(answer_id, private, reader)
        why = views.refused(refusal.reason, desk.command, desk.bot_name, language=reader.language)
        await place.whisper(views.above(why, answer, language=reader.language))
        return "refused"
    await desk.answers.update(answer_id, replace(shown, thread=place.thread, message_ts=place.ts))
    return "answered"


async def _misunderstood(desk: Desk, place: Place, text: str, error: UsageError, reader: Reader) -> str:
    """Say what is not understood; to somebody who just talks in a direct message, what can be asked, once a day."""
    if place.direct and not follow_ups.is_addressed(text, desk.region):
        if not await desk.introductions.is_due(place.user):
            return "ignored"
        await place.show(desk.help(_address(desk, place), reader.language))
        return "introduced"
    await place.show(views.usage_error(error, _address(desk, place), language=reader.language))
    return "usage"


def _address(desk: Desk, place: Place) -> str:
    """What stands before a command where it is typed."""
    return "" if place.direct else f"@{desk.bot_name}"


async def _once_posted(desk: Desk, answer_id: str, shown: Shown) -> Shown:
    """The answer once it is known which message shows it: a word said in the instant it appears comes before that is noted."""
    loop = asyncio.get_running_loop()
    until = loop.time() + desk.timings.posted_wait
    while shown.message_ts is None and loop.time() < until:
        await asyncio.sleep(desk.timings.posted_poll)
        shown = await desk.answers.find(answer_id) or shown
    return shown


async def _act(desk: Desk, place: Place, act: Act, last: tuple[str, Shown], reader: Reader) -> str:
    """Change the last answer where it stands. When its message is gone, it stands below from now on."""
    answer_id = last[0]
    shown = await _once_posted(desk, *last)
    standing = replace(place, ts=shown.message_ts)

    async def say_asking(progress: views.Message) -> None:
        if standing.ts is None:
            await standing.progress(progress)
        else:  # what is known stays in view
            answer = await desk.render(answer_id, shown, reader)
            await standing.post(views.above(progress, answer, language=desk.language_of(shown, reader)))

    changed = await change(desk, answer_id, shown, _BUTTONS[act], user=place.user, reader=reader, say_asking=say_asking)
    await standing.post(await desk.render(answer_id, changed, reader))
    if standing.ts != shown.message_ts:
        await desk.answers.update(answer_id, replace(changed, message_ts=standing.ts))
        return "answered"
    try:
        link = await desk.panes.permalink(place.channel, standing.ts or "")
        await place.whisper(views.moved(change_of(_BUTTONS[act]), link, language=reader.language))
    except SlackRefusal as refusal:  # the answer itself is there
        log.info("slack.pointer_refused", reason=refusal.reason)
    return "answered"


async def _explain_row(desk: Desk, place: Place, said: ExplainRow, shown: Shown, reader: Reader) -> str:
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
