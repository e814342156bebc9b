"""The buttons of an answer: each changes what is shown, in place. Whoever clicks, the answer's state is the store's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackRefusal
from bot.model import Status, Window
from bot.slack import views
from bot.slack.views import buttons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, tzinfo

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.model import Query
    from bot.slack.answers import Shown
    from bot.slack.desk import Desk
    from bot.slack.posting import Reply
    from bot.slack.work import Work

WIDER: Mapping[str, timedelta] = {buttons.WIDEN_24H: timedelta(hours=24), buttons.WIDEN_7D: timedelta(days=7)}

log = structlog.get_logger(__name__)


def register(app: AsyncApp, desk: Desk, work: Work, reply_to: Callable[[Mapping[str, Any]], Reply]) -> None:
    """Listen to every button of an answer."""

    async def listen(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(body)
        job = answer_click(desk, reply, action["action_id"], action.get("value", ""), body["user"]["id"])
        work.start(desk.guarded("action", reply, job), name="action")

    app.action(re.compile(rf"^{re.escape(buttons.PREFIX)}"))(listen)


async def answer_click(desk: Desk, reply: Reply, action: str, answer_id: str, user: str) -> str:
    """Do what the button says. Returns how it ended, for the metrics. Raises SlackRefusal."""
    shown = await desk.answers.find(answer_id)
    if shown is None:
        await reply.show(views.gone(desk.command))
        return "gone"
    zone = await desk.people.zone(user)
    if action == buttons.SHARE:
        return await _share(desk, reply, answer_id, shown, zone)
    if action == buttons.REFRESH or action in WIDER:
        query = requery(shown.query, action, desk.clock())
        before = await desk.render(answer_id, shown, zone)

        async def say_asking(progress: views.Message) -> None:
            await reply.edit(views.above(progress, before))

        report = await desk.look_up(query, say_asking, refresh=action == buttons.REFRESH)
        shown = replace(await desk.answers.find(answer_id) or shown, query=query, report=report, page=0)
    else:
        shown = turn(shown, action)
    await desk.answers.update(answer_id, shown)
    await reply.edit(await desk.render(answer_id, shown, zone))
    return "answered"


def requery(query: Query, action: str, now: datetime) -> Query:
    """The question that Refresh or a wider window asks. A window that ends "now" ends at the new now; a closed one stays."""
    now = now.replace(microsecond=0)
    wider = WIDER.get(action)
    if wider is not None:
        return replace(query, window=Window(now - wider, now))
    if query.window.open:
        return replace(query, window=Window(query.window.since, max(now, query.window.since)))
    return query


def turn(shown: Shown, action: str) -> Shown:
    """Another page, or another filter, over the same report."""
    match action:
        case buttons.OLDER:
            return replace(shown, page=shown.page + 1)
        case buttons.NEWER:
            return replace(shown, page=max(0, shown.page - 1))
        case buttons.ONLY_FAILED:
            return replace(shown, query=replace(shown.query, only=frozenset({Status.FAILED})), page=0)
        case buttons.SHOW_ALL:
            return replace(shown, query=replace(shown.query, only=frozenset()), page=0)
        case _:  # a button of a later or earlier version of the app: show the answer as it stands
            return shown


async def _share(desk: Desk, reply: Reply, answer_id: str, shown: Shown, zone: tzinfo) -> str:
    """Post the answer in the channel once, however often the button is pressed, and take the button away."""
    if shown.shared:
        return "shared before"
    marked = replace(shown, shared=True)
    await desk.answers.update(answer_id, marked)
    try:
        await desk.share(shown, zone)
    except SlackRefusal as refusal:
        log.info("slack.share_refused", reason=refusal.reason)
        await desk.answers.update(answer_id, shown)
        answer = await desk.render(answer_id, shown, zone)
        await reply.edit(views.above(views.refused(refusal.reason, desk.command, desk.bot_name), answer))
        return "refused"
    await reply.edit(await desk.render(answer_id, marked, zone))
    return "shared"
