"""Direct messages, windows and the Home tab as Li reads them, whose Slack is Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack.views import modal
from tests.cases import each
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


async def test_every_answer_in_a_direct_message_is_in_the_persons_language(office: Office, subtests: pytest.Subtests) -> None:
    for text in ["hello, are you a human?", "since 24h", "help", LOOKUP, f"{NUMBER} sinse 2h", "providers", "explain MK:0008"]:
        with subtests.test(text=text):
            assert_chinese(await office.say(text, channel="dm-li"))


async def test_every_answer_to_a_follow_up_in_a_direct_message_is_in_the_persons_language(
    office: Office, subtests: pytest.Subtests
) -> None:
    for text in ["only failed", "since 24h", "refresh", "explain 7", "explain 1", "explain 2", "explain 3", "refesh"]:
        with subtests.test(text=text):
            await office.say(LOOKUP, channel="dm-li")

            assert_chinese(await office.say(text, channel="dm-li"))


async def test_a_lookup_in_a_direct_message_is_announced_in_the_persons_language(offices: Offices) -> None:
    async with offices.open(timings=ANNOUNCING, SMSSTATUS_LANGUAGE="auto") as office:
        office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
        asking = await office.say(LOOKUP, channel="dm-li")
        office.sandbox.providers.tencent.faults.clear()

    assert_chinese(asking)


# --- the windows ----------------------------------------------------------------------------------------------------------


async def test_a_modal_is_in_the_persons_language_and_its_answer_in_the_channels(
    office: Office, subtests: pytest.Subtests
) -> None:
    for text in [f"{NUMBER} never got it", f"{NUMBER} or 13900001111", "nothing here"]:
        with subtests.test(text=text):
            said = await office.workspace.say("ann", "incidents", text)
            view = await window_by(office, office.workspace.message_shortcut("li", said, "sms_status_message"))
            values = {modal.TARGETS: NUMBER, modal.WINDOW: "2h", modal.WHO: modal.EVERYBODY}

            assert_chinese(view)
            assert_for_all(await next_said(office, office.workspace.submit("li", view, values)))


async def test_a_mistake_in_a_modal_is_told_in_the_persons_language(office: Office, subtests: pytest.Subtests) -> None:
    for typed in ["   ", "+86137", f"{NUMBER} sinse 2h", "help", "nonsense"]:
        with subtests.test(typed=typed):
            view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
            wrong = await office.workspace.submit("li", view, {modal.TARGETS: typed})
            await office.workspace.close_view("li", view)

            assert_chinese(view)
            assert_chinese(wrong.errors[modal.TARGETS].split("可以试试：")[0])


async def test_that_a_modal_was_open_too_long_is_told_in_the_persons_language(office: Office) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    await office.restart(**OTHER_KEY)
    wrong = await office.workspace.submit("li", view, {modal.TARGETS: NUMBER})

    assert_chinese(wrong.errors[modal.TARGETS])


@each(("channel", "check"), [("security", assert_for_all), (WAR_ROOM, assert_whispered)])
async def test_the_answer_of_a_modal_is_for_all_where_the_app_may_post_and_elsewhere_for_the_asker(
    office: Office, channel: str, check: Callable[[PostedMessage], None]
) -> None:
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing=channel))
    values = {modal.TARGETS: NUMBER, modal.WINDOW: "2h", modal.WHO: modal.EVERYBODY}

    check(await next_said(office, office.workspace.submit("li", view, values), channel=channel))


async def test_that_a_modal_did_not_open_is_told_in_the_persons_language(office: Office) -> None:
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


async def test_the_home_tab_and_what_its_buttons_bring_are_in_the_persons_language(office: Office) -> None:
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


async def test_that_a_lookup_of_the_home_tab_is_gone_is_told_in_the_persons_language(office: Office) -> None:
    await office.ask(LOOKUP)
    await office.workspace.open_home("li")
    view = await home(office, "repeat")
    await office.restart(**OTHER_KEY)
    await office.workspace.click("li", view, "home.repeat", repeats(view)[0]["value"])

    assert_chinese(await home(office, "不再保存"))
