"""Walks every listener that the app registers: none runs unauthorised, and each one's answer confirms the request's claim."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.listener_matcher.async_listener_matcher import AsyncListenerMatcher
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.config import load_settings
from bot.i18n import ENGLISH
from bot.lookup.opening import open_lookups
from bot.observability.metrics import Metrics
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.slack.app import SlackApp, open_slack
from bot.slack.state.answers import KEEP
from bot.slack.views import modal
from bot.slack.views.notices import CORRECT, LOOK_UP_AGAIN
from bot.state import open_state
from bot.timing.clock import system_clock
from bot.timing.startup import StartupWait
from tests.slack.access.samples import SURFACES
from tests.slack.conftest import FIRST_READING, NUMBER, QUICK, SECOND, Office, buttons_of, found_button
from tests.slack.listeners.test_checks import NO_SIGNATURE
from tests.slack.listeners.test_home import home, repeats
from tests.slack.listeners.test_shortcuts import use_on, window
from tests.slack.views.alert_samples import ALERT_MESSAGES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt.listener.async_listener import AsyncListener
    from slack_bolt.response import BoltResponse

    from bot.sandbox.slack import PostedMessage
    from bot.slack.requests.context import RequestContext


@dataclass
class Walk:
    """An app in the workspace, and which of its listeners ran for which requests."""

    office: Office
    slack: SlackApp = field(init=False)
    listeners: list[AsyncListener] = field(default_factory=list)
    now: timedelta = timedelta()  # how far time has gone on
    ran: list[tuple[AsyncListener, RequestContext]] = field(default_factory=list)


@asynccontextmanager
async def walking() -> AsyncIterator[Walk]:
    async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as stack:
        settings = load_settings({"SMSSTATUS_LANGUAGE": "en", **sandbox.environ}, VENDORS)
        walk = Walk(Office(sandbox, stack, ""))
        state = await stack.enter_async_context(open_state(settings, lambda: system_clock() + walk.now))
        await state.migrate()
        lookups = await stack.enter_async_context(open_lookups(settings, Metrics(), system_clock))
        slack = await stack.enter_async_context(open_slack(settings, "socket", Metrics(), QUICK))
        await slack.authenticate()
        await stack.enter_async_context(slack.answering(state, lookups))
        walk.slack, walk.listeners = slack, list(slack._built.bolt._async_listeners)
        for listener in walk.listeners:
            noted(walk, listener)
        await stack.enter_async_context(slack.connected(StartupWait()))
        yield walk


def noted(walk: Walk, listener: Any) -> None:
    """Note whenever the listener runs."""
    run: Callable[..., Any] = listener.ack_function

    async def run_and_note(ctx: RequestContext, **arguments: Any) -> BoltResponse | None:
        walk.ran.append((listener, ctx))
        response: BoltResponse | None = await run(ctx=ctx, **arguments)
        return response

    listener.ack_function = run_and_note


@pytest.fixture
async def walk() -> AsyncIterator[Walk]:
    async with walking() as one:
        yield one


async def use_every_surface(office: Office) -> PostedMessage:
    """What a person can do in Slack, once each."""
    workspace = office.workspace
    answer = await office.ask(f"{NUMBER} since 2h")
    await workspace.click("li", answer, *found_button(answer, "answer.refresh"))
    await workspace.wait_for(lambda: office.edited(answer), within=15)
    unsigned = await office.ask(NO_SIGNATURE)
    await workspace.click("li", unsigned, *found_button(unsigned, "answer.signature"))
    before = len(office.seen())
    await workspace.submit("li", await window(office), {modal.NAME: "示例"})
    await workspace.wait_for(lambda: office.seen()[before:], within=15)

    counted = await office.ask("stats")
    await workspace.click("li", counted, *found_button(counted, "stats.refresh"))
    await workspace.wait_for(lambda: office.edited(counted), within=15)

    mention = await office.say(f"<@{workspace.bot.bot_user_id}> {NUMBER} since 2h")
    await office.answered()
    await office.say("help", channel="dm-li")

    card = await office.say(f"<@{workspace.bot.bot_user_id}> watch {NUMBER} 13900000000")
    await workspace.click("li", card, "watch.stop", found_button(card, "watch.stop")[1])
    await workspace.wait_for(lambda: office.edited(card), within=15)
    await office.press(await office.ask("watch 13900000000"), "watch.stop")

    said = await workspace.say("ann", "incidents", f"customer {NUMBER} never got the code")
    before = len(office.seen())
    await workspace.submit("li", await use_on(office, said), {modal.WINDOW: "2h"})
    await workspace.wait_for(lambda: office.seen()[before:], within=15)
    await workspace.global_shortcut("li", "sms_status", viewing="security")
    await workspace.submit("li", await window(office), {modal.TARGETS: NUMBER, modal.WINDOW: "2h"})

    await workspace.click("li", answer, *found_button(answer, "answer.post"))
    permalink = f"https://example.slack.com/archives/{mention.channel}/p{mention.ts.replace('.', '')}"
    await workspace.submit("li", await window(office), {modal.LINK: permalink})

    view = await home(office)
    await workspace.click("li", view, "home.repeat", repeats(view)[0]["value"])
    await workspace.click("li", view, "home.look_up")
    await workspace.click("li", view, "home.settings")
    await office.press(await office.ask(f"{NUMBER} sinse 2h"), FIRST_READING)
    unread = await office.ask("since 2h")
    await workspace.click("li", unread, *found_button(unread, CORRECT))
    step = await workspace.run_step("look_up_sms_status", {"target": NUMBER, "since": "2h"}, "li")
    await workspace.wait_for(lambda: step.state != "running", within=15)
    await begin_cancel_and_go_on(office)
    return answer


async def begin_cancel_and_go_on(office: Office) -> None:
    """A list that is canceled, gone on with, and canceled again."""
    content = "\n".join(f"139000{tail:05}" for tail in range(400)).encode()
    await office.workspace.say("li", "incidents", "@smsstatus via tencent", files={"list.csv": content})
    for action in ("batch.cancel", "batch.go_on", "batch.cancel"):
        await office.workspace.click("li", *await with_button(office, action))

    def is_over() -> bool:
        return not any(button["action_id"] == "batch.cancel" for one in office.seen() for button in buttons_of(one))

    await office.workspace.wait_for(is_over, within=15)


async def with_button(office: Office, action: str) -> tuple[PostedMessage, str, str]:
    """The message that has the button, the button and its value."""

    def found() -> tuple[PostedMessage, str, str] | None:
        pressed = [(one, button) for one in office.seen() for button in buttons_of(one) if button["action_id"] == action]
        return (pressed[-1][0], action, pressed[-1][1]["value"]) if pressed else None

    return await office.workspace.wait_for(found, within=15)


async def look_up_again(walk: Walk, answer: PostedMessage) -> None:
    """Press a button of an answer that is not kept any more, and then the one that is offered instead."""
    walk.now += KEEP
    walk.slack._built.store._recent.clear()
    before, workspace = len(walk.office.seen()), walk.office.workspace
    await workspace.click("li", answer, *found_button(answer, "answer.refresh"))
    (gone,) = await workspace.wait_for(lambda: walk.office.seen()[before:], within=15)
    await workspace.click("li", gone, *found_button(gone, LOOK_UP_AGAIN))
    await workspace.settled()


async def press_an_alert(walk: Walk) -> None:
    """A button of an alert that is not kept, by somebody who has not pressed so many yet."""
    workspace, shown = walk.office.workspace, ALERT_MESSAGES["alert-carrier"](language=ENGLISH)
    await walk.slack._built.poster.post("C0INCIDENT", shown, claim=None)
    pressed = await with_button(walk.office, "alert.failures")
    before = len(walk.office.seen("sam"))
    await workspace.click("sam", *pressed)
    await workspace.wait_for(lambda: walk.office.seen("sam")[before:], within=15)


async def test_every_listeners_answer_confirms_the_claim_of_its_request(walk: Walk) -> None:
    answer = await use_every_surface(walk.office)
    await press_an_alert(walk)
    await look_up_again(walk, answer)
    await walk.slack._built.tasks.drain(15)

    unheard = [listener.ack_function for listener in walk.listeners if listener not in [one for one, _ in walk.ran]]
    assert unheard == []
    unconfirmed = [ctx.request.surface for _, ctx in walk.ran if not ctx.claim.is_confirmed]
    assert unconfirmed == []


class Always(AsyncListenerMatcher):
    async def async_matches(self, req: AsyncBoltRequest, resp: BoltResponse) -> bool:
        return True


async def test_no_listener_runs_for_somebody_who_is_not_authorised(walk: Walk) -> None:
    """Each listener is made to match everything, so that only the middleware can keep a request from it."""
    bolt = walk.slack._built.bolt
    for listener in walk.listeners:
        vars(listener)["matchers"] = [Always()]
        bolt._async_listeners = [listener]
        for body in SURFACES.values():
            # Of a workspace that is not ours.
            response = await bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
            assert response.status == 200
    await walk.slack._built.tasks.drain(15)

    assert walk.ran == []
