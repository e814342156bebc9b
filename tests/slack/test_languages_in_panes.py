"""Direct messages, windows and the Home tab as Li reads them, whose Slack is Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views import modal
from tests.slack.conftest import ANNOUNCING, NUMBER, Office, Offices, found_button
from tests.slack.languages import LI, assert_chinese, assert_for_all, assert_whispered, next_said, window_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bot.sandbox.slack import PostedMessage, View

LOOKUP = f"{NUMBER} since 2h"
OTHER_KEY = {"SMSSTATUS_LANGUAGE": "auto", "SMSSTATUS_SECRET_KEY": "another key, so what was kept cannot be read"}
WAR_ROOM = "war-room"  # the app is no member


@pytest.fixture
async def office(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_REVEAL_USERS=LI) as one:
        yield one


def press(office: Office, message: PostedMessage, action: str) -> Awaitable[object]:
    return office.workspace.click("li", message, *found_button(message, action))


# --- direct messages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["hello, are you a human?", "help", LOOKUP, f"{NUMBER} sinse 2h", "providers", "explain MK:0008", "since 24h"]
)
async def test_what_is_said_in_a_direct_message(office: Office, text: str) -> None:
    assert_chinese(await office.say(text, channel="dm-li"))


@pytest.mark.parametrize(
    "text", ["only failed", "since 24h", "refresh", "explain 7", "explain 1", "explain 2", "explain 3", "refesh"]
)
async def test_what_is_said_there_after_a_lookup(office: Office, text: str) -> None:
    await office.say(LOOKUP, channel="dm-li")

    assert_chinese(await office.say(text, channel="dm-li"))


async def test_a_direct_message_that_takes_long(offices: Offices) -> None:
    async with offices.open(timings=ANNOUNCING, SMSSTATUS_LANGUAGE="auto") as office:
        office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
        asking = await office.say(LOOKUP, channel="dm-li")
        office.sandbox.providers.tencent.faults.clear()

    assert_chinese(asking)


# --- the windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [f"{NUMBER} never got it", f"{NUMBER} or 13900001111", "nothing here"])
async def test_the_window_of_a_message_and_what_comes_of_it(office: Office, text: str) -> None:
    said = await office.workspace.say("ann", "incidents", text)
    view = await window_by(office, office.workspace.message_shortcut("li", said, "sms_status_message"))
    values = {modal.TARGETS: NUMBER, modal.WINDOW: "2h"}

    assert_chinese(view)
    assert_for_all(await next_said(office, office.workspace.submit("li", view, values)))


@pytest.mark.parametrize("typed", ["   ", "+86137", f"{NUMBER} sinse 2h", "help", "nonsense"])
async def test_what_is_wrong_in_the_window(office: Office, typed: str) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    wrong = await office.workspace.submit("li", view, {modal.TARGETS: typed})

    assert_chinese(view)
    assert_chinese(wrong.errors[modal.TARGETS].split("可以试试：")[0])


async def test_a_window_that_was_open_too_long(office: Office) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    await office.restart(**OTHER_KEY)
    wrong = await office.workspace.submit("li", view, {modal.TARGETS: NUMBER})

    assert_chinese(wrong.errors[modal.TARGETS])


@pytest.mark.parametrize(("channel", "check"), [("security", assert_for_all), (WAR_ROOM, assert_whispered)])
async def test_the_answer_of_a_window_where_the_app_may_post_and_where_not(
    office: Office, channel: str, check: Callable[[PostedMessage], None]
) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing=channel))
    values = {modal.TARGETS: NUMBER, modal.WINDOW: "2h"}

    check(await next_said(office, office.workspace.submit("li", view, values), channel=channel))


async def test_a_window_that_slack_does_not_let_open(office: Office) -> None:
    answer = await office.ask(LOOKUP)
    office.workspace.fail_next("views.open", "expired_trigger_id", times=3)

    assert_whispered(await next_said(office, office.workspace.message_shortcut("li", await said(office), "sms_status_message")))
    assert_whispered(await next_said(office, press(office, answer, "answer.post")))
    assert_chinese(await next_said(office, office.workspace.global_shortcut("li", "sms_status"), channel="dm-li"))


async def said(office: Office) -> PostedMessage:
    return await office.workspace.say("ann", "incidents", NUMBER)


# --- the Home tab ---------------------------------------------------------------------------------------------------------


async def home(office: Office, holding: str) -> View:
    """The Home tab, once it holds those words."""

    def published() -> View | None:
        view = office.workspace.home("li")
        return view if view is not None and holding in str(view.blocks) else None

    return await office.workspace.wait_for(published, within=15)


def repeats(view: View) -> list[Mapping[str, Any]]:
    return [block["accessory"] for block in view.blocks if "accessory" in block]


async def test_the_home_tab_and_what_its_buttons_do(office: Office) -> None:
    for typed in (LOOKUP, f"{LOOKUP} via tencent only failed", f"{NUMBER} since 2026-01-01 until 2026-01-02"):
        await office.ask(typed)
    await office.workspace.open_home("li")
    view = await home(office, "repeat")
    answer = await next_said(
        office, office.workspace.click("li", view, "home.repeat", repeats(view)[0]["value"]), channel="dm-li"
    )

    assert_chinese(view)
    assert_chinese(answer)
    assert_chinese(await window_by(office, office.workspace.click("li", await home(office, "repeat"), "home.look_up")))


async def test_a_lookup_on_the_home_tab_that_is_gone(office: Office) -> None:
    await office.ask(LOOKUP)
    await office.workspace.open_home("li")
    view = await home(office, "repeat")
    await office.restart(**OTHER_KEY)
    await office.workspace.click("li", view, "home.repeat", repeats(view)[0]["value"])

    assert_chinese(await home(office, "不再保存"))
