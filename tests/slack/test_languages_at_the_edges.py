"""The languages where nothing is looked up: whoever is turned away, whatever broke, and the steps of a workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import ProviderFaultKind
from bot.slack import views
from bot.slack.listeners import workflow_step
from bot.slack.messaging.view_client import ViewClient
from bot.slack.state.drafts import DraftStore
from bot.slack.views import modal
from tests.slack.conftest import ANNOUNCING, NUMBER, Office, Offices, found_button, words_of
from tests.slack.languages import assert_chinese, assert_english, assert_whispered, next_said, window_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.slack import PostedMessage, StepRun, View

LOOKUP = f"{NUMBER} since 2h"
STEP = "look_up_sms_status"
CHINESE_CHANNEL = {"SMSSTATUS_CHANNEL_LANGUAGES": "C0INCIDENT=zh"}
NOT_LI = {"SMSSTATUS_LANGUAGE": "auto", "SMSSTATUS_ALLOWED_USERS": "U0SAM0001"}

Opened = Callable[..., Awaitable[Office]]


@pytest.fixture
async def opened(offices: Offices) -> AsyncIterator[Opened]:
    """Opens an office with everybody in the language of their own Slack."""
    async with AsyncExitStack() as stack:
        yield lambda **environ: stack.enter_async_context(offices.open(SMSSTATUS_LANGUAGE="auto", **environ))


@pytest.fixture
async def office(opened: Opened) -> Office:
    return await opened()


# --- turned away ----------------------------------------------------------------------------------------------------------


async def test_who_is_turned_away_reads_why_in_their_language_on_every_surface(opened: Opened) -> None:
    office = await opened()
    shared = await office.ask(f"{LOOKUP} share", user="sam")
    view = await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents"))
    await office.restart(**NOT_LI)

    assert_whispered(await office.ask(LOOKUP))
    assert_whispered(await office.say(f"@smsstatus {LOOKUP}"))
    assert_whispered(await next_said(office, office.workspace.click("li", shared, *found_button(shared, "answer.refresh"))))
    assert_whispered(await next_said(office, office.workspace.message_shortcut("li", shared, "sms_status_message")))
    assert_chinese(await office.say("hello", channel="dm-li"))
    await office.workspace.open_home("li")
    assert_chinese(await office.workspace.wait_for(lambda: office.workspace.home("li"), within=15))
    await office.workspace.submit("li", view, {modal.TARGETS: NUMBER})
    assert_chinese(await changed(office, view))


async def changed(office: Office, view: View) -> View:
    """The window once it is another one."""

    def now() -> View | None:
        found = office.workspace.modal("li")
        return found if found is not None and found.content != view.content else None

    return await office.workspace.wait_for(now, within=15)


async def test_who_may_not_even_open_a_window_is_told_in_one(opened: Opened) -> None:
    office = await opened(SMSSTATUS_ALLOWED_USERS="U0SAM0001")

    assert_chinese(await window_by(office, office.workspace.global_shortcut("li", "sms_status", viewing="incidents")))


async def test_who_asks_too_often_or_in_a_channel_that_is_closed_is_told_so_in_their_language(opened: Opened) -> None:
    office = await opened(SMSSTATUS_USER_RATE="1", SMSSTATUS_ALLOWED_CHANNELS="C0SECURITY,D0LIBOT001")

    assert_whispered(await office.ask("help"))
    assert_chinese(await office.ask("help", channel="security"))


# --- a bug of ours --------------------------------------------------------------------------------------------------------


def breaks(*_: object, **__: object) -> Any:
    raise RuntimeError("a bug of ours, which cannot be had on order")


async def test_a_bug_is_told_to_whoever_asked_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await office.ask(LOOKUP)
    monkeypatch.setattr(views, "answer", breaks)

    for crashed in (
        await office.ask(f"{NUMBER} since 3h"),
        await office.say(f"@smsstatus {LOOKUP}"),
        await next_said(office, office.workspace.click("li", answer, *found_button(answer, "answer.refresh"))),
    ):
        assert_whispered(crashed)
        assert "应用出错" in words_of(crashed)
    assert_chinese(await office.say(LOOKUP, channel="dm-li"))


async def test_a_bug_in_what_a_window_asked_or_in_opening_it_or_the_home_tab(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await office.workspace.say("ann", "incidents", NUMBER)
    view = await window_by(office, office.workspace.message_shortcut("li", said, "sms_status_message"))
    monkeypatch.setattr(views, "answer", breaks)
    assert_whispered(await next_said(office, office.workspace.submit("li", view, {modal.TARGETS: NUMBER})))

    monkeypatch.setattr(ViewClient, "open", breaks)
    assert_whispered(await next_said(office, office.workspace.message_shortcut("li", said, "sms_status_message")))
    monkeypatch.setattr(DraftStore, "put", breaks)
    assert_chinese(await next_said(office, office.workspace.open_home("li"), channel="dm-li"))


@pytest.mark.parametrize(("environ", "check"), [({}, assert_english), (CHINESE_CHANNEL, assert_chinese)])
async def test_a_bug_while_asking_stands_before_all_is_told_in_the_channels_language(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], check: Callable[[PostedMessage], None]
) -> None:
    office, user = await opened(timings=ANNOUNCING, **environ), "sam" if environ else "li"
    monkeypatch.setattr(views, "answer", breaks)
    office.sandbox.providers.tencent.faults.play(ProviderFaultKind.HANG)
    asking = await office.say(f"@smsstatus {LOOKUP}", user=user)
    office.sandbox.providers.tencent.faults.clear()
    crashed = await office.workspace.wait_for(lambda: office.edited(asking), within=15)

    assert crashed.ephemeral_to is None
    assert crashed.text != asking.text
    check(asking)
    check(crashed)


# --- a workflow -----------------------------------------------------------------------------------------------------------


async def run(office: Office, **inputs: Any) -> StepRun:
    begun = await office.workspace.run_step(STEP, inputs, "li")
    await office.workspace.wait_for(lambda: begun.state != "running", within=15)
    return begun


@pytest.mark.parametrize(
    ("environ", "channel", "check"),
    [
        ({}, "C0INCIDENT", assert_english),
        (CHINESE_CHANNEL, "C0INCIDENT", assert_chinese),
        (CHINESE_CHANNEL, "", assert_english),
        ({"SMSSTATUS_CHANNEL_LANGUAGE": "zh"}, "", assert_chinese),
    ],
)
async def test_a_step_speaks_the_language_of_the_channel_that_it_answers_in(
    opened: Opened, environ: dict[str, str], channel: str, check: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await opened(**environ)
    done = await run(office, target=NUMBER, since="2h", channel=channel)
    check(done.outputs["verdict"])
    for posted in office.seen():
        check(posted)

    for inputs in ({"target": "+86137"}, {"target": NUMBER, "since": "sometime"}, {"target": "help"}):
        wrong = await run(office, channel=channel, **inputs)
        check(str(wrong.error).split("可以试试：")[0])
    monkeypatch.setattr(workflow_step, "verdict", breaks)
    check(str((await run(office, target=NUMBER, since="2h", channel=channel)).error))


@pytest.mark.parametrize(("environ", "check"), [({}, assert_english), ({"SMSSTATUS_CHANNEL_LANGUAGE": "zh"}, assert_chinese)])
async def test_a_step_that_may_not_answer_or_whom_nobody_answers(
    opened: Opened, environ: dict[str, str], check: Callable[[str], None]
) -> None:
    office = await opened(SMSSTATUS_DEADLINE="0.8", **environ)
    check(str((await run(office, target=NUMBER, channel="C0WARROOM0")).error))
    await office.sandbox.providers.tencent.die()
    await office.sandbox.providers.aliyun.die()
    check((await run(office, target="13811112000", since="2h", channel="C0INCIDENT")).outputs["verdict"])

    await office.restart(SMSSTATUS_LANGUAGE="auto", SMSSTATUS_ALLOWED_CHANNELS="C0INCIDENT", **environ)
    check(str((await run(office, target=NUMBER, channel="C0SECURITY")).error))
    await office.restart(**NOT_LI, **environ)
    check(str((await run(office, target=NUMBER, channel="C0INCIDENT")).error))
