"""Watches, by the word and by buttons. The card is where all who follow may see it, or else in the asker's direct message.

A mention's or a direct message's card is its answer. Of a slash command the card is a direct message, and the reply says so; with
`share` it is in the channel. *Tell me when final* below an answer puts it in the answer's thread; where the asker alone sees the
answer, in their direct message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import DatabaseError, SlackDeliveryError
from bot.grammar import Lookup
from bot.lookup.watch_schedule import waits_for
from bot.slack import views
from bot.slack.answer_message import is_direct, is_unconfirmed
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.views import watches as watch_views
from bot.slack.watching.service import EXTENSION, view_of
from bot.slack.watching.store import Opening
from bot.slack.watching.watch import Place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import Watch
    from bot.model import Query, Report
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner, Responder
    from bot.slack.responders import Responders
    from bot.slack.watching.service import WatchService
    from bot.slack.watching.store import Opened
    from bot.slack.watching.watch import Watch as OpenWatch

WITHIN = timedelta(minutes=10)  # of the button

log = structlog.get_logger(__name__)


def register(app: AsyncApp, runner: RequestRunner, watches: WatchService, responders: Responders) -> None:
    """Listen to the buttons of cards and lists. *Tell me when final* is one of an answer's."""

    async def listen(ack: AsyncAck, ctx: RequestContext, action: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        name, watch_id = action["action_id"], action.get("value", "")
        if name == watch_views.MORE:
            runner.start(ctx, responder, lambda: watch_more(ctx, watches, responder, watch_id))
        else:
            is_listed = name.startswith(watch_views.STOP_LISTED)
            runner.start(ctx, responder, lambda: stop_watch(ctx, watches, responder, watch_id, is_listed=is_listed))

    app.action(re.compile(rf"^{re.escape(watch_views.PREFIX)}"))(listen)


async def watch_by_command(
    ctx: RequestContext, watches: WatchService, responder: ResponseUrlResponder, command: Watch, reader: ReaderLocale
) -> RequestOutcome:
    """`/smsstatus watch …`. Raises SlackDeliveryError, ClaimLostError."""
    answers, channel = watches.answers, ctx.request.channel
    report = await answers.look_up(ctx, command.query, responder.progress, reader.language, refresh=False)
    ctx.audit.record_shown(command.query)
    if not _is_worth_it(report):
        asked = Lookup(command.query, ignored=command.ignored)
        record = replace(AnswerRecord.first(asked, asked_by=ctx.request.user, channel=channel), report=report)
        answer = await answers.render(ctx, await answers.store.add(record, claim=ctx.claim), record, reader)
        await responder.show(_nothing_to_wait_for(report, answer, reader))
        return RequestOutcome.ANSWERED
    is_here = command.share or is_direct(channel)
    wish = _Wish(command.query, command.within, Place(channel if is_here else ctx.request.user), report, reader, command.ignored)
    opened = await _opened(ctx, watches, responder, wish)
    if opened is None:
        return RequestOutcome.REFUSED
    return await _show_card(ctx, watches, responder, opened, wish)


async def watch_in_conversation(
    ctx: RequestContext, watches: WatchService, message: AnswerMessage, command: Watch, reader: ReaderLocale
) -> RequestOutcome | None:
    """A mention or a direct message that says `watch`: the card is the answer, in the thread of the message.

    None when there is nothing to wait for: then the answer to a lookup says more. Raises SlackDeliveryError, ClaimLostError.
    """
    answers = watches.answers
    query = answers.reaching_now(command.query)
    report = await answers.look_up(ctx, query, message.progress, message.posted_language, refresh=False)
    ctx.audit.record_shown(query)
    if not _is_worth_it(report):
        return None
    wish = _Wish(query, command.within, Place(message.channel, message.thread_ts), report, reader, command.ignored)
    opened = await _opened(ctx, watches, message, wish)
    if opened is None:
        return RequestOutcome.REFUSED
    try:
        await message.post(watches.card(opened, report, wish.ignored))
    except SlackDeliveryError as error:
        if is_unconfirmed(error):  # it may have been posted: the watch goes on
            await watches.place(opened, wish.place, report)
            await message.post_ephemeral(views.unconfirmed(language=reader.language))
            return RequestOutcome.UNCONFIRMED
        return await _directly(ctx, watches, message.post_ephemeral, opened, wish, refused=error)
    await watches.place(opened, replace(wish.place, channel=message.channel, card_ts=message.message_ts), report)
    return RequestOutcome.ANSWERED


async def watch_answer(
    ctx: RequestContext, watches: WatchService, responder: ResponseUrlResponder, record: AnswerRecord, reader: ReaderLocale
) -> RequestOutcome:
    """*Tell me when final* below an answer. Nobody is asked first: what the answer shows is what is waited for.

    Raises SlackDeliveryError, ClaimLostError.
    """
    report = await watches.answers.report_of(ctx, record)
    ctx.audit.record_shown(record.query)
    query = replace(watches.answers.reaching_now(record.query), only=frozenset())
    thread = record.thread.ts or None if record.thread and record.public else None
    is_here = record.public or is_direct(record.channel)
    place = Place(record.channel, thread) if is_here else Place(ctx.request.user)
    wish = _Wish(query, WITHIN, place, report, reader)
    opened = await _opened(ctx, watches, responder, wish)
    if opened is None:
        return RequestOutcome.REFUSED
    return await _show_card(ctx, watches, responder, opened, wish)


async def watch_more(
    ctx: RequestContext, watches: WatchService, responder: ResponseUrlResponder, watch_id: str
) -> RequestOutcome:
    """*Watch 10 more minutes*, for whoever presses it. Raises SlackDeliveryError, ClaimLostError."""
    reader, before = await _pressed(ctx, watches, watch_id)
    if before is None:
        await responder.show(watch_views.over(language=reader.language))
        return RequestOutcome.GONE
    ctx.audit.record_shown(before.query)
    wish = _Wish(
        watches.answers.reaching_now(before.query), EXTENSION, Place(before.place.channel, before.place.root), None, reader
    )
    opened = await _opened(ctx, watches, responder, wish)
    if opened is None:
        return RequestOutcome.REFUSED
    return await _show_card(ctx, watches, responder, opened, wish)


async def stop_watch(
    ctx: RequestContext, watches: WatchService, responder: ResponseUrlResponder, watch_id: str, *, is_listed: bool
) -> RequestOutcome:
    """*Stop*, on a card, on the reply to a command, or in a list. Raises SlackDeliveryError, ClaimLostError."""
    reader, watch = await _pressed(ctx, watches, watch_id)
    if watch is not None and watch.asker.user != ctx.request.user:
        await responder.show(watch_views.not_yours(watch.asker.user, language=reader.language))
        return RequestOutcome.REFUSED
    try:
        is_stopped = watch is not None and await watches.store.stop(watch)
    except DatabaseError as error:
        log.warning("watches.not_stored", reason=error.kind)
        await responder.show(watch_views.unavailable(language=reader.language))
        return RequestOutcome.REFUSED
    if is_listed:
        await responder.edit(await list_watches(watches, ctx.request.user, watches.answers.identity.command, reader))
    elif watch is None or not is_stopped:  # such as in the list, or on another card: *Stop* goes here too
        await responder.edit(watch_views.over(language=reader.language))
        return RequestOutcome.GONE
    else:
        container = ctx.request.body.get("container", {})
        audience = reader if container.get("is_ephemeral") else watches.audience(watch.place, watch.asker.user)
        await responder.edit(watch_views.stopped(watch.query, watches.reader(audience)))
        if container.get("message_ts") == watch.place.card_ts:
            return RequestOutcome.ANSWERED
    if watch is not None and is_stopped:
        audience = watches.audience(watch.place, watch.asker.user)
        await watches.edit_card(watch, watch_views.stopped(watch.query, watches.reader(audience)))
    return RequestOutcome.ANSWERED


async def list_watches(watches: WatchService, user: str, typed: str, reader: ReaderLocale) -> views.Message:
    """The open watches of whoever asks."""
    try:
        found = await watches.store.open_of(user)
    except DatabaseError as error:
        log.warning("watches.not_read", reason=error.kind)
        return watch_views.unavailable(language=reader.language)
    return watch_views.listed([view_of(watch) for watch in found], typed, watches.reader(reader))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants to watch, and where; `report` is what is known so far."""

    query: Query
    within: timedelta
    place: Place
    report: Report | None
    reader: ReaderLocale
    ignored: tuple[str, ...] = ()


async def _opened(ctx: RequestContext, watches: WatchService, responder: Responder, wish: _Wish) -> OpenWatch | None:
    """The new watch, whose card is still to be shown; None when there is none, which was said.

    Raises SlackDeliveryError, ClaimLostError.
    """
    opened = await watches.open(ctx, wish.query, wish.within, wish.place, wish.report)
    if opened is not None and opened.what is Opening.OPENED:
        return opened.watch
    await responder.show(_refusal(watches, opened, wish.reader))
    if opened is not None and opened.is_longer:
        await watches.edit_card(opened.watch, watches.card(opened.watch, wish.report))
    return None


def _refusal(watches: WatchService, opened: Opened | None, reader: ReaderLocale) -> views.Message:
    if opened is None:
        return watch_views.unavailable(language=reader.language)
    if opened.what is Opening.TOO_MANY:
        return watch_views.too_many(watches.answers.identity.command, language=reader.language)
    return watch_views.joined(view_of(opened.watch), watches.reader(reader))


async def _show_card(
    ctx: RequestContext,
    watches: WatchService,
    responder: ResponseUrlResponder,
    watch: OpenWatch,
    wish: _Wish,
) -> RequestOutcome:
    """Post the card where the wish says; where Slack does not take it, and where only the asker reads, as a direct message.

    Raises SlackDeliveryError, ClaimLostError.
    """
    place = wish.place
    if place.channel == ctx.request.user:
        return await _directly(ctx, watches, responder.show, watch, wish)
    try:
        card = watches.card(watch, wish.report, wish.ignored)
        ts = await watches.answers.poster.post(place.channel, card, place.thread_ts, claim=ctx.claim)
    except SlackDeliveryError as error:
        if is_unconfirmed(error):
            await watches.place(watch, place, wish.report)
            await responder.show(views.unconfirmed(language=wish.reader.language))
            return RequestOutcome.UNCONFIRMED
        return await _directly(ctx, watches, responder.show, watch, wish, refused=error)
    await watches.place(watch, replace(place, card_ts=ts), wish.report)
    return RequestOutcome.SHARED if not place.is_direct else RequestOutcome.ANSWERED


async def _directly(
    ctx: RequestContext,
    watches: WatchService,
    show: Callable[[views.Message], Awaitable[None]],
    watch: OpenWatch,
    wish: _Wish,
    *,
    refused: SlackDeliveryError | None = None,
) -> RequestOutcome:
    """Post the card to the asker alone, and say so where they asked. Raises SlackDeliveryError, ClaimLostError."""
    answers, language = watches.answers, wish.reader.language
    own = replace(watch, place=Place(ctx.request.user))
    try:
        place = await watches.post_direct(ctx.request.user, watches.card(own, wish.report, wish.ignored))
    except SlackDeliveryError as error:
        await watches.withdraw(watch)
        await show(answers.delivery_failed(error, language))
        return RequestOutcome.REFUSED
    await watches.place(watch, place, wish.report)
    begun = watch_views.begun_direct(view_of(watch), watches.reader(wish.reader))
    if refused is not None:
        begun = views.with_notice(answers.delivery_failed(refused, language), begun, language=language)
    await show(begun)
    return RequestOutcome.ANSWERED if refused is None else RequestOutcome.REFUSED


async def _pressed(ctx: RequestContext, watches: WatchService, watch_id: str) -> tuple[ReaderLocale, OpenWatch | None]:
    """Who pressed, and the watch behind the button; None when it is not kept any more, or cannot be read."""
    reader = await watches.answers.locales.resolve(ctx.request.user)
    try:
        return reader, await watches.store.find(watch_id)
    except DatabaseError as error:
        log.warning("watches.not_read", reason=error.kind)
        return reader, None


def _is_worth_it(report: Report) -> bool:
    """Whether anything may still change, and anybody could tell."""
    return bool(report.coverage) and bool(waits_for(report))


def _nothing_to_wait_for(report: Report, answer: views.Message, reader: ReaderLocale) -> views.Message:
    return watch_views.final_already(answer, language=reader.language) if report.coverage else answer
